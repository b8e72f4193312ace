"""What systems say about how often they may be asked, in all the ways they say it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from callassist.pms_sync.budget import SharedBudget
from callassist.pms_sync.rate_words import pause_after_429, pause_announced
from callassist.ports.pms_access import Rate
from callassist.storage.sessions import Sessions

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 30),
        ({"retry-after": "7"}, 7),
        ({"retry-after": " 1.5 "}, 1.5),
        ({"retry-after": "Mon, 23 Nov 2026 12:01:30 GMT"}, 90),
        ({"retry-after": "Mon, 23 Nov 2026 11:00:00 GMT"}, 1),
        ({"retry-after": "soon"}, 30),
        ({"retry-after": "-5"}, 30),
        ({"retry-after": "0"}, 1),
        ({"x-ratelimit-retry-after": str(int(NOON.timestamp()) + 45)}, 45),
        ({"x-ratelimit-retry-after": "45"}, 45),
        ({"retry-after": "99999999"}, 86400),
        ({"retry-after": "nan"}, 30),
    ],
)
def test_a_pause_is_as_long_as_the_system_says(headers: dict[str, str], seconds: float):
    assert pause_after_429(headers, NOON) == pytest.approx(seconds)


def test_an_answer_may_say_that_it_was_the_last_for_now():
    used_up = {"x-fivemincreditlimit-remaining": "0", "x-fivemincreditlimit-resetsin": "120"}
    assert pause_announced(used_up, NOON) == 120
    assert pause_announced({**used_up, "x-fivemincreditlimit-remaining": "3"}, NOON) == 0
    assert pause_announced({"x-ratelimit-remaining": "0"}, NOON) == 0
    assert pause_announced({}, NOON) == 0


def test_a_call_to_a_guest_may_use_what_reading_leaves_free(sessions: Sessions):
    rates = (Rate(requests=10, span=timedelta(minutes=1)),)
    reading = SharedBudget(sessions, rates, vendor="v", connection="1")
    assert [reading.take(1, NOON) for _ in range(9)] == [0] * 9
    assert reading.take(1, NOON) > 50
    urgent = SharedBudget(sessions, rates, vendor="v", connection="1", urgent=True)
    assert urgent.take(1, NOON) == 0
    assert urgent.take(1, NOON) > 50


def test_connections_have_budgets_of_their_own_unless_the_system_counts_all_of_ours(
    sessions: Sessions,
):
    each = (Rate(requests=1, span=timedelta(minutes=1)),)
    assert SharedBudget(sessions, each, vendor="v", connection="1").take(1, NOON) == 0
    assert SharedBudget(sessions, each, vendor="v", connection="2").take(1, NOON) == 0
    ours = (Rate(requests=1, span=timedelta(minutes=1), scope="service"),)
    assert SharedBudget(sessions, ours, vendor="w", connection="1").take(1, NOON) == 0
    assert SharedBudget(sessions, ours, vendor="w", connection="2").take(1, NOON) > 50


def test_a_system_that_wants_to_be_left_alone_is_left_alone_by_all_that_it_meant(
    sessions: Sessions,
):
    for rates, is_meant in (
        ((Rate(requests=9, span=timedelta(minutes=1), scope="service"),), True),
        ((Rate(requests=9, span=timedelta(minutes=1)),), False),
        ((), False),
    ):
        vendor = f"v{len(rates)}{is_meant}"
        SharedBudget(sessions, rates, vendor=vendor, connection="1").block(90, NOON)
        assert SharedBudget(sessions, rates, vendor=vendor, connection="1").take(1, NOON) == 90
        other = SharedBudget(sessions, rates, vendor=vendor, connection="2").take(1, NOON)
        assert other == (90 if is_meant else 0)
