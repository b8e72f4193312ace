"""Covered tonight, or which part is missing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from callassist.domain.coverage import (
    CoverageFacts,
    MissingPart,
    Remark,
    Stage,
    assess,
    coming_night,
    next_check_at,
    stage_at,
    worth_telling,
)

ALL = CoverageFacts(
    sensor_paired=True,
    sensor_heard=True,
    paused=False,
    shadow=False,
    host_only=False,
    stay_known=True,
    guest_dialable=True,
    host_contact=True,
    channel_proved=True,
    desk_known=True,
    operator_all_night=True,
    language_all_night=True,
    network_simulated=False,
    heartbeat_watched=True,
)
CHECK_IN = datetime(2026, 6, 13, 14, tzinfo=UTC)


def test_a_home_with_everything_is_covered() -> None:
    assert assess(ALL).covered
    assert assess(ALL).missing == ()


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"sensor_paired": False, "sensor_heard": False}, MissingPart.SENSOR),
        ({"sensor_heard": False}, MissingPart.SENSOR_SILENT),
        ({"paused": True}, MissingPart.PAUSED),
        ({"stay_known": False, "guest_dialable": False}, MissingPart.STAY),
        ({"guest_dialable": False}, MissingPart.GUEST_NUMBER),
        ({"host_contact": False}, MissingPart.HOST_CONTACT),
        ({"channel_proved": False}, MissingPart.CHANNEL),
        (
            {"desk_known": False, "operator_all_night": False, "language_all_night": False},
            MissingPart.DESK,
        ),
        ({"operator_all_night": False, "language_all_night": False}, MissingPart.OPERATOR),
        ({"language_all_night": False}, MissingPart.OPERATOR_LANGUAGE),
        ({"network_simulated": True}, MissingPart.SIMULATED_NETWORK),
    ],
)
def test_each_missing_part_is_named_alone(change: dict[str, bool], part: MissingPart) -> None:
    coverage = assess(ALL._replace(**change))
    assert not coverage.covered
    assert coverage.missing == (part,)


def test_every_fact_can_uncover_a_home_or_is_a_choice_or_a_remark() -> None:
    neutral = {"host_only", "heartbeat_watched"}
    for name in ALL._fields:
        if name not in neutral:
            flipped = ALL._replace(**{name: not getattr(ALL, name)})
            assert not assess(flipped).covered, name


def test_a_host_who_chose_host_only_needs_no_guest() -> None:
    assert assess(ALL._replace(host_only=True, stay_known=False, guest_dialable=False)).covered


def test_nobody_watching_the_watcher_is_a_remark() -> None:
    coverage = assess(ALL._replace(heartbeat_watched=False))
    assert coverage.covered
    assert coverage.remarks == (Remark.NOBODY_WATCHES,)


def test_weeks_ahead_nobody_is_told_of_what_cannot_be_known_yet() -> None:
    coverage = assess(
        ALL._replace(operator_all_night=False, language_all_night=False, guest_dialable=False)
    )
    assert worth_telling(coverage, Stage.STORED) == (MissingPart.GUEST_NUMBER,)
    both = (MissingPart.GUEST_NUMBER, MissingPart.OPERATOR)
    assert worth_telling(coverage, Stage.TWO_DAYS) == both


def test_a_simulated_network_is_no_news_by_itself() -> None:
    assert worth_telling(assess(ALL._replace(network_simulated=True)), Stage.CHECK_IN) == ()


def test_the_three_checks_of_a_stay_follow_each_other() -> None:
    stored = CHECK_IN - timedelta(days=10)
    two_days = CHECK_IN - timedelta(hours=48)
    assert stage_at(CHECK_IN, stored) is Stage.STORED
    assert next_check_at(CHECK_IN, stored) == two_days
    assert stage_at(CHECK_IN, two_days) is Stage.TWO_DAYS
    assert next_check_at(CHECK_IN, two_days) == CHECK_IN
    assert stage_at(CHECK_IN, CHECK_IN) is Stage.CHECK_IN
    assert next_check_at(CHECK_IN, CHECK_IN) is None


@pytest.mark.parametrize(
    ("local", "starts", "ends"),
    [
        ("2026-06-13T15:00", "2026-06-13T22:00", "2026-06-14T08:00"),
        ("2026-06-13T23:30", "2026-06-13T23:30", "2026-06-14T08:00"),
        ("2026-06-14T03:00", "2026-06-14T03:00", "2026-06-14T08:00"),
        ("2026-06-14T08:00", "2026-06-14T22:00", "2026-06-15T08:00"),
        ("2026-10-24T12:00", "2026-10-24T22:00", "2026-10-25T08:00"),  # 11 hours long
    ],
)
def test_the_coming_night_is_local(local: str, starts: str, ends: str) -> None:
    paris = ZoneInfo("Europe/Paris")

    def instant(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=paris).astimezone(UTC)

    night = coming_night(instant(local), paris)
    assert (night.starts_at, night.ends_at) == (instant(starts), instant(ends))
