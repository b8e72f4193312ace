"""The running loop: woken by a commit; a slow deliverer holds up neither topic nor loop."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from callassist import outbox
from callassist.clock import ScaledClock, SystemClock
from callassist.models import OutboxEntry
from callassist.outbox.loop import WORKERS
from callassist.storage.engine import make_engine
from callassist.storage.sessions import Sessions

PATIENCE = 20.0


def test_a_commit_wakes_the_loop(sessions: Sessions):
    clock, delivered = SystemClock(), threading.Event()
    loop = outbox.OutboxLoop(sessions, clock, {"notify": lambda *_: delivered.set()})
    loop.start()
    try:
        for number in range(3):
            delivered.clear()
            _put(sessions, "notify", f"k{number}", clock.now())
            assert delivered.wait(PATIENCE)
        assert loop.healthy()
    finally:
        loop.stop()
    assert not loop.healthy()


def test_slow_deliverers_hold_up_neither_their_own_topic_nor_others(sessions: Sessions):
    clock, go_on, quick, dialled = SystemClock(), *(threading.Event() for _ in range(3))
    hanging = threading.Semaphore(0)

    def notify(item: outbox.OutboxItem, now: datetime) -> None:
        if item.key.startswith("slow"):
            hanging.release()
            assert go_on.wait(PATIENCE)
        else:
            quick.set()

    def dial(item: outbox.OutboxItem, now: datetime) -> None:
        dialled.set()

    loop = outbox.OutboxLoop(sessions, clock, {"notify": notify, "dial": dial})
    loop.start()
    try:
        for number in range(WORKERS - 1):
            _put(sessions, "notify", f"slow{number}", clock.now())
        for _ in range(WORKERS - 1):
            assert hanging.acquire(timeout=PATIENCE)
        _put(sessions, "notify", "quick", clock.now())
        assert quick.wait(PATIENCE)
        # Even when every worker of a topic hangs, the other topics go on.
        _put(sessions, "notify", "slow-last", clock.now())
        assert hanging.acquire(timeout=PATIENCE)
        _put(sessions, "dial", "1", clock.now())
        assert dialled.wait(PATIENCE)
    finally:
        go_on.set()
        loop.stop()
    with sessions.read() as session:
        left = session.scalars(select(OutboxEntry).where(OutboxEntry.delivered_at.is_(None)))
        assert left.all() == []


def test_more_than_the_workers_can_take_at_once_is_delivered_all_the_same(sessions: Sessions):
    clock, delivered, everything = SystemClock(), Counter[str](), threading.Event()
    lock, amount = threading.Lock(), 60

    def deliver(item: outbox.OutboxItem, now: datetime) -> None:
        with lock:
            delivered.update([item.key])
            if len(delivered) == amount:
                everything.set()

    with sessions.write() as session:
        for number in range(amount):
            outbox.put(session, "notify", str(number), {}, now=clock.now())
    loop = outbox.OutboxLoop(sessions, clock, {"notify": deliver})
    loop.start()
    try:
        assert everything.wait(PATIENCE)
    finally:
        loop.stop()
    assert set(delivered.values()) == {1}


def test_after_a_crash_the_only_process_does_not_wait_for_leases(sqlite_url: str):
    sessions = _sessions(sqlite_url)
    clock, delivered = SystemClock(), threading.Event()
    _die_while_delivering(sessions, clock)
    loop = outbox.OutboxLoop(sessions, clock, {"notify": lambda *_: delivered.set()})
    loop.start()
    try:
        assert delivered.wait(PATIENCE)
    finally:
        loop.stop()
    sessions.engine.dispose()


def test_a_lease_is_a_real_minute_however_fast_the_clock_runs(sessions: Sessions):
    now = datetime.now(UTC)
    clock = ScaledClock(speed=600, origin=now, epoch=now)
    _die_while_delivering(sessions, clock)
    with sessions.read() as session:
        entry = session.scalars(select(OutboxEntry)).one()
    assert entry.claimed_until is not None
    assert entry.claimed_until - entry.created_at >= timedelta(seconds=60 * 600)


def _sessions(url: str) -> Sessions:
    return Sessions(make_engine(url))


def _die_while_delivering(sessions: Sessions, clock: SystemClock | ScaledClock) -> None:
    def die(item: outbox.OutboxItem, now: datetime) -> None:
        raise SystemExit  # nothing is marked, as after a kill -9

    _put(sessions, "notify", "k1", clock.now())
    with pytest.raises(SystemExit):
        outbox.OutboxLoop(sessions, clock, {"notify": die}).run_due()


def _put(sessions: Sessions, topic: str, key: str, now: datetime) -> None:
    with sessions.write() as session:
        outbox.put(session, topic, key, {}, now=now)
