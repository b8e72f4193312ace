"""Handlers run once, in the transaction that claims, and cannot hurt each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import outbox, timers
from callassist.clock import ManualClock
from callassist.errors import ServiceBusy
from callassist.models import Account, OutboxEntry, Timer
from callassist.storage.sessions import Sessions
from callassist.timers.firing import CHUNK


@pytest.fixture
def arm(sessions: Sessions, clock: ManualClock) -> Callable[..., None]:
    """Arms one timer, due now unless said otherwise."""

    def arm_one(kind: str, subject: int | str, **span: float) -> None:
        with sessions.write() as session:
            due_at = clock.now() + timedelta(**span)
            timers.arm(session, kind, subject, due_at, now=clock.now())

    return arm_one


def test_the_oldest_fires_first(sessions: Sessions, clock: ManualClock, arm: Callable[..., None]):
    seen: list[str] = []
    loop = timers.TimerLoop(sessions, clock, {"ring": lambda _, t, __: seen.append(t.subject)})
    for subject, minutes in (("late", 3), ("early", 1), ("middle", 2)):
        arm("ring", subject, minutes=minutes)
    clock.advance(minutes=5)
    loop.run_due()
    assert seen == ["early", "middle", "late"]


def test_what_a_handler_writes_is_committed_with_the_claim(
    sessions: Sessions, clock: ManualClock, arm: Callable[..., None]
):
    def handler(session: Session, timer: timers.DueTimer, now: datetime) -> None:
        session.add(Account(name=timer.subject, created_at=now))
        outbox.put(session, "notify", timer.subject, {}, now=now)

    for subject in range(CHUNK + 3):
        arm("ring", subject)
    assert timers.TimerLoop(sessions, clock, {"ring": handler}).run_due() == CHUNK + 3
    with sessions.read() as session:
        assert len(session.scalars(select(Account)).all()) == CHUNK + 3
        assert len(session.scalars(select(OutboxEntry)).all()) == CHUNK + 3


def test_a_failing_handler_leaves_nothing_and_blocks_nobody(
    sessions: Sessions, clock: ManualClock, arm: Callable[..., None]
):
    def handler(session: Session, timer: timers.DueTimer, now: datetime) -> None:
        session.add(Account(name=timer.subject, created_at=now))
        if timer.subject in ("3", "5"):
            raise ValueError(f"no {timer.subject}")

    for subject in range(8):
        arm("ring", subject)
    loop = timers.TimerLoop(sessions, clock, {"ring": handler})
    assert loop.run_due() == 6
    with sessions.read() as session:
        names = sorted(session.scalars(select(Account.name)))
        failed = session.scalars(select(Timer).where(Timer.fired_at.is_(None))).all()
    assert names == ["0", "1", "2", "4", "6", "7"]
    assert [(t.subject, t.failures, t.error) for t in failed] == [
        ("3", 1, "ValueError: no 3"),
        ("5", 1, "ValueError: no 5"),
    ]


def test_a_failing_handler_is_tried_again_later_and_later(
    sessions: Sessions, clock: ManualClock, arm: Callable[..., None]
):
    tries: list[datetime] = []
    armed_for = clock.now()

    def handler(session: Session, timer: timers.DueTimer, now: datetime) -> None:
        assert timer.due_at == armed_for
        tries.append(now)
        if len(tries) < 7:
            raise ValueError("not yet")

    arm("ring", 1)
    loop = timers.TimerLoop(sessions, clock, {"ring": handler})
    while (at := loop.next_due()) is not None:
        clock.set(at)
        loop.run_due()
    waits = [(b - a).total_seconds() for a, b in pairwise(tries)]
    assert waits == [1, 5, 30, 300, 300, 300]
    with sessions.read() as session:
        timer = session.scalars(select(Timer)).one()
    assert (timer.fired_at, timer.error) == (tries[-1], None)


def test_a_timer_of_an_unknown_kind_waits_for_a_version_that_knows_it(
    sessions: Sessions, clock: ManualClock, arm: Callable[..., None]
):
    arm("brand_new", 1)
    assert timers.TimerLoop(sessions, clock, {}).run_due() == 0
    clock.advance(seconds=1)
    assert timers.TimerLoop(sessions, clock, {"brand_new": lambda *_: None}).run_due() == 1


def test_a_handler_can_arm_for_now_and_for_later(
    sessions: Sessions, clock: ManualClock, arm: Callable[..., None]
):
    seen: list[str] = []

    def first(session: Session, timer: timers.DueTimer, now: datetime) -> None:
        timers.arm(session, "second", timer.subject, now, now=now)
        timers.arm(session, "first", timer.subject, now + timedelta(minutes=1), now=now)

    def second(session: Session, timer: timers.DueTimer, now: datetime) -> None:
        seen.append(timer.subject)

    arm("first", 1)
    loop = timers.TimerLoop(sessions, clock, {"first": first, "second": second})
    assert loop.run_due() == 2
    assert seen == ["1"]
    assert loop.next_due() == clock.now() + timedelta(minutes=1)


def test_a_timer_disarmed_by_one_that_is_due_with_it_does_not_fire(
    sessions: Sessions, clock: ManualClock, arm: Callable[..., None]
):
    def close(session: Session, timer: timers.DueTimer, now: datetime) -> None:
        assert timers.disarm(session, "ring", 1) is True

    fired: list[str] = []
    arm("close", 1, seconds=1)
    arm("ring", 1, seconds=2)
    clock.advance(seconds=2)
    handlers = {"close": close, "ring": lambda *_: fired.append("ring")}
    assert timers.TimerLoop(sessions, clock, handlers).run_due() == 1
    assert fired == []


def test_a_timer_moved_by_one_that_is_due_with_it_fires_at_its_new_time_only(
    sessions: Sessions, clock: ManualClock, arm: Callable[..., None]
):
    def hold(session: Session, timer: timers.DueTimer, now: datetime) -> None:
        timers.arm(session, "ring", 1, now + timedelta(minutes=10), now=now)

    fired: list[datetime] = []
    arm("hold", 1, seconds=1)
    arm("ring", 1, seconds=2)
    clock.advance(seconds=2)
    handlers = {"hold": hold, "ring": lambda _, __, now: fired.append(now)}
    loop = timers.TimerLoop(sessions, clock, handlers)
    loop.run_due()
    assert fired == []
    clock.advance(minutes=10)
    loop.run_due()
    assert fired == [clock.now()]


def test_each_handler_reads_afresh(
    sessions: Sessions, clock: ManualClock, arm: Callable[..., None]
):
    with sessions.write() as session:
        session.add(Account(id=1, name="0", created_at=clock.now()))

    def count(session: Session, timer: timers.DueTimer, now: datetime) -> None:
        assert len(session.identity_map) == 0
        account = session.get_one(Account, 1)
        account.name = str(int(account.name) + 1)

    for subject in range(30):
        arm("count", subject)
    timers.TimerLoop(sessions, clock, {"count": count}).run_due()
    with sessions.read() as session:
        assert session.get_one(Account, 1).name == "30"


def test_a_busy_database_is_not_the_handlers_fault(
    sessions: Sessions, clock: ManualClock, arm: Callable[..., None]
):
    def handler(session: Session, timer: timers.DueTimer, now: datetime) -> None:
        raise ServiceBusy("the disk of the database is full")

    arm("ring", 1)
    with pytest.raises(ServiceBusy):
        timers.TimerLoop(sessions, clock, {"ring": handler}).run_due()
    with sessions.read() as session:
        timer = session.scalars(select(Timer)).one()
    assert (timer.fired_at, timer.failures) == (None, 0)


def test_a_mistake_in_a_statement_is_the_handlers_fault(
    sessions: Sessions, clock: ManualClock, arm: Callable[..., None]
):
    def handler(session: Session, timer: timers.DueTimer, now: datetime) -> None:
        session.connection().exec_driver_sql("SELECT nothing FROM nowhere")

    arm("bad", 1)
    arm("good", 1)
    good: list[str] = []
    handlers = {"bad": handler, "good": lambda *_: good.append("fired")}
    assert timers.TimerLoop(sessions, clock, handlers).run_due() == 1
    assert good == ["fired"]


def test_two_loops_in_turn_fire_each_timer_once(
    sessions: Sessions, clock: ManualClock, arm: Callable[..., None]
):
    fired: Counter[str] = Counter()
    with sessions.write() as session:
        armings = [timers.Arming(kind="ring", subject=n, due_at=clock.now()) for n in range(1200)]
        timers.arm_many(session, armings, now=clock.now())
    handlers = {"ring": lambda _, timer, __: fired.update([timer.subject])}
    loops = [timers.TimerLoop(Sessions(sessions.engine), clock, handlers) for _ in range(2)]
    assert sum(loop.run_due() for loop in loops) == 1200
    assert set(fired.values()) == {1}
