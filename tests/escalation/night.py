"""One home's night in domain verbs: the real engine, timers, outbox and simulated network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, or_, select

from callassist import outbox, timers
from callassist.accounts.scripts import load_hours
from callassist.domain.policy import EscalationPolicy
from callassist.domain.presence import PresenceState
from callassist.escalation import (
    dialling,
    handlers,
    offers,
    presence,
    texts,
    token_holders,
    wrap_up,
)
from callassist.escalation.context import Escalation
from callassist.escalation.saving import Extras
from callassist.escalation.tokens import Question
from callassist.models import (
    Breach,
    CallAttempt,
    CallTask,
    PropertyNoise,
    Timer,
)
from callassist.outbox import claiming
from callassist.ports.telephony import Telephony, WebhookRequest
from callassist.settings import load_settings
from callassist.stays.guest_words import load_stop_words, load_texts
from callassist.storage.vault import Vault
from callassist.telephony.manual import ManualTelephony
from callassist.telephony.simulated import SimulatedNetwork
from tests.escalation.looking import Looking
from tests.escalation.scene import Scene
from tests.escalation.stand_ins import NobodyElse, noise_tick

NO_ANSWER = "+12025550120"
BUSY = "+12025550130"
VOICEMAIL = "+12025550140"
HANGS_UP = "+12025550150"
INVALID = "+12025550180"
HOST_NO_ANSWER = "+12025550121"
REFUSED = "+15005550001"
CONFIG = Path(__file__).parents[2] / "config"
KEY_SECONDS = 15  # the finest step of `pass_time`


@dataclass
class Night(Scene, Looking):
    """A home with a guest, a desk with operators, and time that moves when told."""

    policy: EscalationPolicy = field(default_factory=EscalationPolicy)
    seed: int = 7
    manual: bool = False  # operators dial on their own phones
    telephony: Telephony | None = None  # a real network; rehearsals are simulated all the same

    def __post_init__(self) -> None:
        self.vault = Vault.from_text(Vault.generate_key())
        self.up_since = self.clock.now()
        self.network = SimulatedNetwork(
            self.directory / "network.sqlite",
            self.clock,
            self.seed,
            post=self._callback,
            secret="a secret of the simulated network",
        )
        self.fresh_contact = NobodyElse()
        self.ctx = Escalation(
            sessions=self.sessions,
            vault=self.vault,
            telephony=self.telephony or (ManualTelephony() if self.manual else self.network),
            rehearsal=self.network,
            settings=load_settings({}, dotenv=None).escalation,
            fresh_contact=self.fresh_contact,
            public_url="http://127.0.0.1:8000",
            hours=load_hours(CONFIG / "hours.toml"),
            guest_words=load_texts(CONFIG / "guest"),
            stop_words=load_stop_words(CONFIG / "stop_words.toml"),
            up_since=lambda: self.up_since,
        )
        self._start()
        self._people()

    # -- the service

    def _start(self) -> None:
        known = {**handlers.timer_handlers(self.ctx), "noise_tick": noise_tick}
        self.timers = timers.TimerLoop(self.sessions, self.clock, known)
        self.outbox = outbox.OutboxLoop(self.sessions, self.clock, handlers.deliverers(self.ctx))

    def restart(self, **down: float) -> None:
        """The service is down for a while and comes back; nothing of its memory is left."""
        self.clock.advance(**down)
        self.up_since = self.clock.now()
        self._start()
        with self.sessions.write() as session:  # as the outbox loop does when it starts
            claiming.release_all(session, self.clock.now())
        self.run()

    # -- noise, as detection writes it

    def noise_begins(self, property_id: int | None = None) -> int:
        """A breach begins now; its incident opens in ten minutes."""
        now = self.clock.now()
        property_id = property_id or self.property_id
        with self.sessions.write() as session:
            count = session.query(Breach).filter_by(property_id=property_id).count()
            breach = Breach(
                property_id=property_id,
                key=count + 1,
                policy=self.policy.to_dict(),
                first_loud_at=now,
                began_at=now,
                last_loud_at=now,
            )
            session.add(breach)
            session.flush()
            noise = session.get(PropertyNoise, property_id)
            if noise is None:
                noise = PropertyNoise(property_id=property_id, state=b"")
                session.add(noise)
            noise.breach_id = breach.id
            open_at = now + self.policy.cadence.open_after
            timers.arm(session, "breach_open", breach.id, open_at, now=now)
            timers.arm(session, "noise_tick", property_id, now + timedelta(days=1), now=now)
            self.breach_id = breach.id
        return self.breach_id

    def noise_persists(self, breach_id: int | None = None) -> None:
        """The rule escalates: the call is due now."""
        now = self.clock.now()
        with self.sessions.write() as session:
            breach = session.get_one(Breach, breach_id or self.breach_id)
            breach.escalated_at = breach.escalated_at or now
            breach.last_loud_at = now
            timers.arm(session, "breach_due", breach.id, now, now=now)
        self.run()

    def noise_for_30_minutes(self, property_id: int | None = None) -> int:
        """The whole way to the call."""
        breach_id = self.noise_begins(property_id)
        self.pass_time(minutes=30)
        self.noise_persists(breach_id)
        return breach_id

    def noise_ends(self, breach_id: int | None = None, reason: str = "calm") -> None:
        """The breach ends now."""
        now = self.clock.now()
        with self.sessions.write() as session:
            breach = session.get_one(Breach, breach_id or self.breach_id)
            breach.ended_at, breach.end_reason = now, reason
            noise = session.get_one(PropertyNoise, breach.property_id)
            noise.breach_id = None
            timers.disarm(session, "breach_open", breach.id)
            timers.arm(session, "breach_ended", breach.id, now, now=now)
        self.run()

    # -- time

    def run(self) -> None:
        """Everything that is due now, until nothing is."""
        while self.timers.run_due() + self.outbox.run_due() + self.network.pump():
            pass

    def pass_time(self, **span: float) -> None:
        """Let time pass from deadline to deadline; operators who are there stay alive."""
        end = self.clock.now() + timedelta(**span)
        while self.clock.now() < end:
            self.clock.set(max(min(end, self._next_event()), self.clock.now()))
            self._beat()
            self.run()

    def _next_event(self) -> datetime:
        now = self.clock.now()
        gone = [str(self.operator_ids[name]) for name in self.vanished]
        with self.sessions.read() as session:
            due = session.scalar(
                select(func.min(Timer.due_at)).where(
                    Timer.fired_at.is_(None),
                    Timer.due_at > now,
                    # whoever is there beats in time
                    or_(Timer.kind != "presence_lost", Timer.subject.in_(gone)),
                )
            )
            live = session.scalar(select(CallAttempt.id).where(CallAttempt.state != "ended"))
        is_heard = live and not self.network.faults.down
        step = KEY_SECONDS if is_heard else 600
        return min(due or now + timedelta(days=1), now + timedelta(seconds=step))

    def _beat(self) -> None:
        there = [self.operator_ids[name] for name in self.operator_ids if name not in self.vanished]
        with self.sessions.write() as session:
            for operator_id in there:
                presence.beat(session, self.ctx, operator_id, self.clock.now())

    vanished: set[str] = field(default_factory=set)

    # -- the desk

    def available(self, name: str = "Ann") -> None:
        """An operator goes available."""
        self.choose(name, PresenceState.AVAILABLE)

    def choose(self, name: str, state: str) -> None:
        with self.sessions.write() as session:
            presence.choose(
                session, self.ctx, self.operator_ids[name], str(state), self.clock.now()
            )
        self.run()

    def accept(self, name: str = "Ann", task_id: int | None = None) -> CallTask:
        """Take the offer (or pull `task_id`)."""
        with self.sessions.write() as session:
            task_id = task_id or self.task_of(name)
            task = offers.accept(
                session, self.ctx, self.operator_ids[name], task_id, self.clock.now()
            )
        self.run()
        return task

    def decline(self, name: str = "Ann", reason: str | None = None) -> None:
        with self.sessions.write() as session:
            offers.decline(
                session,
                self.ctx,
                self.operator_ids[name],
                self.task_of(name),
                self.clock.now(),
                reason=reason,
            )
        self.run()

    def dial(self, name: str = "Ann") -> dialling.DialResult:
        """Press call."""
        with self.sessions.write() as session:
            result = dialling.request_dial(
                session, self.ctx, self.operator_ids[name], self.task_of(name), self.clock.now()
            )
        self.run()
        return result

    def hang_up(self, name: str = "Ann") -> None:
        with self.sessions.write() as session:
            dialling.request_end(
                session, self.operator_ids[name], self.task_of(name), self.clock.now()
            )
        self.run()

    def call_ends(self, name: str = "Ann") -> CallAttempt:
        """Wait until the call in hand has ended."""
        for _ in range(200):
            attempt = self.attempts()[-1]
            if attempt.state == "ended":
                return attempt
            self.pass_time(seconds=KEY_SECONDS)
        raise AssertionError(f"the call did not end: {attempt.state}")

    def save(
        self,
        result: str,
        name: str = "Ann",
        note: str | None = None,
        call_back_at: datetime | None = None,
        language: str | None = None,
    ) -> None:
        """Save a result in wrap-up."""
        with self.sessions.write() as session:
            wrap_up.save_result(
                session,
                self.ctx,
                self.operator_ids[name],
                self.task_of(name),
                result,
                self.clock.now(),
                note=note,
                extras=Extras(call_back_at=call_back_at, language=language),
            )
        self.run()

    def work(self, result: str | None = None, name: str = "Ann", **more: Any) -> CallAttempt:
        """Accept, dial, wait for the end and save `result` (default: what the network says)."""
        self.accept(name)
        self.dial(name)
        attempt = self.call_ends(name)
        self.save(result or attempt.outcome or "", name, **more)
        return attempt

    def _callback(self, url: str, headers: Mapping[str, str], form: Mapping[str, str]) -> str:
        request = WebhookRequest(url=url, headers=headers, form=form)
        assert self.network.verify_webhook(request)
        if "/text/" in url:
            report = self.network.texting.parse_report(request)
            with self.sessions.write() as session:
                token = url.rsplit("/", 1)[1]
                texts.record_text_report(session, self.ctx, token, report, self.clock.now())
            return ""
        now, words = self.clock.now(), url.rsplit("/", 2)
        if words[2] in ("ask", "pressed", "after", "result"):
            asked = self.network.bridge.parse_request(request)
            with self.sessions.write() as session:
                question = Question(words[2])
                step = token_holders.next_step(session, self.ctx, question, words[1], asked, now)
            return self.network.bridge.document(step).body
        events = self.network.parse_webhook(request)
        with self.sessions.write() as session:
            token_holders.record_call_events(session, self.ctx, words[2], events, now)
        return ""


def called(night: Callable[..., Night], **fields: Any) -> Night:
    """A night in which the call was requested and Ann is available."""
    home = night(**fields)
    home.available()
    home.noise_for_30_minutes()
    return home
