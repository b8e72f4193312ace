"""What the virtual sensor says: a whole night at once, the same every night, and no longer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from callassist.domain.sample_night import EVERY, is_playing, sample_levels

PARIS = ZoneInfo("Europe/Paris")
BEGAN = datetime(2026, 11, 22, 17, 30, 12, tzinfo=UTC)


def test_there_is_a_whole_day_of_it_at_once_a_level_a_minute() -> None:
    levels = sample_levels(BEGAN, BEGAN - timedelta(days=7), BEGAN, PARIS)
    assert len(levels) == 24 * 60
    assert {b.at - a.at for a, b in pairwise(levels)} == {EVERY}
    assert BEGAN - levels[0].at <= timedelta(days=1)


def test_the_party_is_at_the_same_local_time_whenever_it_begins_also_when_clocks_change() -> None:
    for began in (
        BEGAN,
        datetime(2026, 10, 25, 12, tzinfo=UTC),
        datetime(2026, 3, 29, 3, tzinfo=UTC),
    ):
        loud = [
            one.at.astimezone(PARIS)
            for one in sample_levels(began, began - timedelta(days=1), began, PARIS)
            if one.db >= 70
        ]
        assert loud[0].hour == 22
        assert {at.hour for at in loud} <= {22, 23}
        assert len(loud) > 45


def test_it_ends_a_day_after_it_began() -> None:
    later = BEGAN + timedelta(days=3)
    assert sample_levels(BEGAN, BEGAN, later, PARIS)[-1].at <= BEGAN + timedelta(days=1)
    assert is_playing(BEGAN, BEGAN)
    assert not is_playing(BEGAN, BEGAN + timedelta(days=1))
    assert not is_playing(None, BEGAN)
