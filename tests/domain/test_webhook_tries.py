"""When a webhook is tried again, and when its endpoint is given up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from callassist.domain.webhook_event import told_facts
from callassist.domain.webhook_tries import OffReason, is_success, next_wait, off_reason

NOW = datetime(2026, 6, 13, 20, tzinfo=UTC)


def test_the_schedule_is_the_one_that_is_promised() -> None:
    waits = [next_wait(tries) for tries in range(1, 9)]
    assert [None if one is None else one.total_seconds() for one in waits] == [
        *(5, 300, 1800, 7200, 18000, 36000, 36000),
        None,
    ]


@pytest.mark.parametrize(
    ("status", "asked", "seconds"),
    [(429, 60, 60), (503, 1, 5), (503, 10**9, 3600), (500, 60, 5), (None, 60, 5)],
)
def test_who_asks_to_be_left_alone_is_for_an_hour_at_most(
    status: int | None, asked: float, seconds: float
) -> None:
    assert next_wait(1, status, asked) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("status", "days", "failed", "reason"),
    [
        (500, 4.99, 49, None),
        (500, 5, 0, OffReason.FAILING),
        (None, 0, 50, OffReason.FAILED_OFTEN),
        (410, 0, 1, OffReason.GONE),
    ],
)
def test_an_endpoint_is_given_up_for_a_reason(
    status: int | None, days: float, failed: int, reason: OffReason | None
) -> None:
    since = NOW - timedelta(days=days)
    given_up = off_reason(status=status, failing_since=since, failed_in_row=failed, now=NOW)
    assert given_up == reason


@pytest.mark.parametrize(
    ("status", "taken"), [(200, True), (299, True), (199, False), (301, False), (None, False)]
)
def test_only_2xx_is_a_success(status: int | None, taken: bool) -> None:
    assert is_success(status) is taken


def test_a_fact_that_is_not_on_the_list_or_reads_like_a_sentence_stays_here() -> None:
    facts = {"guest": "Marie", "who": "Sam", "reason": "she said sorry", "result": "guest_agreed"}
    assert told_facts({**facts, "attempts": 2, "minutes": True, "practice": 1}) == {
        "practice": True,
        "result": "guest_agreed",
        "attempts": 2,
    }
