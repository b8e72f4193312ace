"""What is written back: only where the host turned it on, each version once, nothing in doubt."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from callassist import incident_log
from callassist.accounts.guest_data import guest_erase
from callassist.domain.policy import EscalationPolicy
from callassist.errors import PermanentError, TransientError
from callassist.models import Incident, PmsConnection, PmsMessage, PmsReservation, Stay
from callassist.outbox import OutboxItem
from callassist.outbox.delivery import MAX_ATTEMPTS
from callassist.pms_sync.conversations import BookingConversations
from callassist.pms_sync.notes import note_deliverer
from callassist.ports.conversations import NotWritten, WriteInDoubt, WriteRefused
from callassist.ports.pms import Abilities, Reservation
from callassist.ports.pms_access import Access, CredentialsRefused, NotReached
from callassist.ports.reservation_notes import ReservationNote
from callassist.storage.sessions import Sessions
from tests.accounts.scenes import NOW
from tests.pms_sync.scenes import World, booking, world

WRITES = Abilities(incremental=True, single=True, messages=True, notes=True)
TEXT = "Report: https://calls.example/reports/REP-1"


class Booked:
    """A world whose system takes messages and notes, and an incident of its guest."""

    def __init__(self, sessions: Sessions, **known: Any) -> None:
        self.world: World = world(sessions, booking("R1"), **{"abilities": WRITES} | known)
        self.world.run()
        self.taken: list[tuple[str, str]] = []
        self.world.pms.send_message = self._take  # type: ignore[method-assign]
        self.world.pms.add_note = self._take  # type: ignore[method-assign]
        self.conversations = BookingConversations(self.world.sync)
        self.stay_id = self.world.stays()[0].id
        self.turn(on=True)
        with sessions.write() as session:
            policy = EscalationPolicy().to_dict()
            incident = Incident(
                reference="amber otter",
                account_id=self.world.place.account.id,
                property_id=self.world.place.home.id,
                stay_id=self.stay_id,
                policy=policy,
                cadence=policy["cadence"],
                state="closed",
                opened_at=NOW,
                opened_by="noise",
                language="en",
            )
            session.add(incident)
            session.flush()
            self.incident_id = incident.id

    def _take(self, access: Access, reservation: Reservation, text: str) -> None:
        access.call("POST", f"/bookings/{reservation.external_id}")
        self.taken.append((reservation.external_id, text))

    def turn(self, *, on: bool) -> None:
        with self.world.sessions.write() as session:
            row = session.get_one(PmsConnection, self.world.connection_id)
            row.sends_messages = row.sends_notes = on

    def connection_of(self) -> int | None:
        with self.world.sessions.read() as session:
            return self.conversations.connection_of(session, self.stay_id)

    def message(self) -> None:
        self.conversations.write(self.world.connection_id, self.stay_id, "It is loud.")

    def note(self, version: int = 2, attempts: int = 1) -> None:
        """The outbox delivers the note of a version."""
        note = ReservationNote(
            incident_id=self.incident_id,
            stay_id=self.stay_id,
            account_id=self.world.place.account.id,
            key=f"REP-1:{version}",
            text=TEXT,
        )
        item = OutboxItem(
            id=1, topic="pms_note", key=note.key, payload={"version_id": 1}, attempts=attempts
        )
        note_deliverer(self.world.sync, lambda session, version_id: note)(item, self.now)

    @property
    def now(self) -> datetime:
        return self.world.clock.now()

    def states(self) -> list[str]:
        with self.world.sessions.read() as session:
            return list(session.scalars(select(PmsMessage.state).order_by(PmsMessage.id)))

    def told(self) -> list[object]:
        with self.world.sessions.read() as session:
            return [
                entry.data["written"]
                for entry in incident_log.entries(session, self.incident_id)
                if entry.action == "note_written"
            ]

    def erase(self) -> None:
        with self.world.sessions.write() as session:
            stay = session.get_one(Stay, self.stay_id)
            guest_erase(session, stay.public_id, now=self.now)


@pytest.fixture
def booked(sessions: Sessions) -> Booked:
    """Everything allows writing back."""
    return Booked(sessions)


def test_a_message_goes_into_the_conversation_of_the_stays_booking(booked: Booked) -> None:
    assert booked.connection_of() == booked.world.connection_id
    booked.message()
    assert booked.taken == [("R1", "It is loud.")]


def test_it_is_off_until_it_is_turned_on(booked: Booked) -> None:
    booked.turn(on=False)
    assert booked.connection_of() is None
    booked.note()
    assert (booked.taken, booked.states(), booked.told()) == ([], [], [])


def test_what_a_system_cannot_do_is_not_tried(sessions: Sessions) -> None:
    booked = Booked(sessions, abilities=Abilities(incremental=True))
    assert booked.connection_of() is None
    booked.note()
    assert (booked.taken, booked.states()) == ([], [])


def test_a_paused_connection_writes_nothing(booked: Booked) -> None:
    with booked.world.sessions.write() as session:
        row = session.get_one(PmsConnection, booked.world.connection_id)
        row.disabled_at = booked.now
    assert booked.connection_of() is None
    with pytest.raises(WriteRefused):
        booked.message()
    booked.note()
    assert booked.taken == []


def test_a_guest_who_was_erased_meanwhile_gets_neither(booked: Booked) -> None:
    booked.erase()
    assert booked.connection_of() is None
    with pytest.raises(WriteRefused):
        booked.message()
    booked.note()
    assert (booked.taken, booked.told()) == ([], [])


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (NotReached("down"), NotWritten),
        (CredentialsRefused("not with these"), WriteRefused),
        (PermanentError("no conversation"), WriteRefused),
        (TransientError("no answer"), WriteInDoubt),
    ],
)
def test_a_message_that_fails_says_whether_it_may_stand_there(
    booked: Booked, error: Exception, told: type[Exception]
) -> None:
    booked.world.access.errors = [error]
    with pytest.raises(told):
        booked.message()


def test_a_version_is_noted_once_however_often_it_is_delivered(booked: Booked) -> None:
    booked.note()
    booked.note()
    assert booked.taken == [("R1", TEXT)]
    assert (booked.states(), booked.told()) == (["sent"], [True])


def test_a_correction_is_a_note_of_its_own(booked: Booked) -> None:
    booked.note(2)
    booked.note(3)
    assert len(booked.taken) == 2
    assert booked.states() == ["sent", "sent"]


def test_a_system_that_is_down_gets_the_note_later(booked: Booked) -> None:
    booked.world.access.errors = [NotReached("down"), NotReached("down")]
    for attempts in (1, 2):
        with pytest.raises(NotWritten):
            booked.note(attempts=attempts)
    assert (booked.states(), booked.told()) == (["waiting"], [])
    booked.note(attempts=3)
    assert (booked.states(), booked.told()) == (["sent"], [True])


def test_the_last_try_says_that_it_failed(booked: Booked) -> None:
    booked.world.access.errors = [NotReached("down")]
    with pytest.raises(NotWritten):
        booked.note(attempts=MAX_ATTEMPTS)
    assert (booked.states(), booked.told()) == (["failed"], [False])


def test_a_note_whose_answer_was_lost_is_never_written_again(booked: Booked) -> None:
    booked.world.access.errors = [TransientError("no answer")]
    booked.note()
    booked.note(attempts=2)
    assert booked.taken == []
    assert (booked.states(), booked.told()) == (["unknown"], ["unknown"])


def test_a_note_that_is_refused_is_not_tried_again(booked: Booked) -> None:
    booked.world.access.errors = [CredentialsRefused("not with these")]
    booked.note()
    booked.note(attempts=2)
    assert (booked.states(), booked.told()) == (["failed"], [False])
    with booked.world.sessions.read() as session:
        assert session.scalars(select(PmsMessage.error)).one() == "not with these"


class Crash(BaseException):
    """The process ends here."""


def test_a_process_that_ends_while_it_writes_leaves_a_doubt(booked: Booked) -> None:
    def crash(access: Access, reservation: Reservation, text: str) -> None:
        raise Crash

    booked.world.pms.add_note = crash  # type: ignore[method-assign]
    with pytest.raises(Crash):
        booked.note()
    booked.note(attempts=2)
    assert (booked.states(), booked.told()) == (["unknown"], ["unknown"])


def test_turned_off_while_it_waits_is_off(booked: Booked) -> None:
    booked.world.access.errors = [NotReached("down")]
    with pytest.raises(NotWritten):
        booked.note()
    booked.turn(on=False)
    booked.note(attempts=2)
    assert (booked.taken, booked.states()) == ([], ["not_sent"])


def test_nothing_personal_is_kept_of_what_was_written(booked: Booked) -> None:
    booked.note()
    with booked.world.sessions.read() as session:
        row = session.scalars(select(PmsMessage)).one()
        kept = {value for value in vars(row).values() if isinstance(value, str)}
        assert session.scalars(select(PmsReservation)).one().said is not None
    assert not any("https" in value or "Camille" in value for value in kept)
