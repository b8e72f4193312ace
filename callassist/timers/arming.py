"""Arming and disarming: at most one open timer per kind and subject."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CursorResult, Dialect, bindparam, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from callassist.models import Timer
from callassist.storage import hints
from callassist.timers.claimed import take_back

LOOP = "timers"
_table = Timer.__table__
_OPEN = _table.c.fired_at.is_(None)
_REMOVED = delete(Timer).where(
    _table.c.kind.in_(bindparam("kinds", expanding=True)),
    _table.c.subject == bindparam("of"),
    _OPEN,
)


@dataclass(frozen=True, kw_only=True)
class Arming:
    """One deadline to set."""

    kind: str
    subject: str | int
    due_at: datetime


def arm(
    session: Session, kind: str, subject: str | int, due_at: datetime, *, now: datetime
) -> None:
    """Set the deadline of `(kind, subject)`; an open one moves to `due_at` and starts afresh."""
    arm_many(session, [Arming(kind=kind, subject=subject, due_at=due_at)], now=now)


def arm_many(session: Session, armings: Iterable[Arming], *, now: datetime) -> None:
    """Set many deadlines with one statement; of several for one subject the last one holds."""
    rows = {(a.kind, str(a.subject)): a.due_at for a in armings}
    if not rows:
        return
    for kind, subject in rows:
        take_back(session, kind, subject)
    statement = _upsert(session.get_bind().dialect)
    session.connection().execute(
        statement,
        [
            {"kind": kind, "subject": subject, "due_at": due_at, "armed_at": now}
            for (kind, subject), due_at in rows.items()
        ],
    )
    hints.note(session, LOOP, min(rows.values()))


def disarm(session: Session, kind: str, subject: str | int) -> bool:
    """Remove the open timer of `(kind, subject)`; False when there was none."""
    return disarm_all(session, (kind,), subject)


def disarm_all(session: Session, kinds: Collection[str], subject: str | int) -> bool:
    """Remove the open timers of these kinds and `subject`; False when there was none."""
    armed = [str(kind) for kind in kinds if not take_back(session, kind, str(subject))]
    if not armed:
        return True
    result = session.connection().execute(_REMOVED, {"kinds": armed, "of": str(subject)})
    assert isinstance(result, CursorResult)
    return len(armed) < len(kinds) or result.rowcount > 0


def _upsert(dialect: Dialect) -> sqlite.Insert | postgresql.Insert:
    return _UPSERTS[dialect.name]


def _build(insert: sqlite.Insert | postgresql.Insert) -> sqlite.Insert | postgresql.Insert:
    return insert.values(failures=0).on_conflict_do_update(
        index_elements=[_table.c.kind, _table.c.subject],
        index_where=_OPEN,
        set_={
            "due_at": insert.excluded.due_at,
            "armed_at": insert.excluded.armed_at,
            "failures": 0,
            "retry_at": None,
            "error": None,
        },
    )


_UPSERTS = {
    "sqlite": _build(sqlite.insert(Timer)),
    "postgresql": _build(postgresql.insert(Timer)),
}
