"""Which fields of a body say what: chosen by the host, or a brand's own defaults."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from callassist.domain.noise import ReadingKind
from callassist.errors import InvalidInput
from callassist.ports.sensors import (
    AT_ARRIVAL,
    MAX_READINGS,
    Fault,
    Malformed,
    Parsed,
    ParsedReading,
    TooLarge,
    UnknownEvent,
)
from callassist.sensors.field_paths import MISSING, Path, find, parse_path, pointer, put
from callassist.sensors.json_body import as_utc, level_fault, text_fault, time_fault, unusable
from callassist.sensors.options import scale

LONGEST_NAME = 255
MOST_WORDS = 20
NO_READING = frozenset({"", "unavailable", "unknown", "none", "null", "nan"})
PATHS = ("each", "sensor", "at", "level", "unit", "state")
_NAMES = {*PATHS, "sensor_is", "scale", "loud", "quiet"}
_LEVEL = re.compile(r"([-+]?\d{1,6}(?:[.,]\d{1,9})?)\s*(.*)")
_DECIBELS = re.compile(r"db(?:[\s_(-]?(?:a|c|z|spl)\)?)*", re.IGNORECASE)
_MILLISECONDS_FROM = 10**11  # as seconds that would be the year 5138


@dataclass(frozen=True, kw_only=True)
class Fields:
    """Paths into a body; without `each` it is one reading, without `at` its arrival counts."""

    each: Path | None = None
    sensor: Path | None = None
    sensor_is: str = ""
    at: Path | None = None
    level: Path | None = None
    scale: float = 1.0
    unit: Path | None = None
    state: Path | None = None
    loud: frozenset[str] = frozenset()
    quiet: frozenset[str] = frozenset()

    def read(self, body: object, sensor: str = "") -> list[Parsed]:
        """The readings of a decoded body; `sensor` where something else names it.

        Raises Malformed and BadValues that name the path.
        """
        if self.each is None:
            return [self._one(body, sensor, "")]
        items = find(body, self.each)
        where = pointer(self.each)
        if not isinstance(items, list):
            raise _missing(where, "is not a list")
        if len(items) > MAX_READINGS:
            raise TooLarge(f"{len(items)} readings in one request; send at most {MAX_READINGS}.")
        return [self._one(item, sensor, f"{where}[{at}].") for at, item in enumerate(items)]

    def example(self, sensor: str, at: datetime) -> object:
        """A body that says a calm level, or the first word for quiet (else for noise)."""
        item: object = {}
        if self.sensor is not None:
            item = put(item, self.sensor, sensor)
        if self.at is not None:
            item = put(item, self.at, at.isoformat())
        if self.unit is not None:
            item = put(item, self.unit, "dB")
        if self.level is not None:
            item = put(item, self.level, round(48.5 / self.scale, 6))
        elif self.state is not None:
            item = put(item, self.state, min(self.quiet or self.loud))
        return item if self.each is None else put({}, self.each, [item])

    def _one(self, item: object, sensor: str, where: str) -> Parsed:
        path = self.level or self.state
        assert path is not None, "checked with the options"
        value = self._needed(item, path, where)
        if isinstance(value, str | None) and str(value or "").strip().lower() in NO_READING:
            return UnknownEvent(f"no reading: {value or 'empty'}")
        name = sensor or self._sensor(item, where)
        at = AT_ARRIVAL if self.at is None else self._instant(item, self.at, where)
        if self.level is None:
            return self._said(value, name, at, f"{where}{pointer(path)}")
        level = self._decibels(value, item, where)
        return ParsedReading(sensor=name, at=at, kind=ReadingKind.LEVEL, level_db=level)

    def _sensor(self, item: object, where: str) -> str:
        if self.sensor is None:
            return self.sensor_is or "sensor"
        value = self._needed(item, self.sensor, where)
        if not isinstance(value, str | int) or isinstance(value, bool):
            raise _missing(f"{where}{pointer(self.sensor)}", "names no sensor")
        fault = text_fault(str(value), f"{where}{pointer(self.sensor)}", LONGEST_NAME)
        if fault is not None:
            raise unusable([fault])
        return str(value)

    def _instant(self, item: object, path: Path, where: str) -> datetime:
        return instant(self._needed(item, path, where), f"{where}{pointer(path)}")

    def _decibels(self, value: object, item: object, where: str) -> float:
        assert self.level is not None
        place = f"{where}{pointer(self.level)}"
        if self.unit is not None:
            check_unit(find(item, self.unit), f"{where}{pointer(self.unit)}")
        level = number(value, place) * self.scale
        fault = level_fault(level, place)
        if fault is not None:
            raise unusable([fault])
        return round(level, 3)

    def _said(self, value: object, sensor: str, at: datetime, place: str) -> Parsed:
        word = str(value).strip().lower()
        if word in self.loud:
            return ParsedReading(sensor=sensor, at=at, kind=ReadingKind.NOISE_STARTED)
        if word in self.quiet:
            return ParsedReading(sensor=sensor, at=at, kind=ReadingKind.NOISE_ENDED)
        raise _missing(place, f"says “{word[:40]}”: neither a word for noise nor one for quiet")

    def _needed(self, item: object, path: Path, where: str) -> object:
        value = find(item, path)
        if value is MISSING:
            raise _missing(f"{where}{pointer(path)}", "is missing")
        return value


def read_fields(options: Mapping[str, object]) -> Fields:
    """The choice of fields in a connection's options; raises InvalidInput naming the option."""
    for name in options:
        if name not in _NAMES:
            raise InvalidInput("unknown field", name)
    texts = {name: _text(options, name) for name in (*PATHS, "sensor_is")}
    paths = {name: parse_path(texts[name], name) for name in PATHS if texts[name]}
    if "level" not in paths and "state" not in paths:
        raise InvalidInput("choose the field with the level", "level")
    if "level" in paths and "state" in paths:
        raise InvalidInput("choose a level or words for noise, not both", "state")
    loud, quiet = _words(options, "loud"), _words(options, "quiet")
    if "state" in paths and not loud:
        raise InvalidInput("give the words that say noise", "loud")
    if loud & quiet:
        raise InvalidInput("a word cannot say both noise and quiet", "quiet")
    fault = text_fault(texts["sensor_is"] or "x", "sensor_is", LONGEST_NAME)
    if fault is not None:
        raise InvalidInput("give a name of 1 to 255 characters", "sensor_is")
    return Fields(
        **paths,
        sensor_is=texts["sensor_is"],
        scale=scale(options, "scale", 1.0),
        loud=loud,
        quiet=quiet,
    )


