"""An account whose calls are taken on call: two people on duty, and their phones played by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from callassist.domain.dial import LegEvent, LegStatus
from callassist.domain.results import AttemptOutcome
from callassist.escalation import token_holders
from callassist.escalation.tokens import Question
from callassist.models import Account, CallAttempt, Desk, DutySpan, PhoneRing
from callassist.ports.telephony import BridgeRequest, Step
from tests.escalation.night import Night
from tests.escalation.two_legs import TwoLegNetwork

MARY, OMAR = "+12025550177", "+12025550178"


class OnDuty:
    """The night, and what its phones do; `OWN1` is the first call that was placed."""

    def __init__(self, night: Callable[..., Night], network: TwoLegNetwork) -> None:
        self.home = night(telephony=network, operators={})
        self.network = network
        now = self.home.clock.now()
        with self.home.sessions.write() as session:
            account = session.get_one(Account, self.home.account_id)
            account.calls_by = "on_call"
            session.get_one(Desk, self.home.desk_id).account_id = account.id
            for position, (name, phone) in enumerate([("Mary", MARY), ("Omar", OMAR)], start=1):
                session.add(
                    DutySpan(
                        account_id=account.id,
                        name=name,
                        phone=self.home.vault.seal(phone),
                        languages=["en"],
                        position=position,
                        starts_at=now - timedelta(hours=1),
                        ends_at=now + timedelta(hours=12),
                    )
                )

    def it_is_loud(self) -> None:
        self.home.noise_for_30_minutes()

    @property
    def rung(self) -> list[str]:
        return [request.to for request in self.network.asked]

    @property
    def call(self) -> str:
        return f"OWN{len(self.network.asked)}"

    def rings(self) -> list[PhoneRing]:
        with self.home.sessions.read() as session:
            return list(session.scalars(select(PhoneRing).order_by(PhoneRing.id)))

    def attempt(self) -> CallAttempt:
        return self.home.attempts()[-1]

    def asks(self, question: Question, call: str = "", turn: int = -1, **told: object) -> Step:
        token = self.rings()[turn].token
        request = BridgeRequest(call_id=call or self.call, **told)  # type: ignore[arg-type]
        with self.home.sessions.write() as session:
            now = self.home.clock.now()
            return token_holders.next_step(session, self.home.ctx, question, token, request, now)

    def picks_up(self, call: str = "", turn: int = -1) -> Step:
        return self.asks(Question.ANSWERED, call, turn)

    def presses(self, key: str, call: str = "", turn: int = -1) -> Step:
        return self.asks(Question.PRESSED, call, turn, digits=key)

    def line_ends(self, outcome: AttemptOutcome, turn: int = -1) -> None:
        event = self.network.event(self.call, LegStatus.ENDED, 9, outcome)
        self.network.known[self.call] = event
        self._tells(self.rings()[turn].token, event)

    def guest_ends(self, outcome: AttemptOutcome, seconds: int | None = None) -> Step:
        """The guest's leg is over, and the network asks what to do with the other."""
        event = self.network.event("GUEST1", LegStatus.ENDED, 9, outcome, seconds)
        return self.asks(Question.OVER, called=event)

    def _tells(self, token: str, *events: LegEvent) -> None:
        with self.home.sessions.write() as session:
            now = self.home.clock.now()
            token_holders.record_call_events(session, self.home.ctx, token, events, now)
        self.home.run()
