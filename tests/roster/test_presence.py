"""What an operator does now: conditional moves, idleness, misses and lost screens."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import roster
from callassist.domain.presence import PresenceState
from callassist.models import Operator, Presence
from callassist.storage.sessions import Sessions
from tests.accounts.scenes import NOW, desk_with

AVAILABLE, OFFERED, BREAK = PresenceState.AVAILABLE, PresenceState.OFFERED, PresenceState.BREAK


def test_the_longest_idle_comes_first_and_only_the_available_come(sessions: Sessions) -> None:
    with sessions.write() as session:
        desk = desk_with(session, "Ana", "Ben", "Cleo")
        ana, ben, cleo = roster_ids(session, desk.id)
        roster.set_presence(session, ben, AVAILABLE, NOW)
        roster.set_presence(session, ana, AVAILABLE, NOW + timedelta(seconds=1))
        roster.set_presence(session, cleo, BREAK, NOW)
    with sessions.read() as session:
        ready = roster.available(session, desk.id, NOW + timedelta(minutes=1))
        assert [operator.name for operator, _ in ready] == ["Ben", "Ana"]


def test_a_move_from_an_unexpected_state_is_refused(sessions: Sessions) -> None:
    with sessions.write() as session:
        desk = desk_with(session, "Ana")
        (ana,) = roster_ids(session, desk.id)
        assert not roster.set_presence(session, ana, OFFERED, NOW, expect=[AVAILABLE])
        assert roster.set_presence(session, ana, AVAILABLE, NOW)
        assert roster.set_presence(session, ana, OFFERED, NOW, expect=[AVAILABLE])
        assert session.get_one(Presence, ana).state == OFFERED


def test_saying_available_again_does_not_lose_the_place_among_the_idle(
    sessions: Sessions,
) -> None:
    with sessions.write() as session:
        desk = desk_with(session, "Ana")
        (ana,) = roster_ids(session, desk.id)
        assert roster.set_presence(session, ana, AVAILABLE, NOW)
        assert not roster.set_presence(session, ana, AVAILABLE, NOW + timedelta(minutes=9))
        assert session.get_one(Presence, ana).idle_since == NOW


def test_misses_are_counted_in_a_row_and_forgotten_by_a_call(sessions: Sessions) -> None:
    with sessions.write() as session:
        desk = desk_with(session, "Ana")
        (ana,) = roster_ids(session, desk.id)
        roster.set_presence(session, ana, AVAILABLE, NOW)
        assert [roster.count_miss(session, ana), roster.count_miss(session, ana)] == [1, 2]
        roster.set_presence(session, ana, OFFERED, NOW)
        roster.set_presence(session, ana, AVAILABLE, NOW)
        assert session.get_one(Presence, ana).misses == 2
        roster.set_presence(session, ana, PresenceState.ON_A_CALL, NOW)
        assert session.get_one(Presence, ana).misses == 0


def test_misses_are_forgotten_when_an_operator_comes_back_from_a_break(
    sessions: Sessions,
) -> None:
    with sessions.write() as session:
        desk = desk_with(session, "Ana")
        (ana,) = roster_ids(session, desk.id)
        roster.count_miss(session, ana)
        roster.set_presence(session, ana, BREAK, NOW)
        assert session.get_one(Presence, ana).misses == 1
        roster.set_presence(session, ana, AVAILABLE, NOW)
        assert session.get_one(Presence, ana).misses == 0


def test_a_screen_that_is_not_heard_for_a_minute_is_lost(sessions: Sessions) -> None:
    minute = timedelta(minutes=1)
    with sessions.write() as session:
        desk = desk_with(session, "Ana", "Ben", "Cleo")
        ana, ben, _ = roster_ids(session, desk.id)
        for one in (ana, ben):
            roster.set_presence(session, one, AVAILABLE, NOW)
        roster.heartbeat(session, ana, NOW + timedelta(seconds=30))
        gone = roster.lost(session, NOW + minute, minute)
        assert [one.name for one in gone] == ["Ben"]
        gone = roster.lost(session, NOW + minute * 2, minute)
        assert [one.name for one in gone] == ["Ana", "Ben"]


def roster_ids(session: Session, desk_id: int) -> list[int]:
    """Ids of the desk's operators, in the order in which they were made."""
    query = select(Operator.id).where(Operator.desk_id == desk_id).order_by(Operator.id)
    return list(session.scalars(query))
