"""Who is on shift, what a shift may be, and where the roster has holes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from callassist import roster
from callassist.domain.spans import Span
from callassist.domain.viewer import Role, Viewer
from callassist.errors import Forbidden, InvalidInput, NotFound
from callassist.storage.sessions import Sessions
from tests.accounts.scenes import ADMIN, NOW, desk_with, operator

HOUR = timedelta(hours=1)


def test_on_shift_means_rostered_now_signed_in_or_not(sessions: Sessions) -> None:
    with sessions.write() as session:
        desk = desk_with(session)
        ana = operator(session, desk, "Ana", "en", "fr")
        assert roster.on_shift(session, desk.id, NOW) == []
        roster.add_shift(session, ADMIN, ana.public_id, NOW, NOW + 8 * HOUR)
        assert roster.on_shift(session, desk.id, NOW) == [ana]
        assert roster.on_shift(session, desk.id, NOW + 8 * HOUR) == []
        assert roster.anyone_on_shift_speaks(session, desk.id, "fr-CA", NOW)
        assert not roster.anyone_on_shift_speaks(session, desk.id, "de", NOW)


def test_an_operator_who_left_is_on_no_shift(sessions: Sessions) -> None:
    with sessions.write() as session:
        desk = desk_with(session)
        ana = operator(session, desk, "Ana")
        roster.add_shift(session, ADMIN, ana.public_id, NOW, NOW + HOUR)
        ana.active = False
        assert roster.on_shift(session, desk.id, NOW) == []
        assert roster.coming_cover(session, desk.id, NOW, NOW + HOUR) == [Span(NOW, NOW + HOUR)]


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "field"),
    [
        (NOW, NOW, "ends_at"),
        (NOW, NOW + 25 * HOUR, "ends_at"),
        (NOW.replace(tzinfo=None), NOW + HOUR, "starts_at"),
        (NOW + HOUR, NOW + 3 * HOUR, "starts_at"),  # overlaps the one that is there
    ],
)
def test_a_shift_that_makes_no_sense_is_refused_by_field(
    sessions: Sessions, starts_at: datetime, ends_at: datetime, field: str
) -> None:
    with sessions.write() as session:
        ana = operator(session, desk_with(session), "Ana")
        roster.add_shift(session, ADMIN, ana.public_id, NOW + HOUR * 2, NOW + 4 * HOUR)
        with pytest.raises(InvalidInput) as refused:
            roster.add_shift(session, ADMIN, ana.public_id, starts_at, ends_at)
        assert refused.value.field == field


def test_a_shift_can_be_moved_over_itself_and_removed(sessions: Sessions) -> None:
    with sessions.write() as session:
        desk = desk_with(session)
        ana = operator(session, desk, "Ana")
        shift = roster.add_shift(session, ADMIN, ana.public_id, NOW, NOW + 2 * HOUR)
        roster.move_shift(session, ADMIN, shift.public_id, NOW + HOUR, NOW + 3 * HOUR)
        assert roster.on_shift(session, desk.id, NOW) == []
        roster.remove_shift(session, ADMIN, shift.public_id)
        assert roster.shifts(session, ADMIN, desk, NOW, NOW + 5 * HOUR) == []


def test_gaps_of_the_roster_are_found_per_language(sessions: Sessions) -> None:
    with sessions.write() as session:
        desk = desk_with(session)
        ana = operator(session, desk, "Ana", "en")
        bea = operator(session, desk, "Bea", "en", "fr")
        roster.add_shift(session, ADMIN, ana.public_id, NOW, NOW + 4 * HOUR)
        roster.add_shift(session, ADMIN, bea.public_id, NOW + 3 * HOUR, NOW + 6 * HOUR)
        cover = roster.coming_cover(session, desk.id, NOW, NOW + 8 * HOUR)
        french = roster.coming_cover(session, desk.id, NOW, NOW + 8 * HOUR, "fr")
    assert cover == [Span(NOW + 6 * HOUR, NOW + 8 * HOUR)]
    assert french == [Span(NOW, NOW + 3 * HOUR), Span(NOW + 6 * HOUR, NOW + 8 * HOUR)]


def test_only_the_desks_supervisor_plans_its_shifts(sessions: Sessions) -> None:
    with sessions.write() as session:
        desk = desk_with(session)
        other = desk_with(session)
        ana = operator(session, desk, "Ana")
        colleague = Viewer(name="op", desk_roles={desk.id: frozenset({Role.OPERATOR})})
        stranger = Viewer(name="sup", desk_roles={other.id: frozenset({Role.SUPERVISOR})})
        chief = Viewer(name="sup", desk_roles={desk.id: frozenset({Role.SUPERVISOR})})
        with pytest.raises(Forbidden):
            roster.add_shift(session, colleague, ana.public_id, NOW, NOW + HOUR)
        with pytest.raises(NotFound):
            roster.add_shift(session, stranger, ana.public_id, NOW, NOW + HOUR)
        roster.add_shift(session, chief, ana.public_id, NOW, NOW + HOUR)
        assert len(roster.shifts(session, colleague, desk, NOW, NOW + HOUR)) == 1
