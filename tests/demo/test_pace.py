"""The clock of the stage: it changes its speed without a jump, and two processes agree on it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callassist.clock import ManualClock
from callassist.demo.conductor import Conductor, Follower
from callassist.demo.kept_pace import (
    LEAD,
    SKIP_AT_MOST,
    SKIPPING,
    at_speed,
    begin_pace,
    kept_pace,
    paused,
    playing,
)
from callassist.demo.pace import STILL, PacedClock, Piece
from callassist.live import Hub
from callassist.live.scope import Scope
from callassist.storage.hints import Hints
from callassist.storage.sessions import Sessions

REAL = datetime(2026, 11, 22, 9, tzinfo=UTC)
NIGHT = datetime(2026, 8, 1, 20, tzinfo=UTC)
A_MOMENT = timedelta(milliseconds=1)


class Stage:
    """A conductor in one process, a follower in another, and real time that moves by hand."""

    def __init__(self, sessions: Sessions) -> None:
        self.real = ManualClock(REAL)
        self.newest = 0
        self.told: list[datetime] = []
        with sessions.write() as session:
            pieces = begin_pace(session, 60, epoch=NIGHT, real=REAL).pieces
        self.here = PacedClock(pieces, real_now=self.real.now)
        self.there = PacedClock(pieces, real_now=self.real.now)
        self.conductor = Conductor(
            sessions, self.here, lambda: self.newest, lambda: None, real_now=self.real.now
        )
        self.follower = Follower(sessions, self.there)
        self.sessions = sessions

    def pass_real(self, **span: float) -> None:
        self.real.advance(**span)
        self.follower.look()

    def holds(self) -> None:
        self.follower.look()
        self.real.advance(seconds=LEAD.total_seconds())


@pytest.fixture
def stage(sessions: Sessions) -> Stage:
    """A night at 60 times the speed that has just begun."""
    return Stage(sessions)


@pytest.mark.parametrize("speed", [1, 30, 300])
def test_another_speed_holds_a_moment_later_and_nothing_jumps(stage: Stage, speed: float):
    stage.pass_real(seconds=10)
    stage.conductor.change(at_speed(speed))
    assert stage.here.speed == 60
    stage.holds()
    at_change = NIGHT + 60 * (timedelta(seconds=10) + LEAD)
    assert stage.here.now() == stage.there.now() == at_change
    assert stage.here.speed == stage.there.speed == speed
    stage.pass_real(seconds=2)
    assert stage.here.now() == stage.there.now() == at_change + timedelta(seconds=2 * speed)


def test_a_pause_stands_and_play_goes_on_at_the_chosen_speed(stage: Stage):
    stage.conductor.change(at_speed(300))
    stage.conductor.change(paused)
    stage.holds()
    stood_at = stage.here.now()
    stage.pass_real(minutes=10)
    assert stage.here.stands
    assert stage.here.now() - stood_at < timedelta(seconds=1)
    stage.conductor.change(playing)
    stage.holds()
    assert stage.here.speed == 300


def test_pausing_twice_changes_nothing(stage: Stage):
    stage.conductor.change(paused)
    stage.holds()
    before = stage.here.pieces
    stage.conductor.change(paused)
    assert stage.here.pieces == before


def test_many_changes_in_one_moment_end_with_the_last(stage: Stage):
    for speed in (1, 300, 30, 60, 1):
        stage.conductor.change(at_speed(speed))
    before = stage.here.now()
    stage.holds()
    assert stage.here.now() == before + 60 * LEAD
    assert stage.here.speed == stage.there.speed == 1


def test_a_process_that_hears_of_a_change_too_late_never_goes_back(stage: Stage):
    stage.conductor.change(paused)
    stage.real.advance(seconds=5)
    ahead = stage.there.now()
    stage.follower.look()
    assert stage.there.now() == ahead > stage.here.now()
    stage.conductor.change(playing)
    stage.holds()
    stage.pass_real(seconds=20)
    assert stage.there.now() == stage.here.now() > ahead


def test_a_restart_goes_on_at_the_pace_that_was_chosen(stage: Stage):
    stage.conductor.change(at_speed(30))
    stage.holds()
    stage.pass_real(seconds=7)
    with stage.sessions.read() as session:
        kept = kept_pace(session)
    assert kept is not None
    again = PacedClock(kept.pieces, real_now=stage.real.now)
    assert again.now() == stage.here.now()
    assert again.speed == 30


def test_a_skip_runs_fast_until_something_is_told_and_then_goes_on_as_before(stage: Stage):
    stage.newest = 4
    stage.conductor.change(at_speed(30))
    watching = stage.conductor.skip()
    stage.holds()
    assert stage.conductor.look()
    assert stage.here.speed == SKIPPING
    stage.newest = 5
    watching.join()
    assert not stage.conductor.look()
    stage.holds()
    assert stage.here.speed == stage.there.speed == 30


def test_a_skip_out_of_a_pause_ends_in_the_pause(stage: Stage):
    stage.conductor.change(paused)
    watching = stage.conductor.skip()
    stage.newest = 1
    watching.join()
    stage.holds()
    assert stage.here.stands


def test_a_skip_ends_when_nothing_more_happens(stage: Stage):
    watching = stage.conductor.skip()
    stage.holds()
    assert stage.here.speed == SKIPPING
    stage.pass_real(seconds=SKIP_AT_MOST.total_seconds())
    watching.join()
    stage.holds()
    assert stage.here.speed == 60


def test_whoever_waits_on_the_clock_is_told_when_a_change_holds(sessions: Sessions):
    stage = Stage(sessions)
    woken: list[float] = []
    stage.conductor = Conductor(
        sessions,
        stage.here,
        lambda: 0,
        lambda: woken.append(stage.here.speed),
        real_now=stage.real.now,
    )
    done = stage.conductor.change(at_speed(300))
    stage.holds()
    done.join()
    assert woken == [300]


def test_a_loop_that_waits_wakes_when_the_clock_has_been_sped_up():
    real = ManualClock(REAL)
    clock = PacedClock([Piece(origin=REAL, shown=NIGHT, speed=1)], real_now=real.now)
    hints = Hints()
    at = NIGHT + timedelta(hours=1)
    waiting = threading.Thread(target=hints.wait, args=("timers", at, clock, 600.0), daemon=True)
    waiting.start()
    clock.adopt([*clock.pieces, Piece(origin=REAL, shown=NIGHT, speed=300)])
    real.advance(seconds=13)
    hints.clock_changed()
    waiting.join(timeout=30)
    assert not waiting.is_alive()


def test_every_open_page_is_told_of_another_speed_at_once(sessions: Sessions):
    clock = PacedClock([Piece(origin=REAL, shown=NIGHT, speed=300)], real_now=lambda: REAL)
    hub = Hub(sessions, clock, limit=2)
    nowhere = frozenset[int]()
    scope = Scope(person_id=1, account_ids=nowhere, desk_ids=nowhere, every_desk=False)
    stream = hub.subscribe(scope, "", 0)
    assert stream is not None
    hub.tell_time()
    assert b'"rate":300' in stream.next(1)


def test_limits_in_real_time_are_never_shorter_than_they_say(stage: Stage):
    minute = timedelta(seconds=60)
    assert stage.here.span(60) == 60 * minute
    stage.conductor.change(at_speed(1))
    stage.holds()
    assert stage.here.span(60) >= 59 * minute, "a beat of a minute ago is hours old by this clock"
    stage.pass_real(minutes=2)
    assert stage.here.span(60) == minute
    stage.conductor.change(at_speed(300))
    stage.holds()
    assert stage.here.span(60) == 300 * minute


def test_a_wait_is_reckoned_by_the_speeds_that_were_and_will_be(stage: Stage):
    beat = stage.here.now()
    stage.pass_real(seconds=30)
    stage.conductor.change(at_speed(1))
    stage.holds()
    stage.pass_real(seconds=30)
    passed = -stage.here.real_seconds(beat - stage.here.now())
    assert passed == pytest.approx(60 + LEAD.total_seconds())
    assert stage.here.real_seconds(timedelta(seconds=5)) == 5
    stage.conductor.change(at_speed(30))
    coming = stage.here.real_seconds(timedelta(seconds=60))
    assert coming == pytest.approx(LEAD.total_seconds() + (60 - LEAD.total_seconds()) / 30)


def test_years_ahead_are_far_but_no_fault_while_the_night_stands(stage: Stage):
    stage.conductor.change(paused)
    stage.holds()
    assert stage.here.real_seconds(timedelta(days=3650)) > 3650 * 86400


@given(
    changes=st.lists(
        st.tuples(st.floats(0.2, 600), st.sampled_from([STILL, 1.0, 30.0, 60.0, 300.0, 600.0])),
        max_size=6,
    ),
    looks=st.lists(st.floats(0, 30), min_size=2, max_size=20),
)
def test_no_row_of_changes_lets_the_clock_go_back_or_jump(
    changes: list[tuple[float, float]], looks: list[float]
):
    pieces = [Piece(origin=REAL, shown=NIGHT, speed=60)]
    for after, speed in changes:
        last = pieces[-1]
        origin = last.origin + timedelta(seconds=after)
        pieces.append(Piece(origin=origin, shown=last.at(origin), speed=speed))
    real = ManualClock(REAL)
    clock = PacedClock(pieces, real_now=real.now)
    shown = clock.now()
    for seconds in looks:
        real.advance(seconds=seconds)
        now = clock.now()
        assert timedelta() <= now - shown <= timedelta(seconds=seconds * 600) + A_MOMENT
        shown = now
