"""The escalation policy: defaults, two cadences, its form as JSON and TOML, refusals."""

from __future__ import annotations

import json
import tomllib
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from callassist.domain.cadence import Cadence
from callassist.domain.durations import parse_duration
from callassist.domain.policy import EscalationPolicy
from callassist.domain.quiet_hours import LocalHours
from callassist.errors import InvalidInput

DEFAULT_FILE = Path(__file__).parents[2] / "config" / "policies" / "default.toml"
PARIS = ZoneInfo("Europe/Paris")
NIGHT_AT = datetime(2025, 6, 6, 23, tzinfo=UTC)
DAY_AT = datetime(2025, 6, 6, 12, tzinfo=UTC)
STRICT_NIGHT = Cadence(
    persist_for=timedelta(minutes=15), open_after=timedelta(minutes=5), ladder_steps=()
)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def test_the_defaults_are_those_of_the_design() -> None:
    policy = EscalationPolicy()
    assert (policy.threshold_at(DAY_AT, PARIS), policy.threshold_at(NIGHT_AT, PARIS)) == (75, 70)
    assert policy.cadence == Cadence(
        open_after=minutes(10),
        persist_for=minutes(30),
        calm_after=minutes(5),
        ladder_steps=(minutes(10), minutes(20)),
        attempts=3,
        attempt_gap=minutes(5),
    )
    assert policy.ladder_enabled is False
    assert policy.makes_calls_at(NIGHT_AT, PARIS)


def test_the_file_of_defaults_says_the_same() -> None:
    data = tomllib.loads(DEFAULT_FILE.read_text())
    assert EscalationPolicy.from_dict(data) == EscalationPolicy()
    named = {**data, **data["cadence"], **data["quiet_hours"]}
    known = EscalationPolicy().to_dict()
    assert set(known) | set(EscalationPolicy().cadence.to_dict()) <= set(named)


def test_quiet_hours_may_have_times_of_their_own() -> None:
    policy = EscalationPolicy(quiet_cadence=STRICT_NIGHT)
    assert policy.cadence_at(NIGHT_AT, PARIS) is STRICT_NIGHT
    assert policy.cadence_at(DAY_AT, PARIS) is policy.cadence
    assert EscalationPolicy().cadence_at(NIGHT_AT, PARIS) == Cadence()


def test_without_quiet_hours_the_day_always_applies() -> None:
    policy = EscalationPolicy(quiet_hours=None)
    assert policy.threshold_at(NIGHT_AT, PARIS) == 75
    assert policy.cadence_at(NIGHT_AT, PARIS) is policy.cadence


def test_calls_may_be_kept_to_some_hours() -> None:
    policy = EscalationPolicy(cover=LocalHours(start=time(20), end=time(2)))
    assert policy.makes_calls_at(NIGHT_AT, PARIS)
    assert not policy.makes_calls_at(DAY_AT, PARIS)


def test_it_comes_back_from_the_json_that_is_stamped_on_a_breach() -> None:
    policy = EscalationPolicy(
        threshold_db=68.5,
        quiet_hours=LocalHours(start=time(23), end=time(7), weekdays=frozenset({4, 5})),
        quiet_cadence=STRICT_NIGHT,
        cover=LocalHours(start=time(8), end=time(23)),
        ladder_enabled=True,
        rearm_after=minutes(90),
    )
    for each in (policy, EscalationPolicy(), EscalationPolicy(quiet_hours=None)):
        assert EscalationPolicy.from_dict(json.loads(json.dumps(each.to_dict()))) == each
    assert policy.to_dict()["rearm_after"] == 5400


def test_what_is_not_named_is_the_default_and_at_night_the_days_value() -> None:
    policy = EscalationPolicy.from_dict(
        {"cadence": {"attempts": 2}, "quiet_cadence": {"persist_for": "25m"}}
    )
    assert policy.cadence == Cadence(attempts=2)
    assert policy.quiet_cadence == Cadence(attempts=2, persist_for=minutes(25))


