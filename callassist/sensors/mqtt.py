"""Messages of an MQTT broker: the topic names the sensor, the payload is a number or JSON.

Heard by `sensors.brokers` at a broker that the host names. A broker that rather posts its messages
(a rule with a webhook) sends {"topic": ..., "payload": ...} to the connection's address.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from callassist.domain.noise import ReadingKind, SourceKind
from callassist.errors import InvalidInput
from callassist.ports.sensors import (
    AT_ARRIVAL,
    Fault,
    Headers,
    Malformed,
    Parsed,
    ParsedReading,
    SourceTiming,
    UnknownEvent,
)
from callassist.sensors.fields import LONGEST_NAME, NO_READING, Fields, number, read_fields
from callassist.sensors.home_assistant import verify_bearer
from callassist.sensors.json_body import (
    check_content_type,
    decode,
    level_fault,
    text_fault,
    unusable,
)
from callassist.sensors.options import check_known, minutes, scale, text
from callassist.sensors.topics import check_filter, sensor_of

LONGEST_PAYLOAD = 64 * 1024
USUAL_TOPIC = "+/sensor/sound_level/state"

_ANY = msgspec.json.Decoder(object)


_MESSAGE = msgspec.json.Decoder(dict[str, object])


class MqttAdapter:
    """Sound meters that speak MQTT, ESPHome's among them."""

    kind = SourceKind.LEVEL
    reports_every = timedelta(minutes=1)

    def check_options(self, options: Mapping[str, object]) -> None:
        check_known(options, {"topic", "fields", "scale", "max_age_minutes"})
        self.timing(options)
        scale(options, "scale", 1.0)
        check_filter(text(options, "topic", USUAL_TOPIC) or USUAL_TOPIC)
        _fields(options)

    def timing(self, options: Mapping[str, object]) -> SourceTiming:
        return SourceTiming(max_age=minutes(options, "max_age_minutes", timedelta(minutes=5)))

    def verify(
        self,
        headers: Headers,
        body: bytes,
        secrets: Sequence[str],
        options: Mapping[str, object],
        now_real: datetime,
    ) -> None:
        if secrets:
            verify_bearer(headers, secrets)

    def parse(
        self, body: bytes, content_type: str, headers: Headers, options: Mapping[str, object]
    ) -> list[Parsed]:
        check_content_type(content_type)
        message = decode(_MESSAGE, body)
        topic, payload = message.get("topic"), message.get("payload")
        if not isinstance(topic, str):
            raise Malformed('"topic" is missing.', [Fault("/topic", "is missing")])
        sent = payload.encode() if isinstance(payload, str) else msgspec.json.encode(payload)
        return read_message(topic, sent, options)

    def example(self, sensor: str, at: datetime, options: Mapping[str, object]) -> bytes:
        topic_filter = text(options, "topic", USUAL_TOPIC) or USUAL_TOPIC
        fields = _fields(options)
        payload = "48.5" if fields is None else json.dumps(fields.example(sensor, at))
        topic = topic_filter.replace("+", sensor.replace("/", "_"), 1).replace("+", "x")
        return json.dumps({"topic": topic.replace("#", "x"), "payload": payload}).encode()

    def sign(
        self, body: bytes, secret: str, options: Mapping[str, object], now_real: datetime
    ) -> dict[str, str]:
        return {"Authorization": f"Bearer {secret}"}


def read_message(topic: str, payload: bytes, options: Mapping[str, object]) -> list[Parsed]:
    """The readings of one message; without a time in it that of its arrival counts.

    Raises a Refused.
    """
    sensor = sensor_of(text(options, "topic", USUAL_TOPIC) or USUAL_TOPIC, topic)
    if sensor is None:
        return [UnknownEvent("another topic")]
    fault = text_fault(sensor, "topic", LONGEST_NAME)
    if fault is not None:
        raise unusable([fault])
    fields = _fields(options)
    if fields is not None:
        named = "" if fields.sensor is not None else sensor
        return fields.read(decode(_ANY, payload), named)
    return [_bare(sensor, payload, options)]


def _bare(sensor: str, payload: bytes, options: Mapping[str, object]) -> Parsed:
    said = payload.decode(errors="replace").strip()
    if said.lower() in NO_READING:
        return UnknownEvent(f"no reading: {said or 'empty'}")
    if said.startswith(("{", "[")):
        decode(_ANY, payload)  # what is cut off is told as such
        detail = "is JSON: choose the field with the level"
        raise Malformed(f"The payload {detail}.", [Fault("payload", detail)])
    level = round(number(said, "payload") * scale(options, "scale", 1.0), 3)
    fault = level_fault(level, "payload")
    if fault is not None:
        raise unusable([fault])
    return ParsedReading(sensor=sensor, at=AT_ARRIVAL, kind=ReadingKind.LEVEL, level_db=level)


def _fields(options: Mapping[str, object]) -> Fields | None:
    chosen = options.get("fields")
    if chosen is None:
        return None
    if not isinstance(chosen, dict):
        raise InvalidInput("give the paths by name", "fields")
    return read_fields(chosen)
