"""Stays from a file: kept sealed, looked at row by row, stored only when a person says so."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.domain.csv_table import Table, read_table
from callassist.domain.viewer import Viewer
from callassist.errors import InvalidInput, NotFound
from callassist.models import ImportRun, Property, StayFile
from callassist.stays.csv_columns import Field, guessed
from callassist.stays.csv_dates import Order, guessed_order
from callassist.stays.csv_judging import Judged, Verdict, judged
from callassist.stays.csv_rows import SOURCE, Columns, Homes, ReadRow, read_row
from callassist.stays.service import put_imported
from callassist.storage.parts import write_in_parts
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault

_AT_ONCE = 50  # rows of one transaction: readings are written in between


@dataclass(frozen=True, kw_only=True)
class Preview:
    """A file as it would be stored."""

    file: StayFile
    table: Table
    columns: Columns
    rows: tuple[Judged, ...]

    @property
    def counts(self) -> Counter[Verdict]:
        """How many rows of each verdict."""
        return Counter(one.verdict for one in self.rows)

    @property
    def storable(self) -> int:
        """How many rows would change something."""
        changing = (Verdict.NEW, Verdict.CHANGED, Verdict.CANCELLED)
        return sum(self.counts[one] for one in changing)


def keep_file(
    session: Session,
    vault: Vault,
    viewer: Viewer,
    account_id: int,
    name: str,
    content: bytes,
    *,
    now: datetime,
    home: Property | None = None,
) -> StayFile:
    """Read a file and keep it for the preview; InvalidInput when it is no table of stays."""
    if account_id not in viewer.account_ids:
        raise NotFound("no such account")
    viewer.require_write(account_id)
    table = read_table(content)
    places = guessed(table.titles)
    columns = Columns(places=places, home=home.public_id if home else None)
    american = home is not None and home.country == "US"
    columns = replace(columns, order=guessed_order(_dates(table, columns), american=american))
    kept = StayFile(
        account_id=account_id,
        name=name.replace("\x00", "")[-200:],
        content=vault.seal(base64.b85encode(content).decode()),
        columns=_as_json(columns),
        created_at=now,
    )
    session.add(kept)
    session.flush()
    return kept


def choose_columns(
    session: Session, viewer: Viewer, file_id: str, columns: Columns, titles: int
) -> StayFile:
    """Say which column is what; InvalidInput for one that is not there or chosen twice."""
    kept = find_file(session, viewer, file_id)
    places = list(columns.places.values())
    if any(not 0 <= place < titles for place in places):
        raise InvalidInput("this file has no such column", "columns")
    for field, place in columns.places.items():
        if places.count(place) > 1:
            raise InvalidInput("this column is chosen twice", str(field))
    kept.columns = _as_json(columns)
    session.flush()
    return kept


def find_file(session: Session, viewer: Viewer, file_id: str) -> StayFile:
    """A file that waits in one of the viewer's accounts, for somebody who may store it."""
    kept = session.scalars(
        select(StayFile).where(
            StayFile.account_id.in_(viewer.account_ids), StayFile.public_id == file_id
        )
    ).first()
    if kept is None:
        raise NotFound("no such file: it was stored, put away, or is older than a day")
    viewer.require_write(kept.account_id)
    return kept


def drop_file(session: Session, viewer: Viewer, file_id: str) -> None:
    """Put a file away without storing anything."""
    session.delete(find_file(session, viewer, file_id))
    session.flush()


def preview(session: Session, vault: Vault, viewer: Viewer, file_id: str, now: datetime) -> Preview:
    """Every row with what would become of it; stores nothing."""
    kept = find_file(session, viewer, file_id)
    table = read_table(base64.b85decode(vault.open(kept.content)))
    columns = _of_json(kept.columns)
    if columns.missing():
        return Preview(file=kept, table=table, columns=columns, rows=())
    homes = Homes(
        session.scalars(
            select(Property).where(
                Property.account_id == kept.account_id, Property.archived_at.is_(None)
            )
        )
    )
    rows = [read_row(line, cells, columns, homes) for line, cells in table.rows]
    verdicts = judged(session, vault, kept.account_id, rows, now)
    return Preview(file=kept, table=table, columns=columns, rows=verdicts)


def store_file(
    sessions: Sessions, vault: Vault, viewer: Viewer, file_id: str, now: datetime
) -> Counter[Verdict]:
    """Store every row that can be, and put the file away; how many rows of each verdict.

    Some rows at a time: a file that is stored halfway when the service stops is simply stored
    again, what is there already stays as it is. StoredInPart when the database was too busy to go
    on.
    """
    with sessions.read() as session:
        looked_at = preview(session, vault, viewer, file_id, now)
    wanted = (Verdict.NEW, Verdict.CHANGED, Verdict.CANCELLED)
    storing = [one.row for one in looked_at.rows if one.verdict in wanted]

    def store(session: Session, rows: Sequence[ReadRow]) -> None:
        for row in rows:
            _store(session, vault, row, now)

    write_in_parts(sessions, storing, _AT_ONCE, store)
    counts = looked_at.counts
    with sessions.write() as session:
        kept = find_file(session, viewer, file_id)
        session.delete(kept)
        session.add(
            ImportRun(
                account_id=kept.account_id,
                source=SOURCE,
                started_at=now,
                ended_at=now,
                counts={str(verdict): count for verdict, count in counts.items()},
                error=None,
            )
        )
    return counts


def _store(session: Session, vault: Vault, row: ReadRow, now: datetime) -> None:
    assert row.home is not None
    assert row.stay is not None
    home = session.get_one(Property, row.home.id)
    put_imported(session, vault, home, row.stay, now=now)


def _dates(table: Table, columns: Columns) -> Iterator[str]:
    for _, cells in table.rows:
        yield columns.cell(cells, Field.CHECK_IN)
        yield columns.cell(cells, Field.CHECK_OUT)


def _as_json(columns: Columns) -> dict[str, object]:
    return {
        "places": {str(field): place for field, place in columns.places.items()},
        "order": str(columns.order),
        "home": columns.home,
    }


def _of_json(kept: dict[str, object]) -> Columns:
    places, home = kept["places"], kept["home"]
    assert isinstance(places, dict)
    return Columns(
        places={Field(name): int(place) for name, place in places.items()},
        order=Order(str(kept["order"])),
        home=None if home is None else str(home),
    )
