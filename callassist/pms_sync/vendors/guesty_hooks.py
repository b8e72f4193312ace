"""Guesty's webhooks: subscribed by us, delivered and signed by Svix."""

from __future__ import annotations

import binascii
import hmac
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from callassist.pms_sync.vendors import reading
from callassist.pms_sync.vendors.reading import Unreadable
from callassist.ports.pms import Hint
from callassist.ports.pms_access import Access, Answer, BadAnswer, BadHook, HookRequest

# the names without .v2 are refused since July 2026
EVENTS = (
    "reservation.created.v2",
    "reservation.updated.v2",
    "listing.new",
    "listing.updated",
    "listing.removed",
)
TOLERANCE = timedelta(seconds=300)

Ask = Callable[..., Answer]


def register(access: Access, url: str, ask: Ask) -> str:
    """Subscribe `url` once and read the secret; a new subscription brings a new secret."""
    body = ask(access, "GET", "/v1/webhooks").json()
    known = body.get("results", body.get("data")) if isinstance(body, dict) else body
    ours = [
        one
        for one in reading.as_list(known, "Guesty's list of webhooks")
        if isinstance(one, dict) and one.get("url") == url
    ]
    wanted = {"url": url, "events": list(EVENTS)}
    if not ours:
        ask(access, "POST", "/v1/webhooks", json=wanted)
    elif set(ours[0].get("events") or ()) != set(EVENTS):
        ask(access, "PUT", f"/v1/webhooks/{reading.an_id(ours[0], '_id', 'id')}", json=wanted)
    for spare in ours[1:]:
        ask(access, "DELETE", f"/v1/webhooks/{reading.an_id(spare, '_id', 'id')}")
    return _secret(access, url, ask)


def parse(request: HookRequest, secrets: Sequence[str]) -> Hint:
    """What a signed hook says changed; BadHook when no secret signed it within five minutes."""
    _require_signed(request, secrets)
    try:
        payload = json.loads(request.body)
    except (ValueError, RecursionError):
        raise BadHook("the body is no JSON") from None
    if not isinstance(payload, dict):
        raise BadHook("the body is no object")
    event = payload.get("event")
    if not isinstance(event, str):
        raise BadHook("the event has no name")
    if event.startswith("listing."):
        return Hint(listings=True)
    if not event.startswith("reservation."):
        return Hint()
    return _reservation_hint(payload)


def _secret(access: Access, url: str, ask: Ask) -> str:
    answer = ask(access, "GET", "/v1/webhooks-v2/secret", params={"url": url})
    given = reading.as_object(answer.json(), "Guesty's answer")
    key = given.get("key") or given.get("secret")
    if not isinstance(key, str) or not key:
        raise BadAnswer("Guesty gives no secret for its webhook")
    return key


def _reservation_hint(payload: dict[str, Any]) -> Hint:
    for name in ("data", "reservation"):
        inner = payload.get(name)
        if not isinstance(inner, dict):
            continue
        nested = inner.get("reservation")
        for place in (inner, nested if isinstance(nested, dict) else {}):
            try:
                found = reading.text(place, "reservationId", "_id")
            except Unreadable as why:
                raise BadHook(str(why)) from None
            if found:
                return Hint(reservation_ids=(found,))
    return Hint(everything=True)


def _require_signed(request: HookRequest, secrets: Sequence[str]) -> None:
    message = request.headers.get("svix-id", "")
    stamp = request.headers.get("svix-timestamp", "")
    given = request.headers.get("svix-signature", "").split()
    if not (message and stamp and given):
        raise BadHook("svix headers are missing", is_unsigned=True)
    try:
        sent_at = datetime.fromtimestamp(int(stamp), tz=UTC)
        body = request.body.decode()
    except (ValueError, OverflowError, OSError):
        raise BadHook("the time or the body cannot be read", is_unsigned=True) from None
    if abs(request.now - sent_at) > TOLERANCE:
        raise BadHook("signed too long ago or in the future", is_unsigned=True)
    expected = [sign for secret in secrets if (sign := _sign(secret, message, sent_at, body))]
    if not any(
        hmac.compare_digest(one.encode(), sign.encode()) for one in given for sign in expected
    ):
        raise BadHook("the signature is not ours", is_unsigned=True)


def _sign(secret: str, message: str, sent_at: datetime, body: str) -> str | None:
    try:
        # the library's own check reads the machine's clock; ours is the request's
        return str(Webhook(secret).sign(message, sent_at, body))
    except (binascii.Error, EmptyWebhookSecretError, ValueError):
        return None
