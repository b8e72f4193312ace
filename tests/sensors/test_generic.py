"""Our own shape: what it refuses, and how it names every faulty place."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from standardwebhooks import Webhook

from callassist.errors import InvalidInput
from callassist.ports.sensors import BadSignature, BadValues, Malformed, TooLarge
from callassist.sensors.generic import GenericAdapter
from callassist.sensors.signatures import verify_standard
from tests.sensors.requests import NOW, SECRET, Headers, standard_headers

ADAPTER = GenericAdapter()
GOOD = {"sensor": "attic", "at": "2026-06-13T20:00:00Z", "level_db": 61.5}


def parse(body):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return ADAPTER.parse(raw, "application/json", Headers(), {})


def faults(refusal, body):
    with pytest.raises(refusal) as refused:
        parse(body)
    return [(fault.pointer, fault.detail) for fault in refused.value.faults]


def test_every_unusable_value_is_named_by_its_index():
    found = faults(
        BadValues,
        {
            "readings": [
                GOOD,
                {**GOOD, "level_db": 200.5},
                {**GOOD, "at": "2026-06-13T20:00:00"},
                {**GOOD, "level_db": -20.1, "sensor": ""},
                GOOD,
            ]
        },
    )
    assert found == [
        ("/readings/1/level_db", "200.5 dB is outside -20 to 200"),
        ("/readings/2/at", "has no zone: end it with Z or an offset such as +02:00"),
        ("/readings/3/sensor", "must have 1 to 255 characters"),
        ("/readings/3/level_db", "-20.1 dB is outside -20 to 200"),
    ]


@pytest.mark.parametrize("level", [-20, 200, 0, -20.0, 199.99])
def test_the_range_includes_its_ends(level):
    assert parse({**GOOD, "level_db": level})[0].level_db == level


def test_nan_and_infinity_are_named_although_they_are_no_json():
    body = {"readings": [{**GOOD, "level_db": float("nan")}, GOOD, {**GOOD, "level_db": 1e999}]}
    sentence = "is not a number that a sensor can measure"
    assert faults(BadValues, body) == [
        ("/readings/0/level_db", sentence),
        ("/readings/2/level_db", sentence),
    ]


def test_a_number_beyond_a_double_is_unusable_not_malformed():
    body = b'{"sensor": "a", "at": "2026-06-13T20:00:00Z", "level_db": 1e999}'
    assert [pointer for pointer, _ in faults(BadValues, body)] == ["/level_db"]
    huge = b'{"sensor": "a", "at": "2026-06-13T20:00:00Z", "level_db": ' + b"9" * 400 + b"}"
    assert [pointer for pointer, _ in faults(BadValues, huge)] == ["/level_db"]


@pytest.mark.parametrize("year", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_an_instant_that_utc_cannot_hold_is_unusable(year):
    assert [pointer for pointer, _ in faults(BadValues, {**GOOD, "at": year})] == ["/at"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"at": "2026-06-13T20:00:00Z", "level_db": 1}, ("", '"sensor" is missing')),
        ({"sensor": "a", "level_db": 1}, ("", '"at" is missing')),
        ({**GOOD, "level_db": "61"}, ("/level_db", "Expected `float | null`, got `str`")),
        ({**GOOD, "at": "yesterday"}, ("/at", "Invalid RFC3339 encoded datetime")),
        ({**GOOD, "sensor": 7}, ("/sensor", "Expected `str`, got `int`")),
        ({"sensor": "a", "at": GOOD["at"]}, ("", 'needs "level_db" or "state"')),
        (
            {"readings": [GOOD, {**GOOD, "level_db": True}]},
            ("/readings/1/level_db", "Expected `float | null`, got `bool`"),
        ),
        (
            {"readings": [GOOD, {**GOOD, "state": "noise_ended"}]},
            ("/readings/1", 'has both "level_db" and "state": send two readings'),
        ),
        ({"readings": GOOD}, ("/readings", "Expected `array`, got `object`")),
        ([GOOD], ("", "Expected `object`, got `array`")),
    ],
)
def test_a_wrong_shape_is_pointed_at(body, expected):
    assert faults(Malformed, body) == [expected]


def test_an_unknown_state_is_pointed_at():
    body = {"sensor": "a", "at": GOOD["at"], "state": "shouting"}
    assert [pointer for pointer, _ in faults(Malformed, body)] == ["/state"]


def test_a_zero_byte_in_a_name_is_refused():
    """PostgreSQL cannot store it; one such name would fail a whole group of requests."""
    assert [pointer for pointer, _ in faults(BadValues, {**GOOD, "sensor": "a\x00b"})] == [
        "/sensor"
    ]
    assert [pointer for pointer, _ in faults(BadValues, {**GOOD, "id": "a\x00b"})] == ["/id"]


def test_a_thousand_readings_are_taken_and_one_more_is_not():
    assert len(parse({"readings": [GOOD] * 1000})) == 1000
    with pytest.raises(TooLarge, match="1001 readings"):
        parse({"readings": [GOOD] * 1001})


def test_the_timestamp_may_be_five_minutes_off_and_no_more():
    body = json.dumps(GOOD).encode()
    for seconds in (-300, 0, 300):
        headers = standard_headers(body, at=NOW + timedelta(seconds=seconds))
        verify_standard(headers, body, [SECRET], NOW)
    for seconds, word in ((-301, "old"), (301, "future")):
        headers = standard_headers(body, at=NOW + timedelta(seconds=seconds))
        with pytest.raises(BadSignature, match=word):
            verify_standard(headers, body, [SECRET], NOW)


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_each_of_the_three_headers_is_needed(missing):
    body = json.dumps(GOOD).encode()
    headers = standard_headers(body)
    del headers[missing]
    with pytest.raises(BadSignature, match=missing):
        verify_standard(headers, body, [SECRET], NOW)


@pytest.mark.parametrize("stamp", ["soon", "-1", "1e9", "１７８１", " 1781380800", "9" * 30])
def test_a_timestamp_must_be_whole_seconds(stamp):
    body = json.dumps(GOOD).encode()
    headers = standard_headers(body)
    headers["webhook-timestamp"] = stamp
    with pytest.raises(BadSignature):
        verify_standard(headers, body, [SECRET], NOW)


def test_one_of_several_signatures_is_enough():
    """While a sender rotates its secret it sends both."""
    body = json.dumps(GOOD).encode()
    headers = standard_headers(body)
    headers["webhook-signature"] = f"v1,bm9uc2Vuc2U= v1a,xyz {headers['webhook-signature']}"
    verify_standard(headers, body, [SECRET], NOW)


def test_we_and_the_library_of_standard_webhooks_agree():
    body = json.dumps(GOOD).encode()
    now = NOW.now(NOW.tzinfo)
    headers = standard_headers(body, at=now)
    Webhook(SECRET).verify(body, headers)
    verify_standard(headers, body, [SECRET], now)


def test_how_late_a_reading_may_start_a_call_is_an_option():
    assert ADAPTER.timing({"max_age_minutes": 15}).max_age == timedelta(minutes=15)
    for bad in (-1, 1441, "15", True):
        with pytest.raises(InvalidInput, match="max_age_minutes"):
            ADAPTER.check_options({"max_age_minutes": bad})
