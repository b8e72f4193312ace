"""Home Assistant: state objects as its templates and its API give them, or our own small JSON.

A state is always a text; "unavailable" and "unknown" are none (home-assistant.io, state object).
Ours, made by the package that the connection's page shows: {"sensor", "state", "unit", "at",
"reported_at"?}. There is no signature: a bearer token, or the address alone.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from callassist.domain.noise import ReadingKind, SourceKind
from callassist.ports.sensors import (
    AT_ARRIVAL,
    MAX_READINGS,
    BadSignature,
    Fault,
    Headers,
    Malformed,
    Parsed,
    ParsedReading,
    SourceTiming,
    TooLarge,
    UnknownEvent,
)
from callassist.sensors.fields import LONGEST_NAME, NO_READING, check_unit, instant, number
from callassist.sensors.json_body import check_content_type, decode, level_fault, text_fault
from callassist.sensors.json_body import unusable as bad_values
from callassist.sensors.options import check_known, minutes

STANDS_FOR = timedelta(minutes=15)  # how old a state may be that is posted again and again
_SWITCHES = {"on": ReadingKind.NOISE_STARTED, "off": ReadingKind.NOISE_ENDED}


class _Attributes(msgspec.Struct, gc=False):
    unit_of_measurement: str | None = None


class _State(msgspec.Struct, gc=False):
    state: str | float | None
    sensor: str | None = None
    entity_id: str | None = None
    unit: str | None = None
    attributes: _Attributes | None = None
    at: str | None = None
    reported_at: str | None = None
    last_reported: str | None = None
    last_updated: str | None = None
    last_changed: str | None = None


_STATES: msgspec.json.Decoder[_State | list[_State]] = msgspec.json.Decoder(_State | list[_State])


class HomeAssistantAdapter:
    """What an automation of Home Assistant posts."""

    kind = SourceKind.LEVEL
    reports_every = timedelta(minutes=1)

    def check_options(self, options: Mapping[str, object]) -> None:
        check_known(options, {"max_age_minutes", "stands_for_minutes"})
        self.timing(options)
        minutes(options, "stands_for_minutes", STANDS_FOR)

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
        stands_for = minutes(options, "stands_for_minutes", STANDS_FOR)
        states = decode(_STATES, body)
        if not isinstance(states, list):
            return [_parsed(states, "", stands_for)]
        if len(states) > MAX_READINGS:
            raise TooLarge(f"{len(states)} states in one request; send at most {MAX_READINGS}.")
        return [_parsed(one, f"/{index}", stands_for) for index, one in enumerate(states)]

    def example(self, sensor: str, at: datetime, options: Mapping[str, object]) -> bytes:
        said = {"sensor": sensor, "state": "48.5", "unit": "dB", "at": at.isoformat()}
        return json.dumps(said).encode()

    def sign(
        self, body: bytes, secret: str, options: Mapping[str, object], now_real: datetime
    ) -> dict[str, str]:
        return {"Authorization": f"Bearer {secret}"}


def verify_bearer(headers: Headers, secrets: Sequence[str]) -> None:
    """Check `Authorization: Bearer <token>` against any of `secrets`; raises BadSignature."""
    scheme, _, given = (headers.get("authorization") or "").partition(" ")
    if scheme.lower() != "bearer" or not given.strip():
        raise BadSignature(
            "This connection has a signing secret: send it as the header "
            "Authorization: Bearer <secret>."
        )
    offered = given.strip().encode()
    if not any(hmac.compare_digest(one.encode(), offered) for one in secrets):
        raise BadSignature("The bearer token is not this connection's: copy its secret again.")


def _parsed(said: _State, where: str, stands_for: timedelta) -> Parsed:
    name = said.sensor or said.entity_id
    if name is None:
        place = f"{where}/entity_id"
        raise Malformed(f"{place} is missing.", [Fault(place, "is missing")])
    fault = text_fault(name, f"{where}/entity_id", LONGEST_NAME)
    if fault is not None:
        raise bad_values([fault])
    word = "" if said.state is None else str(said.state).strip().lower()
    if word in NO_READING:
        return UnknownEvent(f"no reading: {word or 'empty'}")
    at = _taken_at(said, where)
    if said.reported_at is not None and at is not AT_ARRIVAL:
        age = at - instant(said.reported_at, f"{where}/reported_at")
        if age > stands_for:
            return UnknownEvent(f"no reading: the state is {age // timedelta(minutes=1)} min old")
    if word in _SWITCHES:
        return ParsedReading(sensor=name, at=at, kind=_SWITCHES[word])
    level = _decibels(said, where)
    return ParsedReading(sensor=name, at=at, kind=ReadingKind.LEVEL, level_db=level)


def _decibels(said: _State, where: str) -> float:
    if said.attributes is not None and said.unit is None:
        check_unit(said.attributes.unit_of_measurement, f"{where}/attributes/unit_of_measurement")
    else:
        check_unit(said.unit, f"{where}/unit")
    level = number(said.state, f"{where}/state")
    fault = level_fault(level, f"{where}/state")
    if fault is not None:
        raise bad_values([fault])
    return level


def _taken_at(said: _State, where: str) -> datetime:
    """Of a state object the newest of its times: the same level said again is heard again."""
    if said.at is not None:
        return instant(said.at, f"{where}/at")
    times = {
        "last_reported": said.last_reported,
        "last_updated": said.last_updated,
        "last_changed": said.last_changed,
    }
    found = [instant(value, f"{where}/{name}") for name, value in times.items() if value]
    return max(found, default=AT_ARRIVAL)
