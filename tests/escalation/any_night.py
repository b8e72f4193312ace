"""A night in which anything can happen: several homes, one guest's number, a service that dies."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from callassist import stays, timers
from callassist.errors import CallAssistError
from callassist.escalation import ending, guest_answers, new_incident, opening
from callassist.models import (
    Breach,
    CallTask,
    HostContact,
    Incident,
    Property,
    Stay,
    StayNumber,
)
from callassist.ports.telephony import PlaceCall, PlacedCall
from callassist.telephony.simulated.network import SimulatedNetwork
from tests.escalation.night import Night

OPEN_WITH_OPERATOR = ("offered", "assigned", "wrapping_up")


class Died(BaseException):
    """The process is gone; nothing catches this but a restart."""


class MortalNetwork:
    """The simulated network, seen from a process that may die while it asks it to dial."""

    def __init__(self, network: SimulatedNetwork) -> None:
        self._network = network
        self.dies: str | None = None  # "before" or "after" the network was asked

    def __getattr__(self, name: str) -> Any:
        return getattr(self._network, name)

    def place_call(self, request: PlaceCall) -> PlacedCall:
        if self.dies == "before":
            raise Died
        placed = self._network.place_call(request)
        if self.dies == "after":
            raise Died
        return placed


@dataclass
class AnyNight(Night):
    """Three homes of two accounts, perhaps with one guest; every verb may be refused."""

    shares_number: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        self.mortal = MortalNetwork(self.network)
        self.ctx = replace(self.ctx, telephony=self.mortal, rehearsal=self.mortal)
        self._start()
        other = self.add_account("Other Homes")
        numbers = self.guest_numbers if self.shares_number else ("+12025550101",)
        self.homes = [self.property_id, self.add_home(numbers), self.add_home(numbers, other)]

    def restart(self, **down: float) -> None:
        self.mortal.dies = None
        super().restart(**down)

    def run(self) -> None:
        try:
            super().run()
        except Died:
            self.restart(seconds=5)

    # -- noise

    def running(self, property_id: int) -> Breach | None:
        with self.sessions.read() as session:
            return opening.running_breach(session, property_id)

    def persist(self, breach_id: int) -> None:
        """It has been loud for 30 minutes, and still is."""
        with self.sessions.write() as session:
            breach = session.get_one(Breach, breach_id)
            began = self.clock.now() - timedelta(minutes=30)
            breach.began_at = min(breach.began_at, began)
            breach.first_loud_at = min(breach.first_loud_at, breach.began_at)
            breach.frozen_since = None
        self.noise_persists(breach_id)

    def freeze(self, breach_id: int) -> None:
        """The sensor is silent, or is heard again."""
        now = self.clock.now()
        with self.sessions.write() as session:
            breach = session.get_one(Breach, breach_id)
            kind = "breach_thawed" if breach.frozen_since else "breach_frozen"
            breach.frozen_since = None if breach.frozen_since else now
            timers.arm(session, kind, breach.id, now, now=now)
        self.run()

    # -- people; each returns what was refused, or None

    def attempt(self, verb: Any, *args: Any, **more: Any) -> str | None:
        """Do it; a refusal is an answer too, anything else is a failure."""
        try:
            verb(*args, **more)
        except CallAssistError as refused:
            return refused.detail
        finally:
            self.run()
        return None

    def work_of(self, name: str) -> CallTask | None:
        with self.sessions.read() as session:
            return session.scalar(
                select(CallTask).where(
                    CallTask.operator_id == self.operator_ids[name],
                    CallTask.state.in_(OPEN_WITH_OPERATOR),
                )
            )

    def come(self, name: str) -> None:
        """Back at the screen and available."""
        self.vanished.discard(name)
        self.attempt(self.available, name)

    def next_step(self, name: str, word: str | None, wait: int) -> None:
        """What an operator does next: come, take what is there, dial, wait, save."""
        work = self.work_of(name)
        if work is None:
            if name in self.vanished or self.presence(name) in ("offline", "break"):
                self.come(name)
            due = self.due_tasks()
            if due and self.work_of(name) is None:
                self.attempt(self.accept, name, due[0].id)
        elif work.state == "offered":
            self.attempt(self.accept, name)
        elif work.state == "wrapping_up":
            self.save_some(name, word, None)
        elif any(attempt.task_id == work.id for attempt in self.attempts()):
            self.pass_time(seconds=wait)
        else:
            self.attempt(self.dial, name)

    def save_some(self, name: str, word: str | None, later: int | None) -> None:
        """Save `word`; what the network says when there is none, or when it is refused."""
        work = self.work_of(name)
        if work is None:
            return
        at = None if later is None else self.clock.now() + timedelta(minutes=later)
        said = [each.outcome for each in self.attempts() if each.task_id == work.id]
        fallback = "host_not_reached" if work.party == "host" else (said or [None])[-1]
        for each in (word, fallback, "no_conversation"):
            if each is None:
                continue
            language = "fr" if each == "language_barrier" else None
            more = {"call_back_at": at, "language": language}
            if self.attempt(self.save, each, name, **more) is None:
                return

    def due_tasks(self) -> list[CallTask]:
        now = self.clock.now()
        return [
            task for task in self.tasks() if task.state == "pending" and task.available_at <= now
        ]

    def open_incidents(self) -> list[Incident]:
        return [each for each in self.incidents() if each.closed_at is None]

    def end_incident(self, incident_id: int, how: str) -> None:
        verb = ending.take_over if how == "take_over" else ending.cancel
        with self.sessions.write() as session:
            verb(session, incident_id, "host", now=self.clock.now())

    def pause(self, property_id: int, minutes: int) -> None:
        now = self.clock.now()
        with self.sessions.write() as session:
            home = session.get_one(Property, property_id)
            home.paused_until = now + timedelta(minutes=minutes)
            ending.pause_home(session, home, home.paused_until, "host", now=now)

    def open_by_hand(self, property_id: int) -> None:
        with self.sessions.write() as session:
            home = session.get_one(Property, property_id)
            by = new_incident.OpenedBy.HOST
            opening.open_by_hand(session, self.ctx, home, by, now=self.clock.now())

    def guest_answers(self, incident_id: int, said: str) -> None:
        with self.sessions.write() as session:
            answer = guest_answers.GuestAnswer(said)
            guest_answers.answer(
                session, self.ctx, incident_id, answer, "page", now=self.clock.now()
            )

    # -- stays and contacts

    def flag_number(self, property_id: int) -> None:
        """Somebody finds out that the first number is wrong."""
        with self.sessions.write() as session:
            stay = stays.staying_now(session, property_id, self.clock.now())
            numbers = stays.dialable(session, stay, self.clock.now()) if stay else []
            if numbers:
                stays.flag_number(session, numbers[0].id, "host", self.clock.now())

    def flag_contact(self, property_id: int) -> None:
        with self.sessions.write() as session:
            contact = session.scalar(
                select(HostContact).where(
                    HostContact.property_id == property_id, HostContact.flagged_at.is_(None)
                )
            )
            if contact is not None:
                contact.flagged_at, contact.flag_reason = self.clock.now(), "host"

    def stay_ends(self, property_id: int) -> None:
        with self.sessions.write() as session:
            stay = stays.staying_now(session, property_id, self.clock.now())
            if stay is not None:
                session.get_one(Stay, stay.id).check_out_at = self.clock.now()

    def numbers_of(self, incident: Incident) -> set[str]:
        """Keyed indexes of the stay's numbers."""
        with self.sessions.read() as session:
            rows = session.scalars(
                select(StayNumber.number_index).where(StayNumber.stay_id == incident.stay_id)
            )
            return set(rows)
