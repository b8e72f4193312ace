"""Messages of a broker: which sensor, which level, and payloads that are none."""

from __future__ import annotations

import pytest

from callassist.errors import InvalidInput
from callassist.ports.sensors import AT_ARRIVAL, BadValues, Malformed, ParsedReading, UnknownEvent
from callassist.sensors.mqtt import MqttAdapter, read_message
from callassist.sensors.topics import check_filter, sensor_of


@pytest.mark.parametrize(
    ("topic_filter", "topic", "sensor"),
    [
        ("home/+/noise", "home/hall/noise", "hall"),
        ("+/sensor/+/state", "n1/sensor/laeq/state", "n1/laeq"),
        ("home/noise/#", "home/noise/a/b", "a/b"),
        ("home/noise/#", "home/noise", "home/noise"),
        ("home/hall", "home/hall", "home/hall"),
        ("home/+/noise", "home/hall/light", None),
        ("home/+/noise", "home/hall/noise/raw", None),
        ("home/+", "home", None),
    ],
)
def test_what_the_wildcards_stand_for_names_the_sensor(topic_filter, topic, sensor):
    assert sensor_of(topic_filter, topic) == sensor


@pytest.mark.parametrize(
    "bad", ["", "#", "+/+", "$SYS/+", "home/x+/noise", "a/#/b", "a/b#", "x" * 256]
)
def test_a_filter_that_no_broker_takes_or_that_is_everything_is_refused(bad):
    with pytest.raises(InvalidInput) as refused:
        check_filter(bad)
    assert refused.value.field == "topic"


def test_a_payload_is_a_number_or_json_with_a_chosen_field():
    options = {"topic": "home/+/noise"}
    (bare,) = read_message("home/hall/noise", b" 61.5 dB ", options)
    assert isinstance(bare, ParsedReading)
    assert (bare.sensor, bare.level_db, bare.at) == ("hall", 61.5, AT_ARRIVAL)
    chosen = {**options, "fields": {"level": "sound.laeq"}}
    (picked,) = read_message("home/hall/noise", b'{"sound": {"laeq": 48}}', chosen)
    assert isinstance(picked, ParsedReading)
    assert (picked.sensor, picked.level_db) == ("hall", 48)


def test_json_without_a_choice_asks_for_one():
    with pytest.raises(Malformed, match="choose the field"):
        read_message("n/sensor/sound_level/state", b'{"laeq": 61}', {})


@pytest.mark.parametrize("payload", [b"", b"nan", b"unavailable", b"NaN"])
def test_a_payload_that_is_no_level_is_acknowledged(payload):
    (said,) = read_message("n/sensor/sound_level/state", payload, {})
    assert isinstance(said, UnknownEvent)


@pytest.mark.parametrize("payload", [b"loud", b"1e9", b"\xff\xfe", b"70 %", b"250"])
def test_a_payload_that_cannot_be_a_level_is_refused(payload):
    with pytest.raises(BadValues, match="payload"):
        read_message("n/sensor/sound_level/state", payload, {})


def test_options_name_what_is_wrong():
    for options, field in (({"topic": "#"}, "topic"), ({"scale": "x"}, "scale")):
        with pytest.raises(InvalidInput) as refused:
            MqttAdapter().check_options(options)
        assert refused.value.field == field