@pytest.mark.parametrize("off", [None, False])
def test_a_part_can_be_switched_off(off: object) -> None:
    assert EscalationPolicy.from_dict({"quiet_hours": off, "cover": off}).quiet_hours is None


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"treshold_db": 70}, "treshold_db"),
        ({"threshold_db": "70"}, "threshold_db"),
        ({"threshold_db": float("nan")}, "threshold_db"),
        ({"threshold_db": 200.1}, "threshold_db"),
        ({"quiet_threshold_db": -21}, "quiet_threshold_db"),
        ({"threshold_db": True}, "threshold_db"),
        ({"ladder_enabled": "yes"}, "ladder_enabled"),
        ({"cadence": 5}, "cadence"),
        ({"cadence": {"calm_after": "30m"}}, "cadence.calm_after"),
        ({"cadence": {"calm_after": 0}}, "cadence.calm_after"),
        ({"cadence": {"calm_after": "5"}}, "cadence.calm_after"),
        ({"cadence": {"persist_for": float("nan")}}, "cadence.persist_for"),
        ({"cadence": {"persist_for": "0s"}}, "cadence.persist_for"),
        ({"cadence": {"persist_for": "169h"}}, "cadence.persist_for"),
        ({"cadence": {"open_after": "31m"}}, "cadence.open_after"),
        ({"cadence": {"ladder_steps": ["10m", "30m"]}}, "cadence.ladder_steps"),
        ({"cadence": {"ladder_steps": ["20m", "10m"]}}, "cadence.ladder_steps"),
        ({"cadence": {"ladder_steps": "10m"}}, "cadence.ladder_steps"),
        ({"cadence": {"attempts": 4}}, "cadence.attempts"),
        ({"cadence": {"attempts": 0}}, "cadence.attempts"),
        ({"cadence": {"attempts": 2.5}}, "cadence.attempts"),
        ({"cadence": {"attempt_gap": "4m59s"}}, "cadence.attempt_gap"),
        ({"cadence": {"pause": 1}}, "cadence.pause"),
        ({"quiet_cadence": {"persist_for": "4m"}}, "quiet_cadence.calm_after"),
        ({"quiet_hours": False, "quiet_cadence": {}}, "quiet_cadence"),
        ({"quiet_hours": {"start": "22:00", "end": "x"}}, "quiet_hours.end"),
        ({"cover": {"start": "22:00", "end": "22:00"}}, "cover.end"),
        ({"rearm_after": 0}, "rearm_after"),
        ({"repeat_after": -1}, "repeat_after"),
        ({"follow_up_after": "10m"}, "still_loud_after"),
    ],
)
def test_a_bad_value_is_named(data: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        EscalationPolicy.from_dict(data)
    assert refused.value.field == field
    assert refused.value.detail.startswith(f"{field}: ")
    assert refused.value.detail.count(": ") == 1, "the name is said once"


@pytest.mark.parametrize(
    ("text", "seconds"), [("45s", 45), ("5m", 300), ("1h30m", 5400), (" 2H ", 7200), ("0s", 0)]
)
def test_durations(text: str, seconds: int) -> None:
    assert parse_duration(text).total_seconds() == seconds


@pytest.mark.parametrize("text", ["", "5", "5 m", "-5m", "5m5", "m", "1.5h", "9" * 30 + "h"])
def test_what_is_not_a_duration_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="--calm-after"):
        parse_duration(text, "--calm-after")


def test_a_weekend_may_have_quiet_hours_of_its_own() -> None:
    week = {"start": "22:00", "end": "08:00", "weekdays": ["sun", "mon", "tue", "wed", "thu"]}
    weekend = {"start": "23:30", "end": "10:00", "weekdays": ["fri", "sat"]}
    rules = EscalationPolicy.from_dict({"quiet_hours": week, "more_quiet_hours": [weekend]})
    tz = ZoneInfo("Europe/Paris")
    friday, thursday = (datetime(2026, 6, day, 20, 45, tzinfo=UTC) for day in (12, 11))
    assert (rules.threshold_at(friday, tz), rules.threshold_at(thursday, tz)) == (75, 70)
    assert EscalationPolicy.from_dict(rules.to_dict()) == rules
    with pytest.raises(InvalidInput, match="overlap"):
        EscalationPolicy.from_dict({"more_quiet_hours": [weekend]})
    with pytest.raises(InvalidInput, match="set quiet_hours too"):
        EscalationPolicy.from_dict({"quiet_hours": False, "more_quiet_hours": [weekend]})
    with pytest.raises(InvalidInput, match=r"more_quiet_hours\.0"):
        EscalationPolicy.from_dict({"more_quiet_hours": [7]})