def number(value: object, place: str) -> float:
    """A level as a number, also one that was sent as text."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) if abs(value) < 10**9 else math.inf
    found = _LEVEL.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise unusable([Fault(place, "is no number")])
    if found[2]:
        check_unit(found[2], place)
    return float(found[1].replace(",", "."))


def check_unit(unit: object, place: str) -> None:
    """Raise unless it is decibels of sound: 70 % of humidity must not pass as 70 dB."""
    if unit is MISSING or unit in (None, ""):
        raise unusable([Fault(place, "is missing: the unit must be dB")])
    if not isinstance(unit, str) or not _DECIBELS.fullmatch(unit.strip()):
        raise unusable([Fault(place, f"is “{str(unit)[:20]}”, not dB")])


def instant(value: object, place: str) -> datetime:
    """A time as ISO 8601 with a zone, or as seconds or milliseconds since 1970."""
    if isinstance(value, str) and re.fullmatch(r"\d{9,13}", value):
        value = int(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        seconds = value / 1000 if abs(value) >= _MILLISECONDS_FROM else value
        if not 0 < seconds < _MILLISECONDS_FROM:
            raise unusable([Fault(place, "is no time of a reading")])
        return datetime.fromtimestamp(seconds, UTC)
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        at = None
    if at is None:
        raise unusable([Fault(place, "is no time: send it like 2026-06-13T20:00:00Z")])
    fault = time_fault(at, place)
    if fault is not None:
        raise unusable([fault])
    return as_utc(at)


def _missing(place: str, says: str) -> Malformed:
    return Malformed(f"{place} {says}.", [Fault(place, says)])


def _text(options: Mapping[str, object], name: str) -> str:
    value = options.get(name)
    if value is not None and not isinstance(value, str):
        raise InvalidInput("give a text", name)
    return (value or "").strip()


def _words(options: Mapping[str, object], name: str) -> frozenset[str]:
    value = options.get(name) or []
    if not isinstance(value, list) or len(value) > MOST_WORDS:
        raise InvalidInput(f"give a list of at most {MOST_WORDS} words", name)
    if not all(isinstance(word, str) and len(word) <= 100 for word in value):
        raise InvalidInput("give a list of words", name)
    return frozenset(word.strip().lower() for word in value if word.strip())
