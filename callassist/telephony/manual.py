"""Manual mode: the operator dials on any phone and presses started and ended.

A full production mode. Nothing is placed, reported or looked up by a network; what the operator
presses is the fact (DESIGN 3.4).
"""

from __future__ import annotations

from datetime import datetime

from callassist.domain.dial import DialMode, LegEvent
from callassist.domain.phone import parse_number
from callassist.errors import PermanentError
from callassist.ports.telephony import (
    Capabilities,
    FoundCall,
    PlaceCall,
    PlacedCall,
    WebhookRequest,
)


def tel_link(e164: str) -> str:
    """The `tel:` address (RFC 3966) behind the operator's dial button; InvalidInput for junk."""
    return f"tel:{parse_number(e164).e164}"


class ManualTelephony:
    """The network that a person works with their own hands."""

    name = "manual"
    bridge = None
    texting = None
    pricing = None

    def owns(self, number: str) -> bool:
        """The operator's own phone shows whatever it shows."""
        return True

    def capabilities(self) -> Capabilities:
        """The operator dials; there is nobody to call us back and nobody to ask."""
        return Capabilities(
            modes=(DialMode.OPERATOR,), simulated=False, callbacks=False, find_calls=False
        )

    def check(self) -> None:
        """Nothing of ours can be broken: the phone is the operator's."""

    def place_call(self, request: PlaceCall) -> PlacedCall:
        """Never dials: raises PermanentError."""
        raise PermanentError("in manual mode the operator dials; show the tel: link instead")

    def hang_up(self, call_id: str) -> None:
        """Never hangs up: raises PermanentError."""
        raise PermanentError("in manual mode the operator hangs up; ask for 'ended' instead")

    def fetch_call(self, call_id: str) -> LegEvent | None:
        """No network remembers the call."""
        return None

    def find_calls(self, *, to: str, since: datetime) -> list[FoundCall]:
        """Raises PermanentError: "nothing found" would be a lie."""
        raise PermanentError("in manual mode calls cannot be looked up; ask the operator")

    def verify_webhook(self, request: WebhookRequest) -> bool:
        """No network sends us anything, so whatever comes is forged."""
        return False

    def parse_webhook(self, request: WebhookRequest) -> list[LegEvent]:
        """Raises PermanentError: there is nothing to parse."""
        raise PermanentError("manual mode has no callbacks")
