"""Limits and quiet hours between two instants."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from callassist.domain.policy import EscalationPolicy
from callassist.domain.thresholds import limits, quiet_spans

PARIS = ZoneInfo("Europe/Paris")
WEEK = ["sun", "mon", "tue", "wed", "thu"]


def test_limits_change_where_quiet_hours_begin_and_end() -> None:
    noon = datetime(2026, 6, 13, 10, tzinfo=UTC)
    found = limits(EscalationPolicy(), PARIS, noon, noon + timedelta(hours=24))
    assert [(one.starts_at.hour, one.db) for one in found] == [(10, 75), (20, 70), (6, 75)]
    assert found[0].ends_at == found[1].starts_at


def test_without_a_difference_there_is_one_limit() -> None:
    rules = EscalationPolicy(threshold_db=70.0)
    noon = datetime(2026, 6, 13, 10, tzinfo=UTC)
    assert len(limits(rules, PARIS, noon, noon + timedelta(hours=48))) == 1
    assert limits(rules, PARIS, noon, noon) == []


def test_the_weekend_has_hours_of_its_own() -> None:
    rules = EscalationPolicy.from_dict(
        {
            "quiet_hours": {"start": "22:00", "end": "08:00", "weekdays": WEEK},
            "more_quiet_hours": [{"start": "23:30", "end": "09:00", "weekdays": ["fri", "sat"]}],
        }
    )
    thursday = datetime(2026, 6, 11, 10, tzinfo=UTC)
    spans = quiet_spans(rules, PARIS, thursday, thursday + timedelta(days=2))
    begins = [span.starts_at.astimezone(PARIS).strftime("%a %H:%M") for span in spans]
    assert begins == ["Thu 22:00", "Fri 23:30"]


def test_the_night_in_which_clocks_change_is_an_hour_longer() -> None:
    noon = datetime(2026, 10, 24, 10, tzinfo=UTC)
    (night,) = quiet_spans(EscalationPolicy(), PARIS, noon, noon + timedelta(hours=25))
    assert night.ends_at - night.starts_at == timedelta(hours=11)
