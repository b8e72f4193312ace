"""How webhooks are spoken of."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel.speaklater import LazyString

from callassist.domain.webhook_event import EVENTS, TEST_EVENT
from callassist.domain.webhook_tries import DeliveryState, OffReason
from callassist.models import WebhookDelivery, WebhookEndpoint
from callassist.web.pages import words
from callassist.web.pages.refusals import sentence
from callassist.web.translate import gettext as _
from callassist.web.translate import lazy_gettext as _l

# the word, its tone and icon
STATE: Mapping[str, tuple[LazyString, str, str]] = {
    DeliveryState.WAITING: (_l("to be tried again"), "watch", "hourglass"),
    DeliveryState.DELIVERED: (_l("delivered"), "calm", "circle-check"),
    DeliveryState.FAILED: (_l("failed"), "loud", "triangle-alert"),
}
OFF: Mapping[str, LazyString] = {
    OffReason.BY_HAND: _l("Switched off by hand. Nothing is sent there."),
    OffReason.GONE: _l("Its answer was that this address is gone (410). Nothing is sent there."),
    OffReason.FAILING: _l("For five days it accepted nothing. Nothing is sent there."),
    OffReason.FAILED_OFTEN: _l("It accepted none of 50 messages. Nothing is sent there."),
}


def event(name: str) -> str:
    """What happened, in words."""
    kinds = {event: kind for kind, event in EVENTS.items()}
    return _("test") if name == TEST_EVENT else str(words.MESSAGE[kinds[name]])


def events() -> list[tuple[str, str]]:
    """Every event that can be chosen: its name and what it says."""
    return [(name, event(name)) for name in EVENTS.values()]


def standing(endpoint: WebhookEndpoint) -> tuple[str, str, str]:
    """How an endpoint does: the word, its tone and icon."""
    if endpoint.disabled_at is not None:
        return _("Switched off"), "watch", "circle-pause"
    if endpoint.failing_since is not None:
        return _("Fails"), "loud", "triangle-alert"
    if endpoint.last_success_at is None:
        return _("Nothing sent yet"), "", ""
    return _("Working"), "calm", "circle-check"


def answered(delivery: WebhookDelivery) -> str:
    """What the other side said to the last try."""
    status = "" if delivery.last_status is None else str(delivery.last_status)
    error = "" if delivery.last_error is None else sentence(delivery.last_error)
    return " · ".join(part for part in (status, error) if part)
