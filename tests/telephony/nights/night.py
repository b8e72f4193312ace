"""One night at the desk on any network: Ann at work, a host who asks for calls, time by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import func, select

from callassist import incident_log
from callassist.domain.dial import DialMode
from callassist.escalation.auditor import audit
from callassist.models import CallAttempt, CallTask, Incident, Operator, PhoneRing
from tests.telephony.nights.lines import Line, SimulatedLine, TwilioLine
from tests.telephony.twilio.twilio_stage import TwilioWorld
from tests.web.pages.browser import Browser
from tests.web.pages.stage import ANN, BEN, OWNER, Stage
from tests.web.world import World

# What a guest's phone does is written in its number, alike for each network.
GUESTS = {
    "answers": "+12025550101",
    "no-answer": "+12025550120",
    "busy": "+12025550130",
    "voicemail": "+12025550140",
    "hangs-up": "+12025550150",
    "declined": "+12025550160",
    "unreachable": "+12025550170",
    "invalid": "+12025550180",
    "rings-long": "+12025550190",
    "talks-long": "+12025550109",
}
PHONES = {"Ann": "+12025550177", "Ben": "+12025550178", "Zoe": "+12025550179"}
STEP = timedelta(seconds=5)
IDLE_STEP = timedelta(seconds=60)  # while nobody is dialled; no heartbeat is missed in it
BEAT_EVERY = timedelta(seconds=20)


class Night:
    """`MakeWorld` makes the service; `restart` makes another on the same data."""

    ann: Browser
    owner: Browser

    def __init__(self, make_world: Callable[[], World], guest: str) -> None:
        self._make_world = make_world
        self.world = make_world()
        self.guest = GUESTS[guest]
        self.stage = Stage(self.world, guest_number=self.guest)
        self._beaten = self.world.clock.now()
        if isinstance(self.world, TwilioWorld):
            for name, phone in PHONES.items():
                self._give_phone(name, phone)

    @property
    def line(self) -> Line:
        """The network of the service as it runs now."""
        if isinstance(self.world, TwilioWorld):
            return TwilioLine(self.world.server)
        assert self.world.network is not None
        return SimulatedLine(self.world.network)

    def begin(self) -> Night:
        """Ann is there, and a call is offered to her."""
        self.come_to_work()
        self.stage.call_about_home(self.owner)
        return self

    def come_to_work(self) -> None:
        self.ann, self.owner = self.stage.sign_in(ANN), self.stage.sign_in(OWNER)
        self.stage.available(self.ann)

    def ben_comes(self) -> Browser:
        ben = self.stage.sign_in(BEN)
        self.stage.available(ben)
        return ben

    def call(self, browser: Browser | None = None, name: str = "Ann") -> None:
        """Take the offered call and press the button."""
        task = self.stage.task_of(name).public_id
        for act in ("accept", "dial"):
            answer = (browser or self.ann).post(f"/desk/tasks/{task}/{act}")
            assert answer.status_code == 302, answer.text
        self.world.run()

    def hang_up(self) -> None:
        self.ann.post(f"/desk/tasks/{self.stage.task_of('Ann').public_id}/hang-up")
        self.world.run()

    def save(self, result: str) -> None:
        task = self.stage.task_of("Ann").public_id
        answer = self.ann.post(f"/desk/tasks/{task}/result", result=result)
        assert answer.status_code == 302, answer.text
        self.world.run()

    def host_takes_over(self) -> None:
        incident = self.stage.incident().public_id
        assert self.owner.post(f"/incidents/{incident}/take-over").status_code == 302
        self.world.run()

    def guest_phones(self, keys: str = "") -> Callable[[], None]:
        """The guest phones the desk's number, and presses these keys in the menu."""
        hang_up = self.line.phones_in(self.guest, keys)
        self.world.run()
        return hang_up

    def restart(self) -> None:
        """The service ends and comes up again on what it has written down; Ann signs in again."""
        self.world.close()
        self.world = self.stage.world = self._make_world()
        self.come_to_work()

    # time

    def until(
        self,
        done: Callable[[], bool],
        most: timedelta = timedelta(minutes=8),
        step: timedelta = STEP,
    ) -> None:
        """Let time pass, with Ann at her desk, until something has happened."""
        end: datetime = self.world.clock.now() + most
        while not done():
            assert self.world.clock.now() < end, f"not within {most}: {self.attempts()}"
            self.world.pass_time(seconds=step.total_seconds(), step=step)
            if self.world.clock.now() - self._beaten >= BEAT_EVERY:
                self._beaten = self.world.clock.now()
                self.ann.post("/desk/beat")

    def until_state(self, *states: str) -> CallAttempt:
        self.until(lambda: self.attempt().state in states)
        return self.attempt()

    def until_ended(self) -> CallAttempt:
        return self.until_state("ended")

    # what is known

    def attempt(self) -> CallAttempt:
        return self.attempts()[-1]

    def attempts(self) -> list[CallAttempt]:
        with self.world.service.sessions.read() as session:
            return list(session.scalars(select(CallAttempt).order_by(CallAttempt.id)))

    def tasks(self) -> list[CallTask]:
        with self.world.service.sessions.read() as session:
            return list(session.scalars(select(CallTask).order_by(CallTask.id)))

    def rang(self) -> int:
        """How often the guest was dialled, by the network's own count."""
        return self.line.dialled(self.guest)

    def check(self) -> None:
        """What holds at the end of every night: nothing for the auditor, an unbroken log.

        And the network placed no more calls than we know of.
        """
        with self.world.service.sessions.read() as session:
            rings = session.scalar(select(func.count(PhoneRing.id))) or 0
            assert self.line.placed() <= len(self.attempts()) + rings
            assert [one.what for one in audit(session, self.world.clock.now())] == []
            incidents = session.scalars(select(Incident.id)).all()
            assert incidents
            assert list(incident_log.verify(session)) == []

    def _give_phone(self, name: str, phone: str) -> None:
        assert isinstance(self.world, TwilioWorld)
        self.world.server.far_end(phone, "answers", talk=3600, presses="1")
        with self.world.service.sessions.write() as session:
            operator = session.scalars(select(Operator).where(Operator.desk_name == name)).one()
            operator.phone = self.world.service.vault.seal(phone)
            operator.dial_mode = DialMode.OWN_PHONE
