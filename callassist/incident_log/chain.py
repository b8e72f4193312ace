"""One entry's hash over its canonical form and the hash before it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from callassist.errors import InvalidInput

FIRST_PREVIOUS = ""


def entry_hash(
    *,
    incident_id: int,
    seq: int,
    at_micros: int,
    action: str,
    data: Mapping[str, Any],
    previous_hash: str,
) -> str:
    """SHA-256 (64 hex digits) over JSON with sorted keys and no blanks."""
    parts = [incident_id, seq, at_micros, action, plain(data), previous_hash]
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return sha256(text.encode()).hexdigest()


def plain(data: Mapping[str, Any]) -> dict[str, Any]:
    """`data` as every database gives it back; instants become text like 2026-06-13T20:00:00Z.

    InvalidInput names the key of what JSON cannot hold.
    """
    return {_key(key): _plain(value, key) for key, value in data.items()}


def _plain(value: Any, path: str) -> Any:
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, str):
        return _text(value, path)
    if isinstance(value, float):
        return _number(value, path)
    if isinstance(value, datetime):
        return _instant(value, path)
    if isinstance(value, Mapping):
        return {_key(key): _plain(item, f"{path}.{key}") for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item, f"{path}.{place}") for place, item in enumerate(value)]
    raise InvalidInput(f"{type(value).__name__} cannot be logged", path)


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise InvalidInput(f"{key!r}: keys of logged data are text")
    return str(key)


def _text(value: str, path: str) -> str:
    if "\0" in value:
        raise InvalidInput("a NUL character cannot be logged", path)
    return str(value)


def _number(value: float, path: str) -> float | int:
    if not math.isfinite(value):
        raise InvalidInput("is not a number", path)
    # PostgreSQL's JSONB keeps 1e3 as 1000 and knows no minus zero: an integral float is an int.
    return int(value) if value.is_integer() else value


def _instant(value: datetime, path: str) -> str:
    if value.tzinfo is None:
        raise InvalidInput("naive datetime: every instant is aware UTC", path)
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
