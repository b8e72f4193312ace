"""ZIP archives that are sent while they are made."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import datetime


def zip_entry(name: str, at: datetime) -> zipfile.ZipInfo:
    """A packed file of an archive."""
    entry = zipfile.ZipInfo(name, at.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


class ZipPipe:
    """What a ZIP is written to; it cannot be sought, so nothing before is ever needed again."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        """Keep until it is taken."""
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Nothing to let go of."""

    def taken(self) -> Iterator[bytes]:
        """What was written since the last time."""
        parts, self._parts = self._parts, []
        if parts:
            yield b"".join(parts)
