"""Changing the key while the service runs.

1. Restart the service with CALLASSIST_SECRET_KEY="<new key>,<old key>": it seals with the new one
   and finds numbers under both. 2. `rotate`. 3. Restart with the new key alone.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Table, select, update
from sqlalchemy.orm import Session

from callassist.models import Base
from callassist.storage.keys import remember_fingerprint, store_retired
from callassist.storage.sealed_columns import INDEXES, SEALED, SEALED_JSON
from callassist.storage.sessions import Sessions
from callassist.storage.vault import SealBroken, Vault

_BATCH = 500
_MAX_PASSES = 5


@dataclass(kw_only=True)
class RotationReport:
    """What was done: sealed values, index entries, and places of values that no key opens.

    With `broken` places the database goes on asking for the old key.
    """

    resealed: int = 0
    reindexed: int = 0
    broken: list[str] = field(default_factory=list)


def rotate(sessions: Sessions, vault: Vault, now: datetime) -> RotationReport:
    """Seal everything with `vault`'s first key and index everything anew, in small transactions.

    May be stopped and run again at any time; run again it finds nothing to do.
    """
    report = RotationReport()
    for _ in range(_MAX_PASSES):
        before = (report.resealed, report.reindexed)
        report.broken.clear()
        for name in sorted({*SEALED, *SEALED_JSON, *INDEXES}):
            _rotate_table(sessions, vault, Base.metadata.tables[name], report)
        # Once more: somebody may have written with the old key behind our back.
        if (report.resealed, report.reindexed) == before:
            break
    if not report.broken:
        with sessions.write() as session:
            store_retired(session, vault, now=now)
            remember_fingerprint(session, vault, now=now)
    return report


def _rotate_table(sessions: Sessions, vault: Vault, table: Table, report: RotationReport) -> None:
    key = table.primary_key.columns[0]
    names = [key.name, *SEALED.get(table.name, ()), *SEALED_JSON.get(table.name, ())]
    names += INDEXES.get(table.name, {})
    query = select(*(table.c[name] for name in dict.fromkeys(names))).order_by(key)
    last: object = None
    while True:
        with sessions.write() as session:
            batch = query if last is None else query.where(key > last)
            rows = session.connection().execute(batch.limit(_BATCH).with_for_update()).all()
            for row in rows:
                _rotate_row(session, vault, table, row, report)
        if len(rows) < _BATCH:
            return
        last = rows[-1][0]


def _rotate_row(
    session: Session, vault: Vault, table: Table, row: Row[Any], report: RotationReport
) -> None:
    key = table.primary_key.columns[0]
    values = dict(row._mapping)
    try:
        sealed = _resealed(vault, table.name, values) | _resealed_json(vault, table.name, values)
        indexes = _reindexed(vault, table.name, values)
    except SealBroken as error:
        report.broken.append(f"{table.name} {values[key.name]}: {error.detail}")
        return
    if sealed or indexes:
        session.connection().execute(
            update(table).where(key == values[key.name]).values(sealed | indexes)
        )
    report.resealed += len(sealed)
    report.reindexed += len(indexes)


def _resealed(vault: Vault, table: str, values: Mapping[str, Any]) -> dict[str, Any]:
    old = {name: values[name] for name in SEALED.get(table, ()) if values[name] is not None}
    return {
        name: vault.seal(vault.open(sealed))
        for name, sealed in old.items()
        if not vault.is_current(sealed)
    }


def _resealed_json(vault: Vault, table: str, values: Mapping[str, Any]) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    for name in SEALED_JSON.get(table, ()):
        text = values[name].get("sealed") if isinstance(values[name], dict) else None
        sealed = base64.b64decode(text) if isinstance(text, str) else None
        if sealed is not None and not vault.is_current(sealed):
            fresh = base64.b64encode(vault.seal(vault.open(sealed))).decode()
            changed[name] = {**values[name], "sealed": fresh}
    return changed


def _reindexed(vault: Vault, table: str, values: Mapping[str, Any]) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    for name, source in INDEXES.get(table, {}).items():
        if source is None or values[source] is None:
            continue
        index = vault.index(vault.open(values[source]))
        if index != values[name]:
            changed[name] = index
    return changed
