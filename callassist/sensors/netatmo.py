"""Netatmo weather stations and home coaches: whole decibels, measured every five minutes and told
every ten. Asked by us (sensors.netatmo_polling): its webhooks carry nothing about noise.

The answers of `getstationsdata` and `gethomecoachsdata` go through `parse` like a posted body. A
station that the cloud does not reach (`reachable` false) keeps its old level, which is no news.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from callassist.domain.noise import ReadingKind, SourceKind
from callassist.ports.sensors import (
    MAX_READINGS,
    Fault,
    Headers,
    Parsed,
    ParsedReading,
    SourceTiming,
    TooLarge,
    UnknownEvent,
)
from callassist.sensors.json_body import (
    check_content_type,
    decode,
    level_fault,
    text_fault,
    unusable,
)
from callassist.sensors.options import check_known, minutes
from callassist.sensors.signatures import verify_hex

HEADER = "X-Netatmo-Secret"
EVERY = timedelta(minutes=10)
SAMPLE = timedelta(minutes=5)
_FIRST, _LAST = 946_684_800, 32_503_680_000  # 2000 to 3000, as seconds: beyond is no time


class _Dashboard(msgspec.Struct):
    time_utc: int | None = None
    Noise: float | None = None


class _Device(msgspec.Struct):
    id: str = msgspec.field(name="_id")
    dashboard_data: _Dashboard | None = None
    reachable: bool = True


class _Body(msgspec.Struct):
    devices: list[_Device]


class _Answer(msgspec.Struct):
    body: _Body


class _Stretch(msgspec.Struct):
    beg_time: int
    value: list[list[float | None]]
    step_time: int = int(SAMPLE.total_seconds())


class _Measures(msgspec.Struct):
    body: list[_Stretch]


_ANSWER = msgspec.json.Decoder(_Answer)
_MEASURES = msgspec.json.Decoder(_Measures)


class NetatmoAdapter:
    """What Netatmo's stations measured."""

    kind = SourceKind.LEVEL
    reports_every = EVERY

    def check_options(self, options: Mapping[str, object]) -> None:
        check_known(options, {"max_age_minutes"})
        self.timing(options)

    def timing(self, options: Mapping[str, object]) -> SourceTiming:
        # measured, told ten minutes later, asked for by then or a moment after
        return SourceTiming(max_age=minutes(options, "max_age_minutes", timedelta(minutes=15)))

    def verify(
        self,
        headers: Headers,
        body: bytes,
        secrets: Sequence[str],
        options: Mapping[str, object],
        now_real: datetime,
    ) -> None:
        if secrets:
            verify_hex(HEADER, headers.get(HEADER), body, secrets)

    def parse(
        self, body: bytes, content_type: str, headers: Headers, options: Mapping[str, object]
    ) -> list[Parsed]:
        check_content_type(content_type)
        devices = decode(_ANSWER, body).body.devices
        if len(devices) > MAX_READINGS:
            raise TooLarge(f"{len(devices)} stations at once; at most {MAX_READINGS} are read.")
        return [_reading(one, index) for index, one in enumerate(devices)]


def parse_measures(body: bytes, sensor: str) -> list[ParsedReading]:
    """The answer of `getmeasure` in its optimised form, `type` Noise, for one station."""
    found = []
    for index, stretch in enumerate(decode(_MEASURES, body).body):
        for step, values in enumerate(stretch.value[:MAX_READINGS]):
            seconds = stretch.beg_time + step * stretch.step_time
            level = values[0] if values else None
            if level is None:
                continue
            where = f"/body/{index}/value/{step}"
            fault = level_fault(level, where) or _time_fault(seconds, where)
            if fault is not None:
                raise unusable([fault])
            found.append(_level(sensor, seconds, level))
    return found


def _reading(device: _Device, index: int) -> Parsed:
    faults = list(_faults(device, index))
    if faults:
        # one broken station must not hide the others; its silence will be told
        return UnknownEvent(f"{faults[0].pointer}: {faults[0].detail}")
    said = device.dashboard_data
    if not device.reachable:
        # its old level is no news; that it says nothing is told by the silence itself
        return UnknownEvent("Netatmo does not reach this station")
    if said is None or said.Noise is None or said.time_utc is None:
        return UnknownEvent("this station measures no noise, or nothing yet")
    return _level(device.id, said.time_utc, said.Noise)


def _level(sensor: str, seconds: int, level: float) -> ParsedReading:
    at = datetime.fromtimestamp(seconds, UTC)
    return ParsedReading(sensor=sensor, at=at, kind=ReadingKind.LEVEL, level_db=level)


def _faults(device: _Device, index: int) -> Iterator[Fault]:
    where, said = f"/body/devices/{index}", device.dashboard_data
    found = [text_fault(device.id, f"{where}/_id", 255)]
    if said is not None and said.Noise is not None:
        found.append(level_fault(said.Noise, f"{where}/dashboard_data/Noise"))
    if said is not None and said.time_utc is not None:
        found.append(_time_fault(said.time_utc, f"{where}/dashboard_data/time_utc"))
    return (fault for fault in found if fault is not None)


def _time_fault(seconds: int, pointer: str) -> Fault | None:
    if _FIRST <= seconds <= _LAST:
        return None
    return Fault(pointer, "is no time in seconds since 1970")
