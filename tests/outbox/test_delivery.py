"""What was committed is delivered at least once, later when it must, or given up with a reason."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from callassist import outbox
from callassist.clock import ManualClock
from callassist.errors import NotYet, PermanentError, ServiceBusy, TransientError
from callassist.models import OutboxEntry
from callassist.outbox.delivery import MAX_ATTEMPTS
from callassist.storage.sessions import Sessions


class Receiver:
    """Takes deliveries; raises what it was told to, one by one, before it accepts any."""

    def __init__(self, *errors: Exception) -> None:
        self.items: list[outbox.OutboxItem] = []
        self.times: list[datetime] = []
        self._errors = list(errors)

    def __call__(self, item: outbox.OutboxItem, now: datetime) -> None:
        self.items.append(item)
        self.times.append(now)
        if self._errors:
            raise self._errors.pop(0)


def test_what_was_put_is_delivered_once(sessions: Sessions, clock: ManualClock):
    receiver = Receiver()
    loop = outbox.OutboxLoop(sessions, clock, {"notify": receiver})
    _put(sessions, clock, "k1")
    assert loop.run_due() == 1
    [item] = receiver.items
    assert (item.topic, item.key, item.payload, item.attempts) == ("notify", "k1", {"id": 1}, 1)
    clock.advance(days=1)
    assert loop.run_due() == 0


def test_a_key_is_told_once_even_after_delivery(sessions: Sessions, clock: ManualClock):
    receiver = Receiver()
    loop = outbox.OutboxLoop(sessions, clock, {"notify": receiver})
    assert _put(sessions, clock, "k1") is True
    assert _put(sessions, clock, "k1") is False
    loop.run_due()
    assert _put(sessions, clock, "k1") is False
    assert loop.run_due() == 0
    with sessions.write() as session:
        assert outbox.put(session, "report", "k1", {}, now=clock.now()) is True


def test_a_rolled_back_move_tells_nobody(sessions: Sessions, clock: ManualClock):
    with sessions.write() as session:
        outbox.put(session, "notify", "k1", {}, now=clock.now())
        session.rollback()
    assert outbox.OutboxLoop(sessions, clock, {"notify": Receiver()}).run_due() == 0
    assert _put(sessions, clock, "k1") is True


def test_what_is_due_later_is_delivered_later_and_the_oldest_first(
    sessions: Sessions, clock: ManualClock
):
    receiver = Receiver()
    loop = outbox.OutboxLoop(sessions, clock, {"notify": receiver})
    for key, minutes in (("c", 3), ("a", 1), ("b", 2)):
        _put(sessions, clock, key, due_at=clock.now() + timedelta(minutes=minutes))
    assert loop.run_due() == 0
    clock.advance(minutes=5)
    assert loop.run_due() == 3
    assert [item.key for item in receiver.items] == ["a", "b", "c"]


def test_a_topic_that_nobody_delivers_waits(sessions: Sessions, clock: ManualClock):
    _put(sessions, clock, "k1")
    assert outbox.OutboxLoop(sessions, clock, {"report": Receiver()}).run_due() == 0
    assert outbox.OutboxLoop(sessions, clock, {"notify": Receiver()}).run_due() == 1


@pytest.mark.parametrize("error", [TransientError("no answer"), ValueError("a bug")])
def test_a_failed_delivery_is_tried_again_less_and_less_often_and_then_given_up(
    sessions: Sessions, clock: ManualClock, error: Exception
):
    receiver = Receiver(*[error] * 99)
    loop = outbox.OutboxLoop(sessions, clock, {"notify": receiver})
    _put(sessions, clock, "k1")
    for _ in range(20_000):
        loop.run_due()
        if _entry(sessions).failed_at is not None:
            break
        clock.set(_entry(sessions).due_at)
    start = receiver.times[0]
    seconds = [(at - start).total_seconds() for at in receiver.times]
    assert seconds[:6] == [0, 0.5, 30.5, 150.5, 750.5, 2550.5]
    assert len(seconds) == MAX_ATTEMPTS
    assert [item.attempts for item in receiver.items] == list(range(1, MAX_ATTEMPTS + 1))
    entry = _entry(sessions)
    assert entry.error == f"{type(error).__name__}: {error}"
    assert entry.delivered_at == entry.failed_at == receiver.times[-1]


def test_who_says_when_to_come_back_is_listened_to(sessions: Sessions, clock: ManualClock):
    receiver = Receiver(TransientError("slow down", retry_after=90))
    loop = outbox.OutboxLoop(sessions, clock, {"notify": receiver})
    _put(sessions, clock, "k1")
    loop.run_due()
    clock.advance(seconds=89)
    assert loop.run_due() == 0
    clock.advance(seconds=1)
    assert loop.run_due() == 1
    assert _entry(sessions).delivered_at == clock.now()


def test_whose_turn_has_not_come_waits_that_long_each_time_and_was_not_tried(
    sessions: Sessions, clock: ManualClock
):
    receiver = Receiver(*(NotYet("somebody else is first", 1.0) for _ in range(30)))
    loop = outbox.OutboxLoop(sessions, clock, {"notify": receiver})
    _put(sessions, clock, "k1")
    for _ in range(40):
        loop.run_due()
        clock.advance(seconds=1)
    waits = [later - earlier for earlier, later in pairwise(receiver.times)]
    assert waits == [timedelta(seconds=1)] * 30
    entry = _entry(sessions)
    assert (entry.attempts, entry.failed_at, entry.error) == (1, None, None)


def test_what_is_written_down_meanwhile_does_not_move_a_turn(
    sessions: Sessions, clock: ManualClock
):
    turn_at = clock.now() + timedelta(seconds=1)
    times = []

    def take(_item: outbox.OutboxItem, now: datetime) -> None:
        times.append(now)
        clock.advance(seconds=0.4)  # as long as the look took
        if now < turn_at:
            raise NotYet("somebody else is first", 1.0, turn_at=turn_at)

    loop = outbox.OutboxLoop(sessions, clock, {"notify": take})
    _put(sessions, clock, "k1")
    loop.run_due()
    clock.advance(seconds=0.6)
    loop.run_due()
    assert times[-1] == turn_at


def test_what_cannot_help_is_given_up_at_once_with_its_reason(
    sessions: Sessions, clock: ManualClock
):
    receiver = Receiver(PermanentError("the address does not exist"))
    loop = outbox.OutboxLoop(sessions, clock, {"notify": receiver})
    _put(sessions, clock, "k1")
    assert loop.run_due() == 1
    clock.advance(days=1)
    assert loop.run_due() == 0
    entry = _entry(sessions)
    assert entry.error == "PermanentError: the address does not exist"
    assert entry.failed_at is not None


def test_one_that_fails_holds_up_nobody(sessions: Sessions, clock: ManualClock):
    receiver = Receiver(TransientError("no answer"))
    loop = outbox.OutboxLoop(sessions, clock, {"notify": receiver})
    for key in ("a", "b", "c"):
        _put(sessions, clock, key)
    assert loop.run_due() == 3
    assert [item.key for item in receiver.items] == ["a", "b", "c"]
    clock.advance(seconds=0.5)
    assert loop.run_due() == 1


def test_a_deliverer_may_put_more(sessions: Sessions, clock: ManualClock):
    sent = Receiver()

    def fan_out(item: outbox.OutboxItem, now: datetime) -> None:
        with sessions.write() as session:
            for n in range(2):
                outbox.put(session, "send", f"{item.key}:{n}", {}, now=now)

    _put(sessions, clock, "k1")
    assert outbox.OutboxLoop(sessions, clock, {"notify": fan_out, "send": sent}).run_due() == 3
    assert [item.key for item in sent.items] == ["k1:0", "k1:1"]


def test_a_delivery_whose_process_died_comes_up_again(sessions: Sessions, clock: ManualClock):
    def die(item: outbox.OutboxItem, now: datetime) -> None:
        raise SystemExit  # nothing is marked, as after a kill -9

    _put(sessions, clock, "k1")
    with pytest.raises(SystemExit):
        outbox.OutboxLoop(sessions, clock, {"notify": die}).run_due()
    receiver = Receiver()
    loop = outbox.OutboxLoop(sessions, clock, {"notify": receiver})
    clock.advance(seconds=59)
    assert loop.run_due() == 0
    clock.advance(seconds=1)
    assert loop.run_due() == 1
    assert receiver.items[0].attempts == 2


def test_a_late_holder_of_a_lease_does_not_settle_what_another_holds_now(
    sessions: Sessions, clock: ManualClock
):
    second = Receiver(TransientError("no answer"))

    def slow(item: outbox.OutboxItem, now: datetime) -> None:
        clock.advance(seconds=60)
        outbox.OutboxLoop(sessions, clock, {"notify": second}).run_due()

    _put(sessions, clock, "k1")
    outbox.OutboxLoop(sessions, clock, {"notify": slow}).run_due()
    entry = _entry(sessions)
    assert (entry.delivered_at, entry.attempts) == (None, 2)
    assert entry.error == "TransientError: no answer"


def test_a_busy_database_of_the_deliverers_own_is_tried_again(
    sessions: Sessions, clock: ManualClock
):
    receiver = Receiver(ServiceBusy("the database is locked", retry_after=1))
    loop = outbox.OutboxLoop(sessions, clock, {"notify": receiver})
    _put(sessions, clock, "k1")
    loop.run_due()
    clock.advance(seconds=1)
    assert loop.run_due() == 1


def test_settled_entries_are_kept_a_month(sessions: Sessions, clock: ManualClock):
    loop = outbox.OutboxLoop(sessions, clock, {"notify": Receiver(PermanentError("gone"))})
    _put(sessions, clock, "a")
    _put(sessions, clock, "b")
    loop.run_due()
    _put(sessions, clock, "c", due_at=clock.now() + timedelta(days=90))
    for days, pruned in ((30, 0), (1, 2), (30, 0)):
        clock.advance(days=days)
        with sessions.write() as session:
            assert outbox.prune(session, clock.now()) == pruned


def _put(sessions: Sessions, clock: ManualClock, key: str, due_at: datetime | None = None) -> bool:
    with sessions.write() as session:
        return outbox.put(session, "notify", key, {"id": 1}, now=clock.now(), due_at=due_at)


def _entry(sessions: Sessions) -> OutboxEntry:
    with sessions.read() as session:
        return session.scalars(select(OutboxEntry)).one()
