"""The ladder in the booking's conversation: by the same rules as texts, and never twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from callassist import stays
from callassist.domain.viewer import Role, Viewer
from callassist.errors import InvalidInput
from callassist.escalation.context import Escalation
from callassist.models import Breach, Consent, PmsConnection, PmsMessage, Stay, StayNumber
from callassist.ports.conversations import NotWritten, WriteInDoubt, WriteRefused
from callassist.stays import ConsentInput
from tests.escalation.laddering import NEVER, entries, loud, stopped
from tests.escalation.night import Night


@dataclass
class Bookings:
    """Conversations in memory; `errors` are raised by the next messages, "crash" ends a process."""

    connection_id: int | None = None
    written: list[str] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)
    is_lost: bool = False  # what is refused to us stands there all the same

    def connection_of(self, session: Session, stay_id: int) -> int | None:
        return self.connection_id

    def write(self, connection_id: int, stay_id: int, text: str) -> None:
        assert connection_id == self.connection_id
        if self.errors:
            if self.is_lost:
                self.written.append(text)
            raise self.errors.pop(0)
        self.written.append(text)


class Crash(BaseException):
    """The process ends here."""


@pytest.fixture
def booked(ladder_home: Callable[..., Night]) -> Callable[..., tuple[Night, Bookings]]:
    """A night whose guest booked through a system with conversations."""

    def build(**fields: Any) -> tuple[Night, Bookings]:
        night = ladder_home(**fields)
        with night.sessions.write() as session:
            stay = session.scalars(select(Stay)).one()
            connection = PmsConnection(
                account_id=stay.account_id,
                vendor="fakepms",
                credentials=b"",
                options={},
                hook_token_hash="x",
                hook_token=b"",
                created_at=night.clock.now(),
            )
            session.add(connection)
            session.flush()
            bookings = Bookings(connection.id)
        night.ctx = Escalation(**{**vars(night.ctx), "conversations": bookings})
        night._start()
        night.noise_begins()
        return night, bookings

    return build


def said(night: Night, channel: str = "conversation") -> list[tuple[Any, ...]]:
    return [
        (one.data["step"], one.data["sent"], one.data["reason"])
        for one in entries(night)
        if one.action == "guest_warned" and one.data["channel"] == channel
    ]


def states(night: Night) -> list[str]:
    with night.sessions.read() as session:
        return list(session.scalars(select(PmsMessage.state).order_by(PmsMessage.step)))


def owner(stay: Stay) -> Viewer:
    return Viewer(name="owner", account_roles={stay.account_id: frozenset({Role.OWNER})})


def hide_number(night: Night) -> None:
    with night.sessions.write() as session:
        session.execute(delete(Consent))
        session.execute(delete(StayNumber))


def agreed_without_a_number(night: Night) -> None:
    with night.sessions.write() as session:
        stay = session.scalars(select(Stay)).one()
        typed = ConsentInput(channel="sms", text="yes", given_by="booking", source="house rules")
        stays.give_consent(session, owner(stay), stay.public_id, typed, now=night.clock.now())


def test_both_steps_are_written_there_too_with_the_link_to_the_guests_page(booked):
    night, bookings = booked(guest_language="de")
    loud(night, 29)
    first, second = bookings.written
    assert "gerade zu laut" in first
    assert "noch immer zu laut" in second
    assert "/g/" in first
    assert "STOP" not in first  # nobody reads an answer there
    assert said(night) == [(1, True, "allowed"), (2, True, "allowed")]
    assert said(night, "sms") == said(night)
    assert states(night) == ["sent", "sent"]


def test_where_it_is_not_turned_on_nothing_is_written_and_nothing_said(booked):
    night, bookings = booked()
    bookings.connection_id = None
    loud(night, 29)
    assert (bookings.written, said(night), states(night)) == ([], [], [])
    assert len(night.network.texting.sent()) == 2


def test_a_hidden_number_leaves_the_conversation_as_the_ladders_only_message(booked):
    night, bookings = booked()
    hide_number(night)
    agreed_without_a_number(night)
    loud(night, 29)
    assert len(bookings.written) == 2
    assert said(night) == [(1, True, "allowed"), (2, True, "allowed")]
    assert said(night, "sms") == []  # the step has its message: no second line says that it has not


def test_without_a_permission_neither_way_is_used_and_the_log_says_why(booked):
    night, bookings = booked()
    hide_number(night)
    loud(night, 11)
    assert bookings.written == []
    assert said(night) == [(1, False, "no_consent")]
    assert said(night, "sms") == [(1, False, "no_number")]


def test_a_permission_without_a_number_is_for_written_messages_only(booked):
    night, _ = booked()
    hide_number(night)
    typed = ConsentInput(channel="voice", text="yes", given_by="booking", source="house rules")
    with night.sessions.write() as session:
        stay = session.scalars(select(Stay)).one()
        with pytest.raises(InvalidInput):
            stays.give_consent(session, owner(stay), stay.public_id, typed, now=night.clock.now())


def test_a_guest_without_a_number_stops_and_allows_messages_on_the_guest_page(booked):
    night, bookings = booked()
    hide_number(night)
    agreed_without_a_number(night)
    loud(night, 11)
    with night.sessions.write() as session:
        stay = session.scalars(select(Stay)).one()
        stays.stop_messages(session, stay, now=night.clock.now())
        assert stays.messages_stopped(session, night.vault, stay)
    loud(night, 10)
    assert len(bookings.written) == 1
    assert said(night)[-1] == (2, False, "no_consent")
    with night.sessions.write() as session:
        stay = session.scalars(select(Stay)).one()
        stays.allow_messages(session, night.vault, stay)
        assert not stays.messages_stopped(session, night.vault, stay)


def asked_not_to_be_phoned(session: Session, night: Night) -> None:
    session.scalars(select(Stay)).one().do_not_call_at = night.clock.now()


def erased(session: Session, night: Night) -> None:
    session.scalars(select(Stay)).one().erased_at = night.clock.now()


@pytest.mark.parametrize(
    ("change", "reason"), [(stopped, "stopped"), (asked_not_to_be_phoned, "do_not_call")]
)
def test_a_stop_counts_there_as_well(booked, change, reason):
    night, bookings = booked()
    with night.sessions.write() as session:
        change(session, night)
    loud(night, 11)
    assert bookings.written == []
    assert said(night) == [(1, False, reason)]


def test_hours_count_there_as_well(booked):
    night, bookings = booked(hours=NEVER)
    loud(night, 11)
    assert bookings.written == []
    assert said(night) == [(1, False, "outside_hours")]


def test_a_guest_who_was_erased_is_not_written_to(booked):
    night, bookings = booked()
    with night.sessions.write() as session:
        erased(session, night)
    loud(night, 11)
    assert bookings.written == []


def calm(session: Session, night: Night) -> None:
    session.get_one(Breach, night.breach_id).ended_at = night.clock.now()


@pytest.mark.parametrize("change", [stopped, erased, asked_not_to_be_phoned, calm])
def test_what_changes_before_a_second_try_counts(booked, change):
    night, bookings = booked()

    def refuse(connection_id: int, stay_id: int, text: str) -> None:
        with night.sessions.write() as session:
            change(session, night)
        raise NotWritten("it is down", 20)

    bookings.write = refuse
    loud(night, 12)
    assert bookings.written == []
    assert states(night) == ["not_sent"]
    assert [sent for _, sent, _ in said(night)] == [False]


def test_a_system_that_is_down_for_a_moment_gets_the_message_once_it_is_back(booked):
    night, bookings = booked()
    bookings.errors = [NotWritten("it is down", 20), NotWritten("it is down", 20)]
    loud(night, 13)
    assert len(bookings.written) == 1
    assert said(night) == [(1, True, "allowed")]


def test_a_system_that_is_down_for_long_gets_no_message_late(booked):
    night, bookings = booked()
    bookings.errors = [NotWritten("it is down")] * 20
    loud(night, 29)
    assert bookings.written == []
    assert said(night)[0] == (1, False, "late")


def test_a_lost_answer_is_not_known_and_never_written_again(booked):
    night, bookings = booked()
    bookings.errors, bookings.is_lost = [WriteInDoubt("no answer")], True
    loud(night, 18)
    night.restart(minutes=1)
    assert len(bookings.written) == 1
    assert said(night) == [(1, "unknown", "in_doubt")]
    assert states(night) == ["unknown"]


def test_a_process_that_ends_while_it_writes_leaves_a_doubt(booked):
    night, bookings = booked()
    bookings.errors, bookings.is_lost = [Crash()], True
    with pytest.raises(Crash):
        loud(night, 11)
    night.restart(minutes=1)
    assert len(bookings.written) == 1
    assert said(night) == [(1, "unknown", "in_doubt")]


def test_a_refusal_is_told_once_and_the_next_step_tries_again(booked):
    night, bookings = booked()
    bookings.errors = [WriteRefused("not with this key")]
    loud(night, 29)
    assert said(night) == [(1, False, "refused_there"), (2, True, "allowed")]
    assert states(night) == ["failed", "sent"]


def test_turned_off_between_decision_and_delivery_is_off(booked):
    night, bookings = booked()

    def turn_off(connection_id: int, stay_id: int, text: str) -> None:
        bookings.connection_id = None
        raise NotWritten("it is down", 10)

    bookings.write = turn_off
    loud(night, 12)
    assert states(night) == ["not_sent"]
    assert said(night) == [(1, False, "not_configured")]


def test_steps_are_ten_minutes_apart(booked):
    night, _ = booked()
    loud(night, 29)
    with night.sessions.read() as session:
        first, second = session.scalars(select(PmsMessage.sent_at).order_by(PmsMessage.step))
    assert second - first == timedelta(minutes=10)
