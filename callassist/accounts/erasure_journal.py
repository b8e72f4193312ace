"""A file beside the database that remembers erasures when an older backup is restored."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from callassist.accounts.guest_data import ErasureNote
from callassist.errors import PermanentError

NAME = "erasures.jsonl"


def note_erasure(path: Path, note: ErasureNote) -> None:
    """Append one erasure, on the disk when this returns; it holds a random id and an instant."""
    note_erasures(path, [note])


def note_erasures(path: Path, notes: Iterable[ErasureNote]) -> None:
    """Append several; one that stands there already does no harm."""
    lines = (
        json.dumps({"stay": note.stay_public_id, "erased_at": note.erased_at.isoformat()}) + "\n"
        for note in notes
    )
    with path.open("a", encoding="utf-8") as file:
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())


def noted_erasures(path: Path) -> list[ErasureNote]:
    """Everything noted so far; none when the file is not there."""
    if not path.exists():
        return []
    return list(_parse(path.read_text(encoding="utf-8").splitlines(), path))


def _parse(lines: Iterable[str], path: Path) -> Iterable[ErasureNote]:
    for number, line in enumerate(lines, start=1):
        try:
            note = json.loads(line)
            yield ErasureNote(note["stay"], datetime.fromisoformat(note["erased_at"]))
        except (ValueError, KeyError, TypeError):
            raise PermanentError(f"{path}, line {number}: not an erasure; repair it") from None
