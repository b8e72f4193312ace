"""Fields that a host picks from a sample: paths, scales, words, and what is told when they miss."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from callassist.domain.noise import ReadingKind
from callassist.errors import InvalidInput
from callassist.ports.sensors import (
    AT_ARRIVAL,
    BadValues,
    Malformed,
    ParsedReading,
    TooLarge,
    UnknownEvent,
)
from callassist.sensors.field_paths import find, leaves, parse_path
from callassist.sensors.fields import read_fields
from callassist.sensors.generic import GenericAdapter
from tests.sensors.requests import NOW, Headers

JSON = "application/json"
BODY = {
    "device": {"id": 17, "room.name": "Hall"},
    "data": [
        {"code": "temp", "value": 21.5},
        {"code": "va_noise", "value": "452", "unit": "dB"},
    ],
    "ts": 1781380800000,
}
CHOICE = {
    "sensor": "device.id",
    "at": "ts",
    "level": "data[code=va_noise].value",
    "scale": 0.1,
    "unit": "data[code=va_noise].unit",
}


def read(body, **choice):
    return read_fields(choice).read(body)


def test_the_fields_of_a_sample_find_their_values_again():
    found = leaves(BODY)
    assert [(leaf.path, leaf.value) for leaf in found] == [
        ("device.id", 17),
        ("data[code=temp].code", "temp"),
        ("data[code=temp].value", 21.5),
        ("data[code=va_noise].code", "va_noise"),
        ("data[code=va_noise].value", "452"),
        ("data[code=va_noise].unit", "dB"),
        ("ts", 1781380800000),
    ]
    assert all(find(BODY, parse_path(leaf.path, "level")) == leaf.value for leaf in found)


def test_a_sample_of_thousands_of_values_is_shown_in_part():
    assert len(leaves([{"a": n} for n in range(5000)])) == 200


def test_a_body_is_read_by_the_chosen_fields():
    assert read(BODY, **CHOICE) == [
        ParsedReading(sensor="17", at=NOW, kind=ReadingKind.LEVEL, level_db=45.2),
    ]


def test_without_a_time_the_arrival_counts_and_a_sensor_may_be_named_by_hand():
    (reading,) = read({"l": 50}, level="l", sensor_is="Attic")
    assert (reading.sensor, reading.at) == ("Attic", AT_ARRIVAL)


def test_a_list_is_read_item_by_item():
    body = {"rows": [{"n": "a", "l": 40}, {"n": "b", "l": "unavailable"}, {"n": "c", "l": 60}]}
    said = read(body, each="rows", sensor="n", level="l")
    assert [getattr(one, "sensor", None) for one in said] == ["a", None, "c"]
    assert isinstance(said[1], UnknownEvent)
    with pytest.raises(TooLarge):
        read({"rows": [{}] * 1001}, each="rows", sensor="n", level="l")


def test_words_say_when_noise_begins_and_ends():
    words = {"state": "s", "loud": ["Noise", "ALARM"], "quiet": ["ok"]}
    assert read({"s": " alarm "}, **words)[0].kind == "noise_started"
    assert read({"s": "OK"}, **words)[0].kind == "noise_ended"
    with pytest.raises(Malformed, match="neither a word for noise nor one for quiet"):
        read({"s": "maybe"}, **words)


@pytest.mark.parametrize(
    ("change", "refusal", "says"),
    [
        ({"data": []}, Malformed, "data.code=va_noise..value is missing"),
        ({"data": [{"code": "va_noise", "value": "loud", "unit": "dB"}]}, BadValues, "no number"),
        ({"data": [{"code": "va_noise", "value": 452}]}, BadValues, "unit must be dB"),
        ({"data": [{"code": "va_noise", "value": 9e9, "unit": "dB"}]}, BadValues, "outside"),
        ({"ts": "13.06.2026"}, BadValues, "is no time"),
        ({"ts": "2026-06-13T20:00:00"}, BadValues, "no zone"),
        ({"ts": True}, BadValues, "is no time"),
        ({"device": {"id": ["x"]}}, Malformed, "names no sensor"),
        ({"device": {"id": "a\x00b"}}, BadValues, "U.0000"),
    ],
)
def test_what_does_not_fit_is_told_by_its_path(change, refusal, says):
    with pytest.raises(refusal, match=says):
        read({**BODY, **change}, **CHOICE)


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        (1781380800, NOW),
        ("1781380800000", NOW),
        ("2026-06-13T22:00:00+02:00", NOW),
        (1781380800.5, datetime(2026, 6, 13, 20, 0, 0, 500000, UTC)),
    ],
)
def test_times_come_in_several_shapes(stamp, expected):
    assert read({"t": stamp, "l": 50}, level="l", at="t")[0].at == expected


@pytest.mark.parametrize(
    ("choice", "field"),
    [
        ({}, "level"),
        ({"level": "a..b"}, "level"),
        ({"level": "a[x"}, "level"),
        ({"level": "a", "state": "b"}, "state"),
        ({"state": "b"}, "loud"),
        ({"state": "b", "loud": ["x"], "quiet": ["X"]}, "quiet"),
        ({"level": "a", "scale": 0}, "scale"),
        ({"level": "a", "scale": "1"}, "scale"),
        ({"level": "a", "colour": "red"}, "colour"),
        ({"level": 7}, "level"),
    ],
)
def test_a_bad_choice_is_named(choice, field):
    with pytest.raises(InvalidInput) as refused:
        read_fields(choice)
    assert refused.value.field == field


def test_a_connection_with_chosen_fields_reads_nothing_but_them():
    adapter, options = GenericAdapter(), {"fields": CHOICE}
    adapter.check_options(options)
    raw = json.dumps(BODY).encode()
    assert getattr(adapter.parse(raw, JSON, Headers(), options)[0], "level_db", None) == 45.2
    example = adapter.example("hall", NOW, options)
    (reading,) = adapter.parse(example, JSON, Headers(), options)
    assert isinstance(reading, ParsedReading)
    assert (reading.sensor, reading.level_db, reading.at) == ("hall", 48.5, NOW)
