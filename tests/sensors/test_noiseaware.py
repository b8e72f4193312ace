"""NoiseAware: types of alerts, known and unknown, times with an offset, and its fixed answer."""

from __future__ import annotations

import json

import pytest

from callassist.domain.noise import ReadingKind
from callassist.errors import InvalidInput
from callassist.ports.sensors import BadValues, Malformed, UnknownEvent
from callassist.sensors.noiseaware import NoiseAwareAdapter
from tests.ingest.scene import Scene
from tests.sensors.requests import Headers

ADAPTER = NoiseAwareAdapter()
ALERT = {
    "NoiseawareAZID": 7,
    "AlertTime": "2026-06-13T22:10:00+02:00",
    "AlertType": "newNoise",
}


def parse(options=None, **changes):
    body = json.dumps({**ALERT, **changes}).encode()
    (found,) = ADAPTER.parse(body, "application/json", Headers(), options or {})
    return found


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("newNoise", 1),
        ("newNoiseAlert", 1),
        ("newFirstNoise", 1),
        ("newSecondNoise", 2),
        ("newNoise20", 2),
        ("newThirdNoise", 3),
        ("NOISE_30_MIN", 3),
    ],
)
def test_alerts_about_noise_are_read_by_their_pattern(name, number):
    found = parse(AlertType=name)
    assert (found.kind, found.notice_number) == (ReadingKind.NOTICE, number)


@pytest.mark.parametrize("name", ["resolvedNoise", "noiseResolved", "endNoise", "ResolvedNoise30"])
def test_noise_that_is_over_is_read_by_its_pattern(name):
    assert parse(AlertType=name).kind is ReadingKind.NOTICE_ENDED


def test_the_host_can_say_what_a_type_means():
    options = {"alert_types": {"NRSBreach": "second_notice", "newNoise": "ignore"}}
    ADAPTER.check_options(options)
    assert parse(options, AlertType="nrsbreach").notice_number == 2
    assert isinstance(parse(options), UnknownEvent)
    with pytest.raises(InvalidInput, match="alert_types"):
        ADAPTER.check_options({"alert_types": {"x": "loud"}})
    with pytest.raises(InvalidInput, match="alert_types"):
        ADAPTER.check_options({"alert_types": ["x"]})


def test_an_unknown_type_says_how_to_name_it():
    assert "alert_types" in parse(AlertType="newWeather").reason


def test_the_same_alert_twice_is_one_event_and_another_is_another():
    assert parse().event_id == parse().event_id
    assert parse().event_id != parse(AlertTime="2026-06-13T22:20:00+02:00").event_id


def test_a_time_without_an_offset_is_refused_by_name():
    with pytest.raises(BadValues, match="/AlertTime"):
        parse(AlertTime="2026-06-13T22:10:00")


@pytest.mark.parametrize("field", ["AlertTime", "NoiseawareAZID"])
def test_an_alert_without_its_time_or_place_is_refused_by_name(field):
    with pytest.raises(Malformed, match=f"/{field}"):
        parse(**{field: None})


def test_it_gets_the_answer_that_it_waits_for_and_only_for_what_was_stored(sessions, clock):
    scene = Scene(sessions, clock)
    scene.connection("noiseaware")
    try:
        body = {**ALERT, "AlertTime": clock.now().isoformat()}
        for _ in range(2):
            answer = scene.post(body, adapter="noiseaware")
            assert (answer.status, answer.body) == (200, b'{"message":"Message sent"}')
        assert len(scene.readings()) == 1
        assert scene.post({"x": 1}, adapter="noiseaware").status == 400
        assert scene.post(body, adapter="noiseaware", token="guessed").status == 404
    finally:
        scene.close()
