"""Nudges: what a transaction changed that somebody looks at, as rows written by that transaction.

The session notes what it flushes. Changes that go past it (UPDATE statements, and the readings of
ingest, which are no nudge) are told by `changed` where they are made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, delete, insert, inspect, select
from sqlalchemy.orm import InstanceState, Session, UOWTransaction
from sqlalchemy.orm.exc import ObjectDeletedError
from sqlalchemy.orm.util import identity_key

from callassist.models import Nudge
from callassist.models.base import Base
from callassist.storage import hints
from callassist.storage.nudge_rules import RULES, SEEN_COLUMNS
from callassist.storage.told import Told

LOOP = "live"
KEPT_FOR = timedelta(minutes=10)
MOST_OF_A_KIND = 20  # in one transaction and place; more become one "several of them"
_NOTED = "callassist_noted"
_BATCH = 500
_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
_table = Nudge.__table__


def note_flush(session: Session, flushing: UOWTransaction) -> None:
    """Listener of `after_flush`: remember what the flush wrote."""
    noted = session.info.setdefault(_NOTED, {})
    for row in session.new:
        if type(row) in RULES:
            noted[id(row)] = row
    for row in session.deleted:
        if type(row) in RULES:
            noted[id(row)] = row
    for row in session.dirty:
        if type(row) in RULES and _is_seen(session, row):
            noted[id(row)] = row


def changed(session: Session, kind: type[Base], row_id: int | None) -> None:
    """Tell of a change that was made by a statement, past the session's own rows."""
    if row_id is not None:
        session.info.setdefault(_NOTED, {})[kind, row_id] = (kind, row_id)


def tell(session: Session, told: Told) -> None:
    """Tell of something that is no row, such as a sign-out."""
    session.info.setdefault(_NOTED, {})[told] = told


def settle(session: Session) -> None:
    """Write what was noted as rows; the last thing before the commit."""
    session.flush()
    noted = session.info.get(_NOTED)
    if not noted:
        return
    known = _fetched(session, [one for one in noted.values() if isinstance(one, tuple)])
    told: dict[Told, None] = {}
    for one in [*known, *(one for one in noted.values() if not isinstance(one, tuple))]:
        told.update(dict.fromkeys(_told(session, one)))
    noted.clear()
    if not told:
        return
    now = datetime.now(UTC)
    rows = [{"at": now, **asdict(one)} for one in _few(told)]
    session.connection().execute(insert(Nudge), rows)
    hints.note(session, LOOP, _ALWAYS)


def prune(session: Session, now: datetime) -> int:
    """Delete what is older than ten minutes of real time; how many. `now` is real time too."""
    result = session.connection().execute(delete(Nudge).where(_table.c.at < now - KEPT_FOR))
    assert isinstance(result, CursorResult)
    return result.rowcount


def _is_seen(session: Session, row: Base) -> bool:
    seen = SEEN_COLUMNS.get(type(row))
    if seen is None:
        return session.is_modified(row, include_collections=False)
    state: InstanceState[Any] = inspect(row)
    return any(state.attrs[name].history.has_changes() for name in seen)


def _fetched(session: Session, keys: Iterable[tuple[type[Base], int]]) -> list[Base]:
    """The rows that statements changed, with one query for each table; none for those at hand."""
    ids: dict[type[Base], list[int]] = {}
    rows: list[Base] = []
    for kind, row_id in keys:
        at_hand = session.identity_map.get(identity_key(kind, row_id))
        if at_hand is None:
            ids.setdefault(kind, []).append(row_id)
        else:
            rows.append(at_hand)
    for kind, wanted in ids.items():
        (key,) = inspect(kind).primary_key
        for start in range(0, len(wanted), _BATCH):
            query = select(kind).where(key.in_(wanted[start : start + _BATCH]))
            rows.extend(session.scalars(query))
    return rows


def _told(session: Session, row: Told | Base) -> Iterable[Told]:
    if isinstance(row, Told):
        return [row]
    state: InstanceState[Any] = inspect(row)
    if not (state.persistent or state.deleted):
        return []  # a savepoint was rolled back over it
    try:
        return list(RULES[type(row)](session, row))
    except ObjectDeletedError:
        return []


def _few(told: Iterable[Told]) -> list[Told]:
    """The same, with one for all where there are too many of a kind."""
    places = {one: replace(one, public_id="") for one in told}
    amounts = Counter(places.values())
    return list(
        dict.fromkeys(
            place if amounts[place] > MOST_OF_A_KIND else one for one, place in places.items()
        )
    )


__all__ = ["LOOP", "Told", "changed", "note_flush", "prune", "settle", "tell"]
