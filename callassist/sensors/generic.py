"""Our own shape, for everything that can be told what to post (DESIGN 5).

One object or {"readings": [...]} of {"id"?, "sensor", "at", "level_db"} or
{"id"?, "sensor", "at", "state": "noise_started|noise_ended"}. Fields we do not know are ignored.
With the option `fields` any other JSON, read by paths that the host picked from a sample. With a
signing secret: Standard Webhooks.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from callassist.domain.noise import ReadingKind, SourceKind
from callassist.errors import InvalidInput
from callassist.ports.sensors import (
    HIGHEST_DB,
    LOWEST_DB,
    MAX_READINGS,
    Fault,
    Headers,
    Malformed,
    Parsed,
    ParsedReading,
    Refused,
    SourceTiming,
    TooLarge,
)
from callassist.sensors.fields import Fields, read_fields
from callassist.sensors.json_body import (
    as_utc,
    check_content_type,
    decode,
    level_fault,
    text_fault,
    time_fault,
    unusable,
)
from callassist.sensors.options import check_known, minutes
from callassist.sensors.signatures import sign_standard, verify_standard

LONGEST_NAME = 255
_LEVEL = ReadingKind.LEVEL


class _State(StrEnum):
    NOISE_STARTED = "noise_started"
    NOISE_ENDED = "noise_ended"


_KINDS = {
    _State.NOISE_STARTED: ReadingKind.NOISE_STARTED,
    _State.NOISE_ENDED: ReadingKind.NOISE_ENDED,
}


class _Reading(msgspec.Struct, gc=False):
    sensor: str
    at: datetime
    level_db: float | None = None
    state: _State | None = None
    id: str | int | None = None


class _Batch(msgspec.Struct):
    readings: list[_Reading] | msgspec.UnsetType = msgspec.UNSET


_ANY = msgspec.json.Decoder(object)
_ONE = msgspec.json.Decoder(_Reading)
_MANY = msgspec.json.Decoder(_Batch)


class GenericAdapter:
    """Readings in our own shape."""

    kind = SourceKind.LEVEL
    reports_every = timedelta(minutes=1)

    def check_options(self, options: Mapping[str, object]) -> None:
        check_known(options, {"max_age_minutes", "fields"})
        self.timing(options)
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
            verify_standard(headers, body, secrets, now_real)

    def parse(
        self, body: bytes, content_type: str, headers: Headers, options: Mapping[str, object]
    ) -> list[Parsed]:
        check_content_type(content_type)
        fields = _fields(options)
        if fields is not None:
            return fields.read(decode(_ANY, body))
        readings, base = _decoded(body)
        if all(map(_is_usable, readings)):
            return [_parsed(reading) for reading in readings]
        raise _refusal(readings, base)

    def example(self, sensor: str, at: datetime, options: Mapping[str, object]) -> bytes:
        fields = _fields(options)
        if fields is not None:
            return json.dumps(fields.example(sensor, at)).encode()
        return json.dumps({"sensor": sensor, "at": at.isoformat(), "level_db": 48.5}).encode()

    def sign(
        self, body: bytes, secret: str, options: Mapping[str, object], now_real: datetime
    ) -> dict[str, str]:
        return sign_standard(body, secret, now_real)


def _fields(options: Mapping[str, object]) -> Fields | None:
    chosen = options.get("fields")
    if chosen is None:
        return None
    if not isinstance(chosen, dict):
        raise InvalidInput("give the paths by name", "fields")
    return read_fields(chosen)


def _decoded(body: bytes) -> tuple[list[_Reading], str | None]:
    """The readings, and the pointer to their list: None when the body is a single one."""
    if b'"readings"' in body:
        readings = decode(_MANY, body).readings
        if isinstance(readings, list):
            if len(readings) > MAX_READINGS:
                raise TooLarge(
                    f"{len(readings)} readings in one request; send at most {MAX_READINGS}."
                )
            return readings, "/readings"
    return [decode(_ONE, body)], None


def _is_usable(reading: _Reading) -> bool:
    """Nothing to complain about: the usual case, on the hot path."""
    level, event_id = reading.level_db, reading.id
    return (
        (level is None) != (reading.state is None)
        and (level is None or LOWEST_DB <= level <= HIGHEST_DB)
        and reading.at.tzinfo is not None
        and 1 < reading.at.year < 9999
        and 0 < len(reading.sensor) <= LONGEST_NAME
        and "\x00" not in reading.sensor
        and (type(event_id) is not str or (0 < len(event_id) <= 255 and "\x00" not in event_id))
    )


def _parsed(reading: _Reading) -> ParsedReading:
    state, event_id = reading.state, reading.id
    return ParsedReading(
        sensor=reading.sensor,
        at=as_utc(reading.at),
        kind=ReadingKind.LEVEL if state is None else _KINDS[state],
        event_id=None if event_id is None else str(event_id),
        level_db=reading.level_db,
    )


def _refusal(readings: list[_Reading], base: str | None) -> Refused:
    """Names every faulty reading; a wrong shape is told before a wrong value."""
    shapeless: list[Fault] = []
    unusable_values: list[Fault] = []
    for index, reading in enumerate(readings):
        where = "" if base is None else f"{base}/{index}"
        if reading.level_db is None and reading.state is None:
            shapeless.append(Fault(where, 'needs "level_db" or "state"'))
        elif reading.level_db is not None and reading.state is not None:
            shapeless.append(Fault(where, 'has both "level_db" and "state": send two readings'))
        unusable_values += _faulty_values(reading, where)
    if not shapeless:
        return unusable(unusable_values)
    first = shapeless[0]
    return Malformed(f"{first.pointer or 'The body'}: {first.detail}.", shapeless)


def _faulty_values(reading: _Reading, where: str) -> list[Fault]:
    found = [
        time_fault(reading.at, f"{where}/at"),
        text_fault(reading.sensor, f"{where}/sensor", LONGEST_NAME),
    ]
    if reading.level_db is not None:
        found.append(level_fault(reading.level_db, f"{where}/level_db"))
    if isinstance(reading.id, str):
        found.append(text_fault(reading.id, f"{where}/id", LONGEST_NAME))
    return [fault for fault in found if fault is not None]
