"""The limit per sender by itself: cost, waiting, and what it remembers."""

from __future__ import annotations

from callassist.ingest import FloodLimit


def test_what_costs_more_empties_the_bucket_sooner() -> None:
    real = [0.0]
    limit = FloodLimit(per_second=2.0, burst=10.0, monotonic=lambda: real[0])
    assert limit.retry_after("a", 6.0) == 0.0
    assert limit.retry_after("a", 6.0) == 1.0
    assert limit.retry_after("a", 4.0) == 0.0  # what was refused cost nothing
    real[0] += 3.0
    assert limit.retry_after("a", 6.0) == 0.0


def test_it_remembers_no_more_senders_than_it_may() -> None:
    real = [0.0]
    limit = FloodLimit(per_second=1.0, burst=2.0, monotonic=lambda: real[0], most=100)
    for number in range(10_000):
        limit.retry_after(number)
        assert len(limit._buckets) <= 100


def test_who_floods_now_is_remembered_longer_than_who_was_seen_long_ago() -> None:
    real = [0.0]
    limit = FloodLimit(per_second=0.001, burst=2.0, monotonic=lambda: real[0], most=100)
    for number in range(99):
        limit.retry_after(number)
    real[0] += 1.0
    assert [limit.retry_after("loud") > 0 for _ in range(3)] == [False, False, True]
    real[0] += 1.0
    limit.retry_after("new")  # makes room
    assert limit.retry_after("loud") > 0
    assert limit.retry_after(0) == 0.0
