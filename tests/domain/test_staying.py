"""Local days and times as instants: also when clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from callassist.domain.staying import Days, HouseTimes, span

PARIS = ZoneInfo("Europe/Paris")


def days(arrival: date, departure: date, **more: time | datetime) -> Days:
    return Days(arrival=arrival, departure=departure, **more)  # type: ignore[arg-type]


def test_times_are_the_stays_own_else_the_houses_else_three_and_eleven() -> None:
    june = days(date(2026, 6, 13), date(2026, 6, 14))
    house = HouseTimes(check_in=time(17))
    own = days(date(2026, 6, 13), date(2026, 6, 14), check_in=time(20, 30))
    assert span(june, HouseTimes(), PARIS)[0] == datetime(2026, 6, 13, 13, tzinfo=UTC)
    assert span(june, house, PARIS)[0] == datetime(2026, 6, 13, 15, tzinfo=UTC)
    assert span(own, house, PARIS)[0] == datetime(2026, 6, 13, 18, 30, tzinfo=UTC)
    assert span(june, house, PARIS)[1] == datetime(2026, 6, 14, 9, tzinfo=UTC)


def test_instants_of_the_system_win() -> None:
    at = datetime(2026, 6, 13, 22, tzinfo=ZoneInfo("America/New_York"))
    told = days(date(2026, 6, 13), date(2026, 6, 14), arrives_at=at, check_in=time(3))
    assert span(told, HouseTimes(), PARIS)[0] == datetime(2026, 6, 14, 2, tzinfo=UTC)


def test_an_hour_that_is_skipped_or_comes_twice_is_an_instant() -> None:
    skipped = days(
        date(2026, 3, 29), date(2026, 10, 25), check_in=time(2, 30), check_out=time(2, 30)
    )
    arrives, leaves = span(skipped, HouseTimes(), PARIS)
    assert arrives == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # 03:30 summer time
    assert leaves == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # the second 02:30


def test_over_a_change_of_clocks_a_stay_keeps_its_local_times() -> None:
    autumn = days(date(2026, 10, 24), date(2026, 10, 26))
    arrives, leaves = span(autumn, HouseTimes(), PARIS)
    assert (arrives.hour, leaves.hour) == (13, 10)
