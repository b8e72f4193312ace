"""Secret calendar addresses: one way to make them, for hosts, desks and each operator."""

from __future__ import annotations

from datetime import timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import roster
from callassist.accounts.people import add_person, viewer_for_person
from callassist.domain.supervision import LinkKind
from callassist.domain.viewer import Role, Viewer
from callassist.errors import Forbidden, NotFound
from callassist.models import Desk, DeskLink, Operator, Person
from callassist.roster.calendar_address import CalendarEntry, new_token, token_hash, written
from callassist.roster.desk_links import desk_links, desk_of_link, make_desk_link
from callassist.roster.shift_feed import (
    end_own_feed,
    own_feed_since,
    renew_own_feed,
    shifts_calendar,
)
from callassist.storage.sessions import Sessions
from tests.accounts.scenes import ADMIN, NOW, desk_with

HOUR = timedelta(hours=1)


def somebody(
    session: Session, desk: Desk, name: str, language: str = "en"
) -> tuple[Viewer, Operator]:
    """An operator who signs in, with a shift tonight."""
    email = f"{name.lower()}@example.com"
    person = add_person(session, email, Role.OPERATOR, now=NOW, desk=desk, name=name)
    person.language = language
    found = session.scalars(select(Operator).where(Operator.person_id == person.id)).one()
    roster.add_shift(session, ADMIN, found.public_id, NOW + HOUR, NOW + 9 * HOUR)
    return viewer_for_person(session, person), found


def test_a_calendar_reads_back_as_it_was_written() -> None:
    entry = CalendarEntry(uid="shift-1", starts_at=NOW, ends_at=NOW + HOUR, summary="Café; 1, 2")
    read = Calendar.from_ical(written("Night desk", "shifts", [entry], NOW))
    [event] = read.walk("VEVENT")
    assert event["SUMMARY"] == "Café; 1, 2"
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (NOW, NOW + HOUR)
    assert str(read["X-WR-CALNAME"]) == "Night desk"


def test_tokens_are_never_alike_and_only_their_hash_is_kept() -> None:
    tokens = {new_token() for _ in range(50)}
    assert len(tokens) == 50
    assert all(len(token) > 40 and token_hash(token) != token for token in tokens)


def test_an_operators_own_address_tells_their_shifts_alone(sessions: Sessions) -> None:
    with sessions.write() as session:
        desk = desk_with(session)
        ana, operator = somebody(session, desk, "Ana", "fr")
        somebody(session, desk, "Bea")
        token = renew_own_feed(session, ana, operator, NOW)
        opened = desk_of_link(session, token, LinkKind.SHIFTS)
        assert opened is not None
        assert opened.operator == operator
        text = shifts_calendar(session, desk, opened.operator, "en", NOW).decode()
        assert text.count("BEGIN:VEVENT") == 1
        assert "SUMMARY:Service\u00a0: Night desk" in text  # in her language, whoever asks
        assert "Bea" not in text
        assert desk_of_link(session, token, LinkKind.WALL) is None
        assert token not in session.scalars(select(DeskLink.token_hash)).all()
        assert desk_links(session, desk, LinkKind.SHIFTS) == []  # not among the desk's own


def test_a_renewed_address_ends_the_one_before_and_no_other(sessions: Sessions) -> None:
    with sessions.write() as session:
        desk = desk_with(session)
        ana, operator = somebody(session, desk, "Ana")
        bea, other = somebody(session, desk, "Bea")
        of_desk = make_desk_link(session, ADMIN, desk, LinkKind.SHIFTS, now=NOW)
        of_bea = renew_own_feed(session, bea, other, NOW)
        first = renew_own_feed(session, ana, operator, NOW)
        second = renew_own_feed(session, ana, operator, NOW + HOUR)
        assert desk_of_link(session, first, LinkKind.SHIFTS) is None
        assert own_feed_since(session, operator) == NOW + HOUR
        for token in (second, of_bea, of_desk):
            assert desk_of_link(session, token, LinkKind.SHIFTS) is not None
        end_own_feed(session, ana, operator, NOW)
        assert desk_of_link(session, second, LinkKind.SHIFTS) is None
        assert own_feed_since(session, operator) is None
        assert desk_of_link(session, of_bea, LinkKind.SHIFTS) is not None


def test_an_address_ends_with_the_work_and_nobody_makes_one_for_another(sessions: Sessions) -> None:
    with sessions.write() as session:
        desk = desk_with(session)
        ana, operator = somebody(session, desk, "Ana")
        bea, _other = somebody(session, desk, "Bea")
        with pytest.raises(NotFound):
            renew_own_feed(session, bea, operator, NOW)
        with pytest.raises(Forbidden):
            make_desk_link(session, bea, desk, LinkKind.SHIFTS, now=NOW)
        token = renew_own_feed(session, ana, operator, NOW)
        operator.active = False
        session.flush()
        assert desk_of_link(session, token, LinkKind.SHIFTS) is None


def test_a_calendar_in_a_language_that_we_do_not_write_is_in_the_askers(sessions: Sessions) -> None:
    with sessions.write() as session:
        desk = desk_with(session)
        ana, operator = somebody(session, desk, "Ana")
        session.get_one(Person, ana.person_id).language = None
        session.flush()
        assert b"SUMMARY:Shift: Night desk" in shifts_calendar(session, desk, operator, "en", NOW)
        assert b"SUMMARY:Service" in shifts_calendar(session, desk, operator, "fr", NOW)
