"""What is left of a network that an account has taken away: nothing is asked, nothing believed."""

from __future__ import annotations

from datetime import datetime

from callassist.domain.dial import DialMode, LegEvent
from callassist.domain.results import AttemptOutcome
from callassist.errors import PermanentError, TransientError
from callassist.ports.telephony import (
    Capabilities,
    FoundCall,
    PlaceCall,
    PlacedCall,
    RefusedCall,
    WebhookRequest,
)


class GoneNetwork:
    """Calls that were written down for it fail as our own fault, and cost no attempt."""

    bridge = None
    texting = None
    pricing = None

    def __init__(self, name: str) -> None:
        self.name = name

    def owns(self, number: str) -> bool:
        """Nothing is its own any more."""
        return False

    def capabilities(self) -> Capabilities:
        """As a network of two legs has them: it is nobody's own hands and not simulated."""
        modes = (DialMode.OWN_PHONE,)
        return Capabilities(modes=modes, simulated=False, callbacks=True, find_calls=True)

    def check(self) -> None:
        """Raises PermanentError."""
        raise PermanentError("this phone network was taken away")

    def place_call(self, request: PlaceCall) -> PlacedCall:
        """Raises RefusedCall: nobody is dialled."""
        detail = "the account's own phone network was taken away before the call was placed"
        raise RefusedCall(detail, AttemptOutcome.PROVIDER_ERROR)

    def hang_up(self, call_id: str) -> None:
        """Nobody can be asked to."""

    def fetch_call(self, call_id: str) -> LegEvent | None:
        """Nobody knows the call any more."""
        return None

    def find_calls(self, *, to: str, since: datetime) -> list[FoundCall]:
        """Raises TransientError: "nothing found" would be a lie."""
        raise TransientError("this phone network was taken away; its calls cannot be looked up")

    def verify_webhook(self, request: WebhookRequest) -> bool:
        """Its tokens are gone, so nothing is proved by them."""
        return False

    def parse_webhook(self, request: WebhookRequest) -> list[LegEvent]:
        """Raises PermanentError: nothing of it is verified."""
        raise PermanentError("this phone network was taken away")
