"""No span of a window's length ever holds more requests than allowed, whoever makes them."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from callassist.storage.engine import make_engine
from callassist.storage.request_budget import Window, block, forget, take
from callassist.storage.sessions import Sessions

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = Window(key="guesty:1", span=timedelta(minutes=1), most=6)
HOUR = Window(key="guesty:1", span=timedelta(hours=1), most=8)


def test_what_a_window_allows_is_taken_and_then_one_waits_until_the_first_is_old(
    sessions: Sessions,
):
    for second in range(6):
        assert take(sessions, [MINUTE], NOON + timedelta(seconds=second * 5)) == 0
    wait = take(sessions, [MINUTE], NOON + timedelta(seconds=30))
    # the first was at noon; parts of a window are counted as a whole
    assert 30 <= wait <= 33
    assert take(sessions, [MINUTE], NOON + timedelta(seconds=30 + wait)) == 0


def test_no_span_holds_more_than_allowed_however_the_requests_fall(sessions: Sessions):
    taken = []
    now = NOON
    for step in range(75):
        now += timedelta(seconds=(1, 7, 0.2)[step % 3])
        if take(sessions, [MINUTE], now) == 0:
            taken.append(now)
    assert len(taken) > 12
    for at in taken:
        assert sum(at <= other < at + MINUTE.span for other in taken) <= MINUTE.most


def test_the_narrowest_of_several_windows_counts_and_a_refusal_takes_nothing(sessions: Sessions):
    both = [MINUTE, HOUR]
    assert take(sessions, both, NOON, cost=6) == 0
    assert 60 <= take(sessions, both, NOON) <= 63
    assert take(sessions, both, NOON + timedelta(minutes=2), cost=2) == 0
    wait = take(sessions, both, NOON + timedelta(minutes=4))
    assert timedelta(seconds=wait) > timedelta(minutes=55)


def test_nothing_is_asked_before_the_end_that_the_system_named(sessions: Sessions):
    block(sessions, MINUTE.key, NOON + timedelta(seconds=90))
    block(sessions, MINUTE.key, NOON + timedelta(seconds=10))
    assert take(sessions, [MINUTE], NOON + timedelta(seconds=20)) == 70
    assert take(sessions, [MINUTE], NOON + timedelta(seconds=90)) == 0


def test_a_clock_that_was_set_back_locks_nobody_out(sessions: Sessions):
    assert take(sessions, [MINUTE], NOON + timedelta(days=1), cost=6) == 0
    assert take(sessions, [MINUTE], NOON) == 0


def test_a_window_that_is_forgotten_begins_anew(sessions: Sessions):
    assert take(sessions, [MINUTE], NOON, cost=6) == 0
    with sessions.write() as session:
        forget(session, MINUTE.key)
    assert take(sessions, [MINUTE], NOON) == 0


def test_two_processes_share_one_budget(database_url: str):
    engines = [make_engine(database_url) for _ in range(2)]
    results: list[float] = []

    def ask(sessions: Sessions) -> None:
        results.extend(take(sessions, [MINUTE], NOON) for _ in range(6))

    threads = [threading.Thread(target=ask, args=[Sessions(engine)]) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for engine in engines:
        engine.dispose()
    assert results.count(0) == MINUTE.most
    assert len(results) == 12
