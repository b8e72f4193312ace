"""Read a recorded series of levels from a CSV file."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from callassist.domain.policy import HIGHEST_DB, LOWEST_DB
from callassist.errors import InvalidInput

_LOCAL = ("datetime_local", "laeq_db")
_AWARE = ("at", "level_db")


@dataclass(frozen=True, slots=True)
class Level:
    """One reading."""

    at: datetime
    db: float


def read_series(path: Path, tz: ZoneInfo) -> list[Level]:
    """The readings of a file in the order of time.

    Columns `datetime_local,laeq_db` (local times of `tz`) or `at,level_db` (with an offset or Z);
    others are ignored. Raises InvalidInput naming the line and the column.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return sorted(_levels(file, tz), key=lambda level: level.at)
    except OSError as failed:
        reason = failed.strerror or "it cannot be read"
        raise InvalidInput(f"{path}: {reason}; check the path") from failed
    except UnicodeDecodeError as failed:
        raise InvalidInput(f"{path} is not UTF-8 text; export it as CSV in UTF-8") from failed
    except csv.Error as failed:
        raise InvalidInput(f"{path} is not a CSV file: {failed}") from failed


def _levels(file: Iterator[str], tz: ZoneInfo) -> Iterator[Level]:
    rows = csv.reader(file)
    header = [name.strip() for name in next(rows, [])]
    names = next((pair for pair in (_LOCAL, _AWARE) if set(pair) <= set(header)), None)
    if names is None:
        raise InvalidInput(
            f"line 1: the columns are {', '.join(header) or 'missing'}; "
            f"name them {','.join(_LOCAL)} or {','.join(_AWARE)}"
        )
    when, level = (header.index(name) for name in names)
    before: datetime | None = None
    for row in rows:
        if not row:
            continue
        if len(row) <= max(when, level):
            missing = names[0] if len(row) <= when else names[1]
            raise InvalidInput(f"line {rows.line_num}, column {missing}: there is no value")
        try:
            before = _local(row[when], tz, before) if names is _LOCAL else _aware(row[when])
        except ValueError as bad:
            raise InvalidInput(f"line {rows.line_num}, column {names[0]}: {bad}") from bad
        try:
            db = _db(row[level])
        except ValueError as bad:
            raise InvalidInput(f"line {rows.line_num}, column {names[1]}: {bad}") from bad
        yield Level(before, db)


def _local(text: str, tz: ZoneInfo, before: datetime | None) -> datetime:
    wall = _time(text)
    if wall.tzinfo is not None:
        raise ValueError(f"{text!r} has an offset; name the column at, or leave the offset out")
    instant = wall.replace(tzinfo=tz).astimezone(UTC)
    if before is not None and instant <= before:
        # The clocks go back: of the hour that comes twice this is the second.
        return max(instant, wall.replace(tzinfo=tz, fold=1).astimezone(UTC))
    return instant


def _aware(text: str) -> datetime:
    at = _time(text)
    if at.tzinfo is None:
        raise ValueError(f"{text!r} has no offset; add Z, or name the column datetime_local")
    return at.astimezone(UTC)


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{text!r} is not a time; write it as 2025-03-31 05:34:30") from None


def _db(text: str) -> float:
    try:
        db = float(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a number of dB") from None
    if not (math.isfinite(db) and LOWEST_DB <= db <= HIGHEST_DB):
        raise ValueError(f"{text.strip()} is not a level from {LOWEST_DB:g} to {HIGHEST_DB:g} dB")
    return db
