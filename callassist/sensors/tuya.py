"""Tuya: the cloud's status list [{"code", "value"}] or a gateway's data points {"dps": {"1": 52}}.

Codes of noise meters are what their makers chose, some mislabelled (a level in tenths of a dB as
`co2_value`), so the field is the host's choice where no code says noise. Such meters report on
CHANGE only: that they say nothing does not mean that it is quiet.
"""

from __future__ import annotations

import json
import re
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
from callassist.sensors.fields import LONGEST_NAME, NO_READING, instant, number
from callassist.sensors.home_assistant import verify_bearer
from callassist.sensors.json_body import check_content_type, decode, level_fault, text_fault
from callassist.sensors.json_body import unusable as bad_values
from callassist.sensors.options import check_known, minutes, scale, text

TENTHS = 0.1  # of status lists, and of data points that a cloud names
# tried in this order when the host has chosen none; they are what makers are known to use
USUAL_CODES = ("noise_value", "noise", "decibel_value", "decibel", "db_value", "sound_value")
USUAL_POINT = "1"  # of the meters known as ZY-N1
# on change each value comes alone: these say nothing of the level
_ASIDE = re.compile(r"battery|tamper|temper_alarm|charge")
_ASIDE_POINTS = ("8", "101", "102")  # of the ZY-N1: a word, a debounced state, a step in dB
_MOST_OF_A_STATE = 20
_DEVICE_NAMES = ("devId", "device_id", "deviceId", "dev_id", "sensor", "id")

_ANY = msgspec.json.Decoder(dict[str, object])


class TuyaAdapter:
    """Noise meters behind Tuya's cloud or a local gateway."""

    kind = SourceKind.LEVEL
    reports_every = timedelta(minutes=24)  # silent after an hour: 2.5 times as long

    def check_options(self, options: Mapping[str, object]) -> None:
        check_known(options, {"field", "scale", "sensor", "max_age_minutes"})
        self.timing(options)
        text(options, "field")
        scale(options, "scale", 1.0)
        name = text(options, "sensor")
        if name is not None and text_fault(name, "sensor", LONGEST_NAME):
            raise InvalidInput("give a name of 1 to 255 characters", "sensor")

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
        said = decode(_ANY, body)
        values, place, usual_scale = _values(said)
        code = _code(values, place, text(options, "field"))
        if code is None:
            return [UnknownEvent("no level in it: another value changed")]
        value, at = values[code]
        where = f"{place}/{code}"
        if value is None or str(value).strip().lower() in NO_READING:
            return [UnknownEvent("no reading: empty")]
        level = round(number(value, where) * scale(options, "scale", usual_scale), 3)
        fault = level_fault(level, where)
        if fault is not None:
            raise bad_values([fault])
        at = said.get("t") if at is None else at
        return [
            ParsedReading(
                sensor=_device(said, text(options, "sensor")),
                at=AT_ARRIVAL if at is None else instant(at, "/t"),
                kind=ReadingKind.LEVEL,
                level_db=level,
            )
        ]

    def example(self, sensor: str, at: datetime, options: Mapping[str, object]) -> bytes:
        code = text(options, "field") or USUAL_CODES[0]
        stamp = int(at.timestamp() * 1000)
        value = round(48.5 / scale(options, "scale", TENTHS))
        status = [{"code": code, "value": value, "t": stamp}]
        return json.dumps({"devId": sensor, "status": status, "t": stamp}).encode()

    def sign(
        self, body: bytes, secret: str, options: Mapping[str, object], now_real: datetime
    ) -> dict[str, str]:
        return {"Authorization": f"Bearer {secret}"}


Values = dict[str, tuple[object, object]]  # code -> value and its own time


def _values(said: Mapping[str, object]) -> tuple[Values, str, float]:
    """What is told by which code; where it stood; in what the values are usually counted."""
    for name in ("status", "result", "properties"):
        items = said.get(name)
        if isinstance(items, list):
            return _listed(items, f"/{name}"), f"/{name}", TENTHS
    points = said.get("dps")
    if isinstance(points, dict):
        return {code: (value, None) for code, value in points.items()}, "/dps", 1.0
    if isinstance(points, list):
        return _listed(points, "/dps"), "/dps", 1.0
    detail = 'has neither "status" (a list of code and value) nor "dps" (data points)'
    raise Malformed(f"The body {detail}.", [Fault("", detail)])


def _listed(items: list[object], place: str) -> Values:
    found: Values = {}
    for index, item in enumerate(items):
        if not isinstance(item, dict):
            raise _not_a_pair(f"{place}/{index}")
        code = next((item[name] for name in ("code", "dpId", "dp_id", "dp") if name in item), None)
        if not isinstance(code, str | int) or "value" not in item:
            raise _not_a_pair(f"{place}/{index}")
        found[str(code)] = item["value"], item.get("t", item.get("time"))
    return found


def _not_a_pair(place: str) -> Malformed:
    detail = 'is no {"code": ..., "value": ...}'
    return Malformed(f"{place} {detail}.", [Fault(place, detail)])


def _code(values: Values, place: str, chosen: str | None) -> str | None:
    """The code with the level; None when this message is about something else."""
    if chosen is not None:
        return chosen if chosen in values else None
    for code in (*USUAL_CODES, USUAL_POINT) if place == "/dps" else USUAL_CODES:
        if code in values:
            return code
    if all(_is_aside(code, value, place) for code, (value, _) in values.items()):
        return None
    detail = f"says no code that is known for noise ({', '.join(list(values)[:10])})"
    raise Malformed(f"{place} {detail}: choose the field.", [Fault(place, detail)])


def _is_aside(code: str, value: object, place: str) -> bool:
    """Whether it is known to be about something else; another meter's point may be its level."""
    if place == "/dps" and code in _ASIDE_POINTS:
        return not isinstance(value, int | float) or value <= _MOST_OF_A_STATE
    return _ASIDE.search(code) is not None


def _device(said: Mapping[str, object], chosen: str | None) -> str:
    for name in _DEVICE_NAMES:
        value = said.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
            fault = text_fault(str(value), f"/{name}", LONGEST_NAME)
            if fault is not None:
                raise bad_values([fault])
            return str(value)
    return chosen or "tuya"
