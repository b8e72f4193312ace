"""Homes from a file: kept sealed, looked at row by row, stored only when a person says so."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.accounts.home_csv import (
    Around,
    ReadHome,
    Verdict,
    columns_of,
    plain_name,
    read_rows,
    unused_titles,
)
from callassist.accounts.properties import PropertyInput, create_properties
from callassist.domain.csv_table import read_table
from callassist.domain.viewer import Viewer
from callassist.errors import NotFound
from callassist.models import Account, HomeFile, Policy, Property
from callassist.storage.parts import write_in_parts
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault

_AT_ONCE = 200  # homes of one transaction


@dataclass(frozen=True, kw_only=True)
class HomesPreview:
    """A file as it would be stored."""

    file: HomeFile
    rows: tuple[ReadHome, ...]
    unused: tuple[str, ...]  # titles of columns that are left out

    @property
    def counts(self) -> Counter[Verdict]:
        """How many rows of each verdict."""
        return Counter(one.verdict for one in self.rows)


def keep_home_file(
    session: Session,
    vault: Vault,
    viewer: Viewer,
    account_id: int,
    name: str,
    content: bytes,
    *,
    now: datetime,
) -> HomeFile:
    """Read a file and keep it for the preview; InvalidInput when it is no table of homes."""
    if account_id not in viewer.account_ids:
        raise NotFound("no such account")
    viewer.require_write(account_id)
    columns_of(read_table(content).titles)
    kept = HomeFile(
        account_id=account_id,
        name=name.replace("\x00", "")[-200:],
        content=vault.seal(base64.b85encode(content).decode()),
        created_at=now,
    )
    session.add(kept)
    session.flush()
    return kept


def find_home_file(
    session: Session, viewer: Viewer, file_id: str, *, lock: bool = False
) -> HomeFile:
    """A file that waits in one of the viewer's accounts, for somebody who may store it.

    `lock` makes others wait who would store it too; they then find none.
    """
    query = select(HomeFile).where(
        HomeFile.account_id.in_(viewer.account_ids), HomeFile.public_id == file_id
    )
    kept = session.scalars(query.with_for_update() if lock else query).first()
    if kept is None:
        raise NotFound("no such file: it was stored, put away, or is older than a day")
    viewer.require_write(kept.account_id)
    return kept


def drop_home_file(session: Session, viewer: Viewer, file_id: str) -> None:
    """Put a file away without storing anything."""
    session.delete(find_home_file(session, viewer, file_id, lock=True))
    session.flush()


def preview_homes(session: Session, vault: Vault, viewer: Viewer, file_id: str) -> HomesPreview:
    """Every row with what would become of it; stores nothing."""
    kept = find_home_file(session, viewer, file_id)
    table = read_table(base64.b85decode(vault.open(kept.content)))
    places = columns_of(table.titles)
    return HomesPreview(
        file=kept,
        rows=tuple(read_rows(table.rows, places, _around(session, kept.account_id))),
        unused=tuple(unused_titles(table.titles, places)),
    )


def store_home_file(
    sessions: Sessions, vault: Vault, viewer: Viewer, file_id: str, *, now: datetime
) -> Counter[Verdict]:
    """Store every row that can be, and put the file away; how many rows of each verdict.

    Some homes at a time, so that readings are written in between. What was cut off is stored by
    asking again: the homes that are there already stay as they are. StoredInPart when the database
    was too busy to go on.
    """
    with sessions.read() as session:
        looked_at = preview_homes(session, vault, viewer, file_id)
    counts, account_id = looked_at.counts, looked_at.file.account_id
    added: list[int] = []

    def store(session: Session, rows: Sequence[PropertyInput]) -> None:
        find_home_file(session, viewer, file_id)
        # one file of an account at a time, or two of them could add a home each of one name
        account = session.get_one(Account, account_id, with_for_update=True)
        there = _names(session, account_id)
        new = [one for one in rows if plain_name(one.name or "") not in there]
        create_properties(session, viewer, account, new, now=now)
        added.append(len(new))

    typed = [one.typed for one in looked_at.rows if one.typed is not None]
    write_in_parts(sessions, typed, _AT_ONCE, store)
    with sessions.write() as session:
        drop_home_file(session, viewer, file_id)
    counts[Verdict.KNOWN] += counts[Verdict.NEW] - sum(added)
    counts[Verdict.NEW] = sum(added)
    return counts


def _names(session: Session, account_id: int) -> set[str]:
    names = session.scalars(select(Property.name).where(Property.account_id == account_id))
    return {plain_name(name) for name in names}


def _around(session: Session, account_id: int) -> Around:
    homes = session.execute(
        select(Property.name, Property.archived_at)
        .where(Property.account_id == account_id)
        .order_by(Property.archived_at.is_(None))  # of two of one name the one in use counts
    )
    presets = session.execute(
        select(Policy.name, Policy.public_id)
        .where(Policy.account_id == account_id)
        .order_by(Policy.id.desc())  # of two of one name the older counts
    )
    return Around(
        homes={plain_name(row.name): row.archived_at is not None for row in homes},
        presets={plain_name(row.name): row.public_id for row in presets},
    )
