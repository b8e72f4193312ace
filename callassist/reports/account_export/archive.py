"""The archive: one file for each kind of thing, and a further one when it grows too large."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from callassist.domain.spreadsheet import BOM, csv_line
from callassist.reports.account_export import nights, set_up, systems
from callassist.reports.account_export.source import Row, Source
from callassist.reports.zip_stream import ZipPipe, zip_entry

MOST_BYTES = 16 * 1024 * 1024  # of one file, give or take a row: spreadsheets open no more


@dataclass(frozen=True, kw_only=True)
class Part:
    """One kind of thing; with titles it is a table, without it is JSON."""

    name: str
    rows: Callable[[Source], Iterator[list[Row]]]
    titles: tuple[str, ...] = ()


_STAY = ("id", "home", "guest_name", "language", "check_in_at", "check_out_at", "source")
_INCIDENT = (
    *("id", "reference", "home", "stay", "opened_at", "opened_by", "call_requested_at"),
    *("first_contact", "contact_at", "noise_ended_at", "closed_at", "resolution"),
)
PARTS = (
    Part(name="account", rows=set_up.account),
    Part(name="homes", rows=set_up.homes),
    Part(name="rules", rows=set_up.rules),
    Part(name="rule_changes", rows=set_up.rule_changes),
    Part(
        name="sensors",
        rows=set_up.sensors,
        titles=(
            *("id", "name", "sensor", "home", "kind", "reports_every_seconds", "last_heard_at"),
            *("brand", "connection", "created_at"),
        ),
    ),
    Part(
        name="people",
        rows=set_up.people,
        titles=("id", "name", "email", "role", "language", "since"),
    ),
    Part(name="notifications", rows=set_up.channels),
    Part(
        name="figures_by_email",
        rows=set_up.digests,
        titles=("name", "address", "home", "language", "frequency", "stopped_at", "created_at"),
    ),
    Part(
        name="duty_rota",
        rows=set_up.duty,
        titles=("name", "starts_at", "ends_at", "position", "languages"),
    ),
    Part(name="changes", rows=set_up.team_changes),
    Part(
        name="systems",
        rows=systems.connections,
        titles=(
            *("id", "system", "name", "account_there", "read_completely_at", "created_at"),
            "paused_at",
        ),
    ),
    Part(
        name="listings",
        rows=systems.listings,
        titles=(
            *("id", "system", "name", "address", "country", "timezone", "check_in"),
            *("check_out", "home"),
        ),
    ),
    Part(name="bookings", rows=systems.bookings),
    Part(
        name="webhooks",
        rows=systems.webhooks,
        titles=("id", "name", "address", "events", "created_at", "switched_off_at"),
    ),
    Part(name="stays", rows=nights.stay_table, titles=(*_STAY, "numbers")),
    Part(name="stays", rows=nights.stays),
    Part(name="incidents", rows=nights.incident_table, titles=_INCIDENT),
    Part(name="incidents", rows=nights.incidents),
    Part(name="reports", rows=nights.reports),
)


def account_archive(source: Source, readme: str, at: datetime) -> Iterator[bytes]:
    """The archive's bytes, a piece at a time; never more than a page of rows is held at once."""
    pipe = ZipPipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zip_entry("README.txt", at), readme.encode())
        for part in PARTS:
            files = _Files(archive, part, at)
            try:
                for page in part.rows(source):
                    for row in page:
                        files.write(row)
                    yield from pipe.taken()
                files.finish()
            finally:
                files.close()  # also when nobody downloads any more
            yield from pipe.taken()
    yield from pipe.taken()


class _Files:
    """The files of one part: `stays.json`, `stays-2.json` ..."""

    def __init__(self, archive: zipfile.ZipFile, part: Part, at: datetime) -> None:
        self._archive, self._part, self._at = archive, part, at
        self._out: IO[bytes] | None = None
        self._count = self._size = 0

    def write(self, row: Row) -> None:
        """Add a row; a full file is ended and the next row begins another one."""
        is_first = self._out is None
        out = self._out or self._open()
        text = self._line(row, is_first=is_first)
        self._size += out.write(text.encode())
        if self._size >= MOST_BYTES:
            self._end(out)

    def finish(self) -> None:
        """End the file that is open; of nothing at all there is an empty file."""
        if self._out is not None:
            self._end(self._out)
        elif self._count == 0:
            self._end(self._open())

    def close(self) -> None:
        """Let go of a file that was cut off."""
        if self._out is not None:
            self._out.close()

    def _open(self) -> IO[bytes]:
        self._count += 1
        number = f"-{self._count}" if self._count > 1 else ""
        ending = "csv" if self._part.titles else "json"
        entry = zip_entry(f"{self._part.name}{number}.{ending}", self._at)
        self._out = self._archive.open(entry, "w")
        head = BOM + csv_line(self._part.titles) if self._part.titles else "[\n"
        self._size = self._out.write(head.encode())
        return self._out

    def _end(self, out: IO[bytes]) -> None:
        if not self._part.titles:
            out.write(b"\n]\n")
        out.close()
        self._out = None

    def _line(self, row: Row, *, is_first: bool) -> str:
        if self._part.titles:
            return csv_line(row[title] for title in self._part.titles)
        text = json.dumps(row, ensure_ascii=False, indent=2)
        return text if is_first else f",\n{text}"
