"""The running loop: woken by a commit, not by a poll; several at once; faults do not end it."""

from __future__ import annotations

import threading
import time
from collections import Counter
from datetime import timedelta

from callassist import timers
from callassist.clock import ManualClock, SystemClock
from callassist.storage.sessions import Sessions

PATIENCE = 20.0


def test_a_commit_wakes_the_loop(sessions: Sessions):
    clock, rung = SystemClock(), threading.Event()
    loop = timers.TimerLoop(sessions, clock, {"ring": lambda *_: rung.set()})
    loop.start()
    try:
        for subject in range(3):
            rung.clear()
            due_at = clock.now() + timedelta(seconds=0.1)
            with sessions.write() as session:
                timers.arm(session, "ring", subject, due_at, now=clock.now())
            assert rung.wait(PATIENCE)
            assert clock.now() >= due_at
        assert loop.healthy()
    finally:
        loop.stop()
    assert not loop.healthy()


def test_an_earlier_timer_shortens_the_wait_for_a_later_one(sessions: Sessions):
    clock, rung = SystemClock(), threading.Event()
    loop = timers.TimerLoop(sessions, clock, {"ring": lambda *_: rung.set()})
    with sessions.write() as session:
        timers.arm(session, "ring", "late", clock.now() + timedelta(hours=1), now=clock.now())
    loop.start()
    try:
        with sessions.write() as session:
            timers.arm(session, "ring", "soon", clock.now(), now=clock.now())
        assert rung.wait(PATIENCE)
    finally:
        loop.stop()


def test_loops_side_by_side_fire_each_timer_once(sessions: Sessions, clock: ManualClock):
    fired: Counter[str] = Counter()
    lock, all_fired, amount = threading.Lock(), threading.Event(), 1500

    def handler(session: object, timer: timers.DueTimer, now: object) -> None:
        with lock:
            fired.update([timer.subject])
            if len(fired) == amount:
                all_fired.set()

    with sessions.write() as session:
        armings = [timers.Arming(kind="ring", subject=n, due_at=clock.now()) for n in range(amount)]
        timers.arm_many(session, armings, now=clock.now())
    loops = [
        timers.TimerLoop(Sessions(sessions.engine), clock, {"ring": handler}) for _ in range(3)
    ]
    for loop in loops:
        loop.start()
    assert all_fired.wait(PATIENCE * 2)
    for loop in loops:
        loop.stop()
    assert set(fired.values()) == {1}


def test_a_fault_does_not_end_the_loop(sessions: Sessions):
    clock, second = SystemClock(), threading.Event()
    tries: list[str] = []

    def handler(session: object, timer: timers.DueTimer, now: object) -> None:
        tries.append(timer.subject)
        if len(tries) > 1:
            second.set()
            return
        raise ValueError("the first time")

    loop = timers.TimerLoop(sessions, clock, {"ring": handler})
    loop.start()
    try:
        with sessions.write() as session:
            timers.arm(session, "ring", 1, clock.now(), now=clock.now())
        assert second.wait(PATIENCE)
        assert loop.healthy()
    finally:
        loop.stop()


def test_stopping_does_not_wait_for_the_next_timer(sessions: Sessions):
    clock = SystemClock()
    with sessions.write() as session:
        timers.arm(session, "ring", 1, clock.now() + timedelta(hours=1), now=clock.now())
    loop = timers.TimerLoop(sessions, clock, {})
    loop.start()
    started = time.monotonic()
    loop.stop()
    assert time.monotonic() - started < 5


def test_a_loop_that_was_not_started_is_not_healthy(sessions: Sessions):
    loop = timers.TimerLoop(sessions, SystemClock(), {})
    assert not loop.healthy()
    loop.stop()
