"""The body of a report, compared whole for each story."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from callassist.reports.facts import ReportFacts
from callassist.reports.incident_report import body_hash, build
from tests.reports import stories
from tests.reports.expected import assert_expected, readable_json

STORIES: tuple[Callable[[], ReportFacts], ...] = (
    stories.guest_reached,
    stories.calling_ended,
    stories.nobody_reached,
    stories.sensor_gap,
    stories.notices_only,
    stories.invalid_number,
    stories.ended_by_itself,
    stories.by_hand,
)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_the_body_says_what_happened(story: Callable[[], ReportFacts]) -> None:
    assert_expected(f"{story.__name__}.json", readable_json(build(story())))


def test_the_same_facts_give_the_same_hash_after_storing() -> None:
    body = build(stories.sensor_gap())
    stored = json.loads(json.dumps(dict(reversed(body.items()))))
    assert body_hash(stored) == body_hash(build(stories.sensor_gap()))


def test_another_fact_gives_another_hash() -> None:
    assert body_hash(build(stories.sensor_gap())) != body_hash(build(stories.guest_reached()))


def test_a_name_in_the_log_does_not_reach_the_report() -> None:
    body = json.dumps(build(stories.by_hand()))
    assert "Alice" not in body


def test_sixteen_thousand_readings_make_a_small_report_that_keeps_the_peak() -> None:
    body = build(stories.long_night())
    noise = body["noise"]
    assert isinstance(noise, dict)
    points = [point for segment in noise["curve"]["sensors"][0]["segments"] for point in segment]
    assert 300 <= len(points) <= 601
    assert max(high for _, _, _, high in points) == 110.0
    assert len(json.dumps(body)) < 25_000
