"""One open timer per kind and subject."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callassist import timers
from callassist.clock import ManualClock
from callassist.models import Timer
from callassist.storage.sessions import Sessions


def test_an_armed_timer_fires_when_it_is_due_and_not_before(sessions: Sessions, clock: ManualClock):
    fired: list[timers.DueTimer] = []
    loop = timers.TimerLoop(sessions, clock, {"ring": lambda _, timer, __: fired.append(timer)})
    due_at = clock.now() + timedelta(minutes=5)
    _arm(sessions, clock, "ring", 7, due_at)
    clock.advance(minutes=5, microseconds=-1)
    assert loop.run_due() == 0
    clock.advance(microseconds=1)
    assert loop.run_due() == 1
    assert [(t.kind, t.subject, t.due_at) for t in fired] == [("ring", "7", due_at)]
    clock.advance(hours=1)
    assert loop.run_due() == 0


def test_arming_again_moves_the_timer(sessions: Sessions, clock: ManualClock):
    fired: list[datetime] = []
    loop = timers.TimerLoop(sessions, clock, {"ring": lambda _, __, now: fired.append(now)})
    _arm(sessions, clock, "ring", 7, clock.now() + timedelta(minutes=5))
    _arm(sessions, clock, "ring", 7, clock.now() + timedelta(minutes=9))
    clock.advance(minutes=6)
    assert loop.run_due() == 0
    clock.advance(minutes=3)
    assert loop.run_due() == 1
    assert fired == [clock.now()]


def test_kinds_and_subjects_are_apart(sessions: Sessions, clock: ManualClock):
    seen: list[tuple[str, str]] = []

    def note(session: Session, timer: timers.DueTimer, now: datetime) -> None:
        seen.append((timer.kind, timer.subject))

    loop = timers.TimerLoop(sessions, clock, {"a": note, "b": note})
    with sessions.write() as session:
        for kind, subject in (("a", "1"), ("b", "1"), ("a", "2")):
            timers.arm(session, kind, subject, clock.now(), now=clock.now())
    assert loop.run_due() == 3
    assert sorted(seen) == [("a", "1"), ("a", "2"), ("b", "1")]


def test_a_disarmed_timer_never_fires(sessions: Sessions, clock: ManualClock):
    loop = timers.TimerLoop(sessions, clock, {})
    _arm(sessions, clock, "ring", 7, clock.now())
    with sessions.write() as session:
        assert timers.disarm(session, "ring", 7) is True
        assert timers.disarm(session, "ring", 7) is False
    assert loop.run_due() == 0
    assert _rows(sessions) == 0


def test_arming_that_was_rolled_back_is_as_if_it_never_was(sessions: Sessions, clock: ManualClock):
    with sessions.write() as session:
        timers.arm(session, "ring", 7, clock.now(), now=clock.now())
        session.rollback()
    assert timers.TimerLoop(sessions, clock, {}).next_due() is None


def test_many_are_armed_with_one_statement_and_the_last_of_a_subject_holds(
    sessions: Sessions, clock: ManualClock
):
    now = clock.now()
    with sessions.write() as session:
        timers.arm(session, "ring", 3, now, now=now)
        timers.arm_many(
            session,
            [
                timers.Arming(kind="ring", subject=n % 1000, due_at=now + timedelta(seconds=n))
                for n in range(2000)
            ],
            now=now,
        )
        timers.arm_many(session, [], now=now)
    assert _rows(sessions) == 1000
    assert timers.TimerLoop(sessions, clock, {}).next_due() == now + timedelta(seconds=1000)


def test_fired_timers_are_kept_a_day_and_then_pruned(sessions: Sessions, clock: ManualClock):
    loop = timers.TimerLoop(sessions, clock, {"ring": lambda *_: None})
    for subject in range(3):
        _arm(sessions, clock, "ring", subject, clock.now())
    loop.run_due()
    _arm(sessions, clock, "ring", 0, clock.now() + timedelta(days=9))
    clock.advance(hours=24)
    assert _prune(sessions, clock) == 0
    clock.advance(seconds=1)
    assert _prune(sessions, clock) == 3
    assert _rows(sessions) == 1


def _arm(sessions: Sessions, clock: ManualClock, kind: str, subject: int, due_at: datetime) -> None:
    with sessions.write() as session:
        timers.arm(session, kind, subject, due_at, now=clock.now())


def _prune(sessions: Sessions, clock: ManualClock) -> int:
    with sessions.write() as session:
        return timers.prune(session, clock.now())


def _rows(sessions: Sessions) -> int:
    with sessions.read() as session:
        return session.scalar(select(func.count()).select_from(Timer)) or 0
