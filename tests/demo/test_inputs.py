"""The demo's inputs: what sensors say, and nothing past that."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from callassist.demo.cast import CAST, LOUD_DB
from callassist.demo.inputs import posts, sayings
from callassist.demo.robots import result_for
from callassist.domain.phone import parse_number

BEGAN = datetime(2026, 6, 13, 20, tzinfo=UTC)


def test_every_demo_number_is_valid_and_reserved():
    for home in CAST:
        for phone in (*home.guest_numbers, *home.host_numbers):
            assert parse_number(phone).e164.startswith("+120255501")


def test_the_cast_covers_eight_homes_in_three_zones():
    assert len(CAST) >= 8
    assert len({home.zone for home in CAST}) == 3
    assert len({home.story for home in CAST}) == len(CAST)


def test_sayings_come_in_the_order_of_their_time():
    times = [said.at for said in sayings(CAST, BEGAN)]
    assert times == sorted(times)


def test_a_dark_sensor_says_nothing_for_twenty_minutes():
    lighthouse = next(home for home in CAST if home.level and home.level.dark)
    times = [said.at for said in sayings([replace(lighthouse, begins=0)], BEGAN)]
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert max(gaps) == timedelta(minutes=20)


def test_loud_and_calm_readings_are_on_either_side_of_every_threshold():
    levels = [said.body.get("level_db") for said in sayings(CAST, BEGAN)]
    numbers = [level for level in levels if isinstance(level, float)]
    assert all(level > 76 or level < 60 for level in numbers)
    assert max(numbers) > LOUD_DB


def test_levels_that_are_due_together_share_a_request_and_notices_do_not():
    night = sayings(CAST, BEGAN)
    made = list(posts(night[:400]))
    assert len([post for post in made if post.adapter == "generic"]) == 1
    assert all(len(post.event_ids) == 1 for post in made if post.adapter == "minut")


def test_a_robot_saves_what_the_network_says_and_takes_an_answer_for_a_yes():
    assert result_for("guest", "answered") == "guest_agreed"
    assert result_for("guest", "busy") == "busy"
    assert result_for("host", "no_answer") == "host_not_reached"
    assert result_for("host", "answered") == "host_reached"
    assert result_for("host", "invalid_number") == "invalid_number"
