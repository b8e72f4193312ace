"""What can be chosen from a message, and what a choice makes of it; without a server."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from callassist.accounts.samples import Sample
from callassist.web.pages.forms import Form
from callassist.web.pages.host.chosen_fields import (
    choices_of,
    form_of,
    options_of,
    readable,
    would_read,
)

AT = datetime(2026, 6, 13, 20, tzinfo=UTC)
TUYA = {"devId": "d1", "status": [{"code": "co2_value", "value": 452}, {"code": "t", "value": 9}]}


def sample(body: object) -> Sample:
    said = body if isinstance(body, str) else json.dumps(body)
    return Sample(body=said, refusal="no", at=AT)


def test_tuyas_codes_are_offered_and_the_chosen_one_is_read() -> None:
    came = sample(TUYA)
    choices = choices_of("tuya", came, "")
    assert choices is not None
    assert choices.fields == [("co2_value", "co2_value = 452"), ("t", "t = 9")]
    assert would_read("tuya", came, {})[0].refused
    options = options_of("tuya", {"max_age_minutes": 7}, Form({"field": "co2_value"}))
    assert options == {"max_age_minutes": 7, "field": "co2_value"}
    (read,) = would_read("tuya", came, options)
    assert (read.sensor, read.level_db, read.at) == ("d1", 45.2, AT)


def test_of_a_brokers_message_the_payload_is_chosen_from() -> None:
    came = sample({"topic": "home/hall/noise", "payload": '{"sound": {"laeq": 61}}'})
    choices = choices_of("mqtt", came, "")
    assert choices is not None
    assert choices.fields == [("sound.laeq", "sound.laeq = 61")]
    options = options_of("mqtt", {"topic": "home/+/noise"}, Form({"level": "sound.laeq"}))
    (read,) = would_read("mqtt", came, options)
    assert (read.sensor, read.level_db) == ("hall", 61)


def test_a_list_in_a_message_is_offered_and_its_items_fields_with_it() -> None:
    came = sample({"d": {"rows": [{"n": "a", "l": 40}, {"n": "b", "l": 50}]}})
    whole = choices_of("generic", came, "")
    assert whole is not None
    assert whole.lists == [("d.rows", "d.rows")]
    inside = choices_of("generic", came, "d.rows")
    assert inside is not None
    assert [path for path, _ in inside.fields] == ["n", "l"]
    options = options_of("generic", {}, Form({"each": "d.rows", "sensor": "n", "level": "l"}))
    assert [one.sensor for one in would_read("generic", came, options)] == ["a", "b"]


def test_what_was_chosen_stands_in_the_form_again() -> None:
    typed = {"state": "s", "loud": "noise, alarm", "quiet": "ok", "sensor_is": "Hall"}
    options = options_of("generic", {}, Form(typed))
    kept = form_of("generic", options)
    assert {name: kept[name] for name in typed} == typed
    assert options_of("generic", options, Form({"sensor_is": "Hall"})) == {}


@pytest.mark.parametrize("body", ["level=61", '{"cut": ', "[" * 5000, "7"])
def test_a_message_that_is_no_json_is_shown_and_offers_nothing(body: str) -> None:
    came = sample(body)
    assert readable(came) == body
    assert choices_of("generic", came, "") is None
    assert would_read("generic", came, {})[0].refused
