"""Hours of a property's own day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from callassist.domain.quiet_hours import NIGHT, LocalHours, do_overlap, running_or_next
from callassist.errors import InvalidInput

PARIS = ZoneInfo("Europe/Paris")
HOUR = timedelta(hours=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def span(hours: LocalHours, day: date, tz: ZoneInfo = PARIS) -> tuple[datetime, datetime]:
    found = hours.span_on(day, tz)
    assert found is not None
    return found


def test_the_night_crosses_midnight_and_its_end_is_not_in_it() -> None:
    for at, quiet in (
        ("2025-06-06 19:59", False),
        ("2025-06-06 20:00", True),  # 22:00 in Paris
        ("2025-06-07 05:59", True),
        ("2025-06-07 06:00", False),
    ):
        assert NIGHT.contains(utc(at), PARIS) is quiet, at


def test_hours_within_a_day() -> None:
    siesta = LocalHours(start=time(14), end=time(16))
    assert siesta.contains(utc("2025-06-06 12:00"), PARIS)
    assert not siesta.contains(utc("2025-06-06 14:00"), PARIS)


def test_hours_belong_to_the_weekday_on_which_they_begin() -> None:
    friday = LocalHours(start=time(22), end=time(8), weekdays=frozenset({4}))
    assert friday.contains(utc("2025-06-06 21:00"), PARIS)  # Friday night
    assert friday.contains(utc("2025-06-07 03:00"), PARIS)  # Saturday morning
    assert not friday.contains(utc("2025-06-06 03:00"), PARIS)  # Friday morning
    assert not friday.contains(utc("2025-06-07 21:00"), PARIS)  # Saturday night


def test_the_hours_of_tonight_are_those_that_run_or_begin_next() -> None:
    week = LocalHours(start=time(22), end=time(8), weekdays=frozenset({0, 1, 2, 3, 6}))
    friday = LocalHours(start=time(23), end=time(9), weekdays=frozenset({4}))
    for at, hours in (
        ("2025-06-05 15:00", week),  # Thursday
        ("2025-06-06 05:59", week),  # its morning after
        ("2025-06-06 06:00", friday),
        ("2025-06-07 06:59", friday),
        ("2025-06-07 07:00", None),  # no quiet hours begin on Saturday
        ("2025-06-07 20:00", week),
    ):
        assert running_or_next((week, friday), utc(at), PARIS) == hours, at


def test_nights_on_which_the_clocks_change_are_an_hour_shorter_or_longer() -> None:
    spring = span(NIGHT, date(2025, 3, 29))
    autumn = span(NIGHT, date(2025, 10, 25))
    assert spring == (utc("2025-03-29 21:00"), utc("2025-03-30 06:00"))
    assert autumn == (utc("2025-10-25 20:00"), utc("2025-10-26 07:00"))


def test_an_ambiguous_start_is_its_first_occurrence_and_an_ambiguous_end_its_last() -> None:
    from_half_past_two = LocalHours(start=time(2, 30), end=time(8))
    assert span(from_half_past_two, date(2025, 10, 26))[0] == utc("2025-10-26 00:30")
    until_half_past_two = LocalHours(start=time(22), end=time(2, 30))
    assert span(until_half_past_two, date(2025, 10, 25))[1] == utc("2025-10-26 01:30")
    assert until_half_past_two.contains(utc("2025-10-26 01:29"), PARIS)


def test_hours_that_begin_and_end_in_the_hour_that_comes_twice_last_longer() -> None:
    short = LocalHours(start=time(2, 10), end=time(2, 20))
    starts_at, ends_at = span(short, date(2025, 10, 26))
    assert ends_at - starts_at == HOUR + timedelta(minutes=10)


def test_a_start_or_end_that_does_not_exist_is_the_jump_itself() -> None:
    jump = utc("2025-03-30 01:00")  # 02:00 becomes 03:00 in Paris
    from_half_past_two = LocalHours(start=time(2, 30), end=time(8))
    assert span(from_half_past_two, date(2025, 3, 30))[0] == jump
    until_half_past_two = LocalHours(start=time(22), end=time(2, 30))
    assert span(until_half_past_two, date(2025, 3, 29))[1] == jump


def test_a_jump_of_half_an_hour_is_found_too() -> None:
    lord_howe = ZoneInfo("Australia/Lord_Howe")
    hours = LocalHours(start=time(2, 15), end=time(8))
    assert span(hours, date(2025, 10, 5), lord_howe)[0] == utc("2025-10-04 15:30")


def test_every_minute_of_the_nights_around_a_change_agrees_with_the_wall_clock() -> None:
    hours = LocalHours(start=time(22), end=time(8))
    for start in (utc("2025-03-29 12:00"), utc("2025-10-25 12:00")):
        for minute in range(0, 48 * 60, 7):
            at = start + timedelta(minutes=minute)
            wall = at.astimezone(PARIS).time()
            assert hours.contains(at, PARIS) is (wall >= time(22) or wall < time(8)), at


def test_they_come_back_from_json() -> None:
    hours = LocalHours(start=time(23, 30), end=time(7), weekdays=frozenset({4, 5}))
    assert hours.to_dict() == {"start": "23:30", "end": "07:00", "weekdays": ["fri", "sat"]}
    assert LocalHours.from_dict(hours.to_dict()) == hours
    assert LocalHours.from_dict({"start": "22:00", "end": "08:00"}) == NIGHT


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"start": "22:00"}, "end"),
        ({"start": "22", "end": "08:00"}, "start"),
        ({"start": "24:00", "end": "08:00"}, "start"),
        ({"start": "22:00", "end": "22:00"}, "end"),
        ({"start": time(22, 0, 1), "end": "08:00"}, "start"),
        ({"start": time(22, tzinfo=UTC), "end": "08:00"}, "start"),
        ({"start": "22:00", "end": "08:00", "weekdays": []}, "weekdays"),
        ({"start": "22:00", "end": "08:00", "weekdays": ["Friday"]}, "weekdays"),
        ({"start": "22:00", "end": "08:00", "weekdays": 5}, "weekdays"),
        ({"start": "22:00", "end": "08:00", "until": "9"}, "until"),
    ],
)
def test_a_bad_value_is_named(data: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        LocalHours.from_dict(data)
    assert refused.value.field == field


def hours(start: str, end: str, *days: str) -> LocalHours:
    return LocalHours.from_dict({"start": start, "end": end, "weekdays": list(days)})


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        (hours("22:00", "08:00", "sun", "mon"), hours("23:30", "09:00", "fri", "sat"), False),
        (hours("22:00", "08:00", "fri"), hours("07:59", "12:00", "sat"), True),
        (hours("22:00", "08:00", "fri"), hours("08:00", "12:00", "sat"), False),
        (hours("22:00", "08:00", "sun"), hours("00:00", "01:00", "mon"), True),
        (hours("13:00", "15:00", "mon"), hours("13:00", "15:00", "tue"), False),
    ],
)
def test_hours_of_different_weekdays_overlap_or_not(
    one: LocalHours, other: LocalHours, *, overlap: bool
) -> None:
    assert do_overlap([one, other]) is overlap
    assert do_overlap([other, one]) is overlap
