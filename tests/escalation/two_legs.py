"""A network that joins two legs, played by hand: what it was asked, and what it then tells us."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from callassist.clock import ManualClock
from callassist.domain.dial import DialMode, Leg, LegEvent, LegStatus
from callassist.domain.results import AttemptOutcome
from callassist.errors import TransientError
from callassist.escalation import settling, token_holders
from callassist.escalation.context import Escalation
from callassist.escalation.tokens import Question
from callassist.ports.pricing import Pricing
from callassist.ports.telephony import (
    BridgeRequest,
    CallInDoubt,
    Capabilities,
    Document,
    FoundCall,
    PlaceCall,
    PlacedCall,
    SoftphoneGrant,
    Step,
    WebhookRequest,
)
from callassist.ports.texting import Texting

PLACED_BUT_LOST = "placed but lost"
NEVER_ARRIVED = "never arrived"


@dataclass
class TwoLegNetwork:
    """The telephony port without a wire; a test tells it what happens next."""

    clock: ManualClock
    modes: tuple[DialMode, ...] = (DialMode.OWN_PHONE, DialMode.SOFTPHONE)
    name: str = "two_legs"
    asked: list[PlaceCall] = field(default_factory=list)
    hung_up: list[str] = field(default_factory=list)
    known: dict[str, LegEvent] = field(default_factory=dict)  # operators' legs
    called: dict[str, LegEvent] = field(default_factory=dict)  # by the operator's leg
    fault: str = ""
    texting: Texting | None = None
    pricing: Pricing | None = None

    @property
    def bridge(self) -> TwoLegNetwork:
        return self

    def owns(self, number: str) -> bool:
        return True

    def capabilities(self) -> Capabilities:
        return Capabilities(modes=self.modes, simulated=False, callbacks=True, find_calls=True)

    def check(self) -> None:
        pass

    def place_call(self, request: PlaceCall) -> PlacedCall:
        if self.fault == NEVER_ARRIVED:
            raise CallInDoubt("no answer")
        self.asked.append(request)
        call_id = f"OWN{len(self.asked)}"
        self.known[call_id] = self.event(call_id, LegStatus.QUEUED, 0)
        if self.fault == PLACED_BUT_LOST:
            raise CallInDoubt("the answer was lost")
        return PlacedCall(call_id=call_id)

    def hang_up(self, call_id: str) -> None:
        self.hung_up.append(call_id)

    def fetch_call(self, call_id: str) -> LegEvent | None:
        return self.known.get(call_id)

    def find_calls(self, *, to: str, since: datetime) -> list[FoundCall]:
        return [
            FoundCall(call_id=f"OWN{n}", placed_at=since, event=self.known[f"OWN{n}"])
            for n, request in enumerate(self.asked, start=1)
            if request.to == to
        ]

    def verify_webhook(self, request: WebhookRequest) -> bool:
        raise NotImplementedError

    def parse_webhook(self, request: WebhookRequest) -> list[LegEvent]:
        raise NotImplementedError

    def document(self, step: Step) -> Document:
        raise NotImplementedError

    def parse_request(self, request: WebhookRequest) -> BridgeRequest:
        raise NotImplementedError

    def called_leg(self, operator_call_id: str) -> LegEvent | None:
        if self.fault:
            raise TransientError("the network is down")
        return self.called.get(operator_call_id)

    def softphone_grant(self, identity: str) -> SoftphoneGrant:
        return SoftphoneGrant(token=identity, expires_at=self.clock.now())

    def event(
        self,
        call_id: str,
        status: LegStatus,
        sequence: int,
        outcome: AttemptOutcome | None = None,
        talk_seconds: int | None = None,
        leg: Leg = Leg.CALLED,
    ) -> LegEvent:
        """A report as of now."""
        return LegEvent(
            call_id=call_id,
            sequence=sequence,
            status=status,
            at=self.clock.now(),
            outcome=outcome,
            talk_seconds=talk_seconds,
            leg=leg,
        )


@dataclass
class Wire:
    """What the network tells the service about one attempt, as its callbacks would."""

    ctx: Escalation
    network: TwoLegNetwork
    token: str

    def asks(self, question: Question, call_id: str, **told: str) -> Step:
        now = self.network.clock.now()
        with self.ctx.sessions.write() as session:
            request = BridgeRequest(call_id=call_id, **told)  # type: ignore[arg-type]
            return token_holders.next_step(session, self.ctx, question, self.token, request, now)

    def tells(self, *events: LegEvent) -> int:
        with self.ctx.sessions.write() as session:
            now = self.network.clock.now()
            return settling.record_call_events(session, self.ctx, self.token, events, now)

    def called_leg(
        self, sequence: int, status: LegStatus, call_id: str = "CALLED1", **facts: object
    ) -> int:
        event = self.network.event(call_id, status, sequence, **facts)  # type: ignore[arg-type]
        return self.tells(event)

    def own_line(
        self, sequence: int, status: LegStatus, call_id: str = "OWN1", **facts: object
    ) -> int:
        event = self.network.event(call_id, status, sequence, leg=Leg.OPERATOR, **facts)  # type: ignore[arg-type]
        self.network.known[call_id] = event
        return self.tells(event)
