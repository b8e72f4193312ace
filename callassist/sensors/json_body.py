"""Reading JSON bodies: typed decoding, and errors that point at the place."""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime
from typing import TypeVar

import msgspec

from callassist.ports.sensors import (
    HIGHEST_DB,
    LOWEST_DB,
    BadValues,
    Fault,
    Malformed,
    WrongMediaType,
)

Shape = TypeVar("Shape")

_PATH = re.compile(r" - at `\$(?P<path>.*)`$")
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]")


def check_content_type(content_type: str) -> None:
    """Only JSON in UTF-8; raises WrongMediaType."""
    if content_type == "application/json":
        return
    essence, _, parameters = content_type.partition(";")
    essence = essence.strip().lower()
    charset = parameters.lower().replace('"', "").replace(" ", "")
    if essence != "application/json" and not (
        essence.startswith("application/") and essence.endswith("+json")
    ):
        named = f"not {essence}" if essence else "and say so in Content-Type"
        raise WrongMediaType(f"Send application/json, {named}.")
    if charset.startswith("charset=") and charset not in ("charset=utf-8", "charset=utf8"):
        raise WrongMediaType("Send JSON in UTF-8.")


def decode(decoder: msgspec.json.Decoder[Shape], body: bytes) -> Shape:
    """`body` as the decoder's type; raises Malformed with a pointer, BadValues for NaN and Co."""
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        _check_encoding(body)  # of fields that we do not know it was not looked at
        raise _validation_fault(body, error) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        not_numbers = numbers_that_are_none(body)
        if not_numbers:
            raise unusable(not_numbers) from None
        raise Malformed(_not_json(error), [Fault("", _not_json(error))]) from None


def _check_encoding(body: bytes) -> None:
    try:
        body.decode()
    except UnicodeDecodeError as error:
        raise Malformed(_not_json(error), [Fault("", _not_json(error))]) from None


def unusable(faults: list[Fault]) -> BadValues:
    """The refusal that names every faulty value."""
    first = faults[0]
    more = f" and {len(faults) - 1} more" if len(faults) > 1 else ""
    return BadValues(f"{first.pointer}: {first.detail}{more}; nothing was kept.", faults)


def missing(pointer: str) -> Malformed:
    """The refusal of a body that lacks something at `pointer`."""
    return Malformed(f"{pointer} is missing.", [Fault(pointer, "is missing")])


def level_fault(level: float, pointer: str) -> Fault | None:
    """What is wrong with a level in dB, None when it can be one."""
    if LOWEST_DB <= level <= HIGHEST_DB:
        return None
    if math.isnan(level):
        return Fault(pointer, "is not a number")
    return Fault(pointer, f"{level:g} dB is outside {LOWEST_DB:g} to {HIGHEST_DB:g}")


def time_fault(at: datetime, pointer: str) -> Fault | None:
    """What is wrong with an instant: no zone, or so far off that UTC cannot hold it."""
    if at.tzinfo is None:
        return Fault(pointer, "has no zone: end it with Z or an offset such as +02:00")
    if not 1 < at.year < 9999:
        return Fault(pointer, f"year {at.year} is no time of a reading")
    return None


def as_utc(at: datetime) -> datetime:
    """The same instant in UTC."""
    return at if at.tzinfo is UTC else at.astimezone(UTC)


def text_fault(text: str, pointer: str, longest: int) -> Fault | None:
    """What is wrong with an id: empty, too long, or with a zero byte (PostgreSQL refuses it)."""
    if not text or len(text) > longest:
        return Fault(pointer, f"must have 1 to {longest} characters")
    if "\x00" in text:
        return Fault(pointer, "must not contain the character U+0000")
    return None


def numbers_that_are_none(body: bytes) -> list[Fault]:
    """Pointers of NaN, Infinity and numbers beyond a double: not JSON, but senders write them."""
    faults: list[Fault] = []
    try:
        _collect(json.loads(body), "", faults)
    except (ValueError, RecursionError):
        return []
    return faults


def _collect(value: object, pointer: str, faults: list[Fault]) -> None:
    if isinstance(value, dict):
        for name, inner in value.items():
            _collect(inner, f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}", faults)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            _collect(inner, f"{pointer}/{index}", faults)
    elif isinstance(value, float) and not math.isfinite(value):
        faults.append(Fault(pointer, "is not a number that a sensor can measure"))


def _validation_fault(body: bytes, error: msgspec.ValidationError) -> Malformed | BadValues:
    text = str(error)
    if text.startswith("Number out of range"):
        faults = numbers_that_are_none(body)
        where = _pointer(text)
        return unusable(faults or [Fault(where, "is a number beyond what a sensor can measure")])
    pointer, sentence = _pointer(text), _PATH.sub("", text)
    sentence = _named_field(sentence) or sentence
    return Malformed(f"{pointer or 'The body'}: {sentence}", [Fault(pointer, sentence)])


def _named_field(sentence: str) -> str | None:
    missing = re.match(r"Object missing required field `(.+)`", sentence)
    return f'"{missing[1]}" is missing' if missing else None


def _pointer(text: str) -> str:
    path = _PATH.search(text)
    if path is None:
        return ""
    return "".join(f"/{name or index}" for name, index in _STEP.findall(path["path"]))


def _not_json(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"The body is not UTF-8 (byte {error.start})."
    if isinstance(error, RecursionError):
        return "The body is nested too deeply."
    if "truncated" in str(error):
        return "The body is not complete JSON: it ends too early."
    return f"The body is not JSON: {str(error).removeprefix('JSON is malformed: ')}."
