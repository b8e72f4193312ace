"""Home Assistant: texts that are no levels, units that are not dB, states that stand for ever."""

from __future__ import annotations

import json

import pytest

from callassist.ports.sensors import BadSignature, BadValues, Malformed, ParsedReading, UnknownEvent
from callassist.sensors.home_assistant import HomeAssistantAdapter
from tests.sensors.requests import NOW, OTHER_SECRET, SECRET, Headers

ADAPTER = HomeAssistantAdapter()
OURS = {"sensor": "sensor.hall", "state": "61.5", "unit": "dB", "at": "2026-06-13T20:00:00Z"}


def parse(body, options=None):
    return ADAPTER.parse(json.dumps(body).encode(), "application/json", Headers(), options or {})


@pytest.mark.parametrize("state", ["unavailable", "unknown", "Unavailable", "", None, "None"])
def test_a_state_that_is_no_level_is_acknowledged_and_nothing_else(state):
    (said,) = parse({**OURS, "state": state})
    assert isinstance(said, UnknownEvent)
    assert said.reason.startswith("no reading")


@pytest.mark.parametrize("unit", ["dB", "dBA", "dB(A)", "db", "dB SPL", "dBC"])
def test_decibels_are_written_in_several_ways(unit):
    assert parse({**OURS, "unit": unit})[0].level_db == 61.5


@pytest.mark.parametrize("unit", ["%", "dBm", "°C", "dBFS", "", None])
def test_humidity_never_passes_for_noise(unit):
    with pytest.raises(BadValues, match="/unit"):
        parse({**OURS, "unit": unit})


def test_a_state_object_needs_its_unit_too():
    state = {"entity_id": "sensor.hall", "state": "61", "attributes": {}}
    with pytest.raises(BadValues, match="unit_of_measurement"):
        parse(state)


def test_a_state_that_nobody_reported_for_long_is_no_reading():
    """The package posts every minute whatever the device does: a dead one must not stay loud."""
    old = {**OURS, "reported_at": "2026-06-13T19:44:00Z"}
    (said,) = parse(old)
    assert said == UnknownEvent("no reading: the state is 16 min old")
    assert isinstance(parse(old, {"stands_for_minutes": 60})[0], ParsedReading)


def test_a_state_without_a_name_is_malformed():
    with pytest.raises(Malformed, match="entity_id is missing"):
        parse({"state": "61", "unit": "dB"})


@pytest.mark.parametrize("sent", ["", SECRET, f"Basic {SECRET}", f"Bearer {OTHER_SECRET}"])
def test_only_the_right_bearer_token_is_accepted(sent):
    headers = Headers({"Authorization": sent})
    with pytest.raises(BadSignature):
        ADAPTER.verify(headers, b"{}", [SECRET], {}, NOW)
