"""Tuya: whose field, in what, and messages about something else."""

from __future__ import annotations

import json
from datetime import UTC, timedelta

import pytest

from callassist.domain.noise import Rules, SourceKind, SourceTraits
from callassist.domain.policy import EscalationPolicy
from callassist.ports.sensors import AT_ARRIVAL, BadValues, Malformed, UnknownEvent
from callassist.sensors.tuya import TuyaAdapter
from tests.sensors.requests import NOW, Headers

ADAPTER = TuyaAdapter()


def parse(body, **options):
    return ADAPTER.parse(json.dumps(body).encode(), "application/json", Headers(), options)


def test_a_mislabelled_code_is_read_once_the_host_has_chosen_it():
    body = {"devId": "d1", "status": [{"code": "co2_value", "value": 452}]}
    with pytest.raises(Malformed, match="co2_value"):
        parse(body)
    (reading,) = parse(body, field="co2_value")
    assert (reading.sensor, reading.level_db, reading.at) == ("d1", 45.2, AT_ARRIVAL)


def test_the_scale_is_the_hosts_word():
    body = {"devId": "d1", "status": [{"code": "noise_value", "value": 61}]}
    assert parse(body)[0].level_db == 6.1
    assert parse(body, scale=1)[0].level_db == 61


def test_a_change_of_another_value_is_acknowledged():
    body = {"devId": "d1", "status": [{"code": "battery", "value": 80}]}
    assert parse(body, field="noise_value") == [
        UnknownEvent("no level in it: another value changed")
    ]


def test_the_clouds_answer_names_no_device_so_the_host_does():
    body = {"result": [{"code": "noise_value", "value": 452}], "success": True, "t": 1781380800000}
    (reading,) = parse(body, sensor="hall")
    assert (reading.sensor, reading.at) == ("hall", NOW)


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"devId": "d"}, Malformed),
        ({"devId": "d", "status": [7]}, Malformed),
        ({"devId": "d", "status": [{"code": "noise_value"}]}, Malformed),
        ({"devId": "d", "status": [{"code": "noise_value", "value": "loud"}]}, BadValues),
        ({"devId": "d", "dps": {"1": 999}}, BadValues),
        ({"devId": "", "dps": {"1": True}}, BadValues),
        ({"devId": "d", "dps": {"101": 52}}, Malformed),  # another meter's level, perhaps
        ({"devId": "d", "dps": {"1": 52}, "t": "yesterday"}, BadValues),
    ],
)
def test_what_cannot_be_a_level_is_refused(body, refusal):
    with pytest.raises(refusal):
        parse(body)


def test_silence_of_a_meter_that_reports_changes_counts_after_an_hour_only():
    traits = SourceTraits(kind=SourceKind.LEVEL, interval=ADAPTER.reports_every)
    rules = Rules(policy=EscalationPolicy(), tz=UTC, traits={1: traits})
    assert rules.plan.source(1).silence == timedelta(hours=1) / timedelta(microseconds=1)
