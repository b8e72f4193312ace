"""What the simulated network asks the service about a phone that it rang, and what it is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from callassist.domain.dial import Leg, LegEvent
from callassist.errors import InvalidInput, SettingsError
from callassist.ports.telephony import (
    BridgeRequest,
    Document,
    SoftphoneGrant,
    Step,
    WebhookRequest,
)
from callassist.telephony.simulated.callbacks import call_id_of, event_of
from callassist.telephony.simulated.documents import written

_KEYS = frozenset("0123456789*#")


class SimulatedBridge:
    """It asks about every phone that it was told to ask about; it has no softphones."""

    def __init__(self, child_of: Callable[[str], LegEvent | None]) -> None:
        self._child_of = child_of

    def document(self, step: Step) -> Document:
        """The step as JSON."""
        return written(step)

    def parse_request(self, request: WebhookRequest) -> BridgeRequest:
        """Which call asks, the key pressed, and after `Connect` how the called leg ended."""
        digits = request.form.get("Digits", "")
        if not set(digits) <= _KEYS:
            raise InvalidInput("expected keys of a phone", "Digits")
        called = None
        if "CalledStatus" in request.form:
            told = {
                name.removeprefix("Called"): value
                for name, value in request.form.items()
                if name.startswith("Called")
            }
            called = replace(event_of(told), leg=Leg.CALLED)
        return BridgeRequest(
            call_id=call_id_of(request.form.get("CallId", "")),
            digits=digits,
            called=called,
            caller=request.form.get("From", ""),
        )

    def called_leg(self, operator_call_id: str) -> LegEvent | None:
        """The leg that was dialled from this one, as known now."""
        return self._child_of(operator_call_id)

    def softphone_grant(self, identity: str) -> SoftphoneGrant:
        """Never: no browser speaks to a network that is not there."""
        raise SettingsError("the simulated network takes no calls from browsers")
