"""Caps: what stops at them, what never does, and when a day begins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from callassist.domain.spending import (
    AUTOMATIC,
    Budget,
    Estimates,
    Mark,
    Period,
    Spending,
    Whose,
    may_spend,
    period_of,
    read_amount,
)
from callassist.errors import InvalidInput

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def budget(cap: str, known: dict[str, str] | None = None, pending: str = "0") -> Budget:
    return Budget(
        whose=Whose.ACCOUNT,
        period=Period.DAY,
        cap=Decimal(cap),
        starts_at=NOON,
        known={code: Decimal(amount) for code, amount in (known or {}).items()},
        pending=Decimal(pending),
    )


def test_without_a_cap_everything_goes_out():
    assert all(may_spend(kind, []).allowed for kind in Spending)


@pytest.mark.parametrize(("known", "mark"), [("4.99", None), ("5", Mark.HALF), ("10", "reached")])
def test_half_and_the_cap_itself_are_noticed_at_the_very_amount(known, mark):
    assert budget("10", {"USD": known}).mark == mark


def test_at_a_cap_automatic_messages_and_further_attempts_stop_and_first_calls_do_not():
    at_cap = budget("10", {"USD": "10"})
    allowed = {kind for kind in Spending if may_spend(kind, [at_cap]).allowed}
    assert allowed == {Spending.FIRST_CALL, Spending.HOST_CALL, Spending.RINGING_STAFF}
    assert AUTOMATIC.isdisjoint(allowed)
    said = may_spend(Spending.FIRST_CALL, [budget("99"), at_cap])
    assert (said.reason, said.over) == ("cap_account_day", at_cap)


def test_what_has_no_price_yet_counts_as_estimated():
    assert may_spend(Spending.TEXT, [budget("10", {"USD": "9"}, "0.99")]).allowed
    assert not may_spend(Spending.TEXT, [budget("10", {"USD": "9"}, "1")]).allowed


def test_currencies_are_never_added_and_the_unpriced_is_held_against_each():
    both = budget("10", {"USD": "6", "EUR": "7"}, "1")
    assert both.used == 8


def test_money_that_came_back_makes_room_in_its_own_currency_only():
    assert budget("10", {"USD": "-4", "EUR": "7"}).used == 7
    assert budget("10", {"USD": "-4"}, "1").used == 1


def test_a_cap_of_nothing_stops_what_is_automatic_at_once():
    assert may_spend(Spending.VOICE, [budget("0")]).reason == "cap_account_day"


@pytest.mark.parametrize(
    ("zone", "at", "hours"),
    [
        ("Europe/Paris", "2026-03-29T10:00", 23),
        ("Europe/Paris", "2026-10-25T10:00", 25),
        ("Asia/Beirut", "2026-03-29T10:00", 23),  # midnight is left out
        ("America/Havana", "2026-11-01T10:00", 25),  # midnight comes twice
    ],
)
def test_a_day_on_which_the_clocks_change_has_one_beginning_and_one_end(zone, at, hours):
    where = ZoneInfo(zone)
    now = datetime.fromisoformat(at).replace(tzinfo=where).astimezone(UTC)
    starts, ends = period_of(now, where, Period.DAY)
    assert ends - starts == timedelta(hours=hours)
    second = timedelta(seconds=1)
    assert period_of(starts - second, where, Period.DAY)[1] == starts
    assert period_of(ends - second, where, Period.DAY)[0] == starts
    assert period_of(ends, where, Period.DAY)[0] == ends


def test_a_month_is_the_accounts_own():
    zone = ZoneInfo("Asia/Tokyo")
    starts, ends = period_of(datetime(2026, 12, 31, 16, tzinfo=UTC), zone, Period.MONTH)
    assert starts == datetime(2026, 12, 31, 15, tzinfo=UTC)  # New Year there
    assert ends == datetime(2027, 1, 31, 15, tzinfo=UTC)


def test_estimates_count_minutes_begun_and_a_running_leg_as_several():
    own = Estimates(minute=Decimal("0.5"), running_minutes=5)
    assert [own.of_leg(seconds) for seconds in (0, 60, 61, None)] == [
        Decimal("0.5"),
        Decimal("0.5"),
        Decimal("1.0"),
        Decimal("2.5"),
    ]


def test_amounts_are_read_as_people_write_them():
    assert read_amount(" 12,5 ", "cap") == Decimal("12.50")
    assert read_amount("", "cap") is None
    for wrong in ("-1", "nan", "1e9", "a lot", "inf"):
        with pytest.raises(InvalidInput):
            read_amount(wrong, "cap")
