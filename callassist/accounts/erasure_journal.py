"""A file beside the database that remembers erasures when an older backup is restored.

Each line holds a random id and an instant, nothing else.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from callassist.accounts.guest_data import ErasureNote
from callassist.errors import PermanentError

NAME = "erasures.jsonl"
_STAY = "stay"


class Departed(StrEnum):
    """Who besides guests was erased."""

    ACCOUNT = "account"
    PERSON = "person"


@dataclass(frozen=True, kw_only=True)
class Departure:
    """An account that was deleted, or a person who left for good."""

    kind: Departed
    public_id: str
    erased_at: datetime


@dataclass(frozen=True)
class ErasureJournal:
    """The file of one installation; what was noted is on the disk when a method returns."""

    path: Path

    def guests(self, notes: Iterable[ErasureNote]) -> None:
        """Append guests; one who stands there already does no harm."""
        note_erasures(self.path, notes)

    def departed(self, kind: Departed, public_id: str, erased_at: datetime) -> None:
        """Append an account or a person."""
        _append(self.path, [{str(kind): public_id, "erased_at": erased_at.isoformat()}])


def note_erasure(path: Path, note: ErasureNote) -> None:
    """Append one guest, on the disk when this returns."""
    note_erasures(path, [note])


def note_erasures(path: Path, notes: Iterable[ErasureNote]) -> None:
    """Append several."""
    _append(
        path,
        [{_STAY: note.stay_public_id, "erased_at": note.erased_at.isoformat()} for note in notes],
    )


def noted_erasures(path: Path) -> list[ErasureNote]:
    """Every guest noted so far; none when the file is not there."""
    return [
        ErasureNote(public_id, erased_at)
        for kind, public_id, erased_at in _lines(path)
        if kind == _STAY
    ]


def noted_departures(path: Path) -> list[Departure]:
    """Every account and person noted so far."""
    return [
        Departure(kind=Departed(kind), public_id=public_id, erased_at=erased_at)
        for kind, public_id, erased_at in _lines(path)
        if kind != _STAY
    ]


def _append(path: Path, lines: Iterable[Mapping[str, str]]) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)
        file.flush()
        os.fsync(file.fileno())


def _lines(path: Path) -> Iterable[tuple[str, str, datetime]]:
    if not path.exists():
        return
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            note = json.loads(line)
            erased_at = datetime.fromisoformat(note.pop("erased_at"))
            ((kind, public_id),) = note.items()
            if kind not in (_STAY, *Departed) or not isinstance(public_id, str):
                raise ValueError(kind)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise PermanentError(f"{path}, line {number}: not an erasure; repair it") from None
        yield kind, public_id, erased_at
