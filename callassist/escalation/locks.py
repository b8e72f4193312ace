"""Row locks, always in one order: desk, incident, then number. SQLite has one writer anyway.

What is locked is read afresh, with one statement, and held until the transaction ends: who tells
open pages of the change finds it there.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, func, select
from sqlalchemy.orm import Session

from callassist.errors import NotFound
from callassist.models import CallAttempt, CallTask, Desk, Incident

_HELD = "callassist_locked"
_ID: BindParameter[int] = bindparam("id")
_Rows = Select[*tuple[Any, ...]]
_DESKS: dict[type, Select[int | None]] = {
    Incident: select(Incident.desk_id).where(Incident.id == _ID),
    CallTask: select(Incident.desk_id).join(CallTask).where(CallTask.id == _ID),
    CallAttempt: select(Incident.desk_id)
    .join(CallTask, CallTask.incident_id == Incident.id)
    .join(CallAttempt, CallAttempt.task_id == CallTask.id)
    .where(CallAttempt.id == _ID),
}
_DESK = select(Desk.id).where(Desk.id == _ID).with_for_update()


def _with_desk(query: _Rows, *locked: type) -> _Rows:
    """Rows that are locked in the order given, with the desk of the incident."""
    found = query.add_columns(Desk).outerjoin(Desk, Desk.id == Incident.desk_id)
    return found.with_for_update(of=locked).execution_options(populate_existing=True)


_INCIDENT = _with_desk(select(Incident).where(Incident.id == _ID), Incident)
_TASK = _with_desk(
    select(CallTask, Incident)
    .join(Incident, Incident.id == CallTask.incident_id)
    .where(CallTask.id == _ID),
    Incident,
    CallTask,
)
_ATTEMPT = _with_desk(
    select(CallAttempt, CallTask, Incident)
    .join(CallTask, CallTask.id == CallAttempt.task_id)
    .join(Incident, Incident.id == CallTask.incident_id)
    .where(CallAttempt.id == _ID),
    Incident,
    CallTask,
    CallAttempt,
)


def lock_desk(session: Session, desk_id: int | None) -> None:
    """Serialise the hand-out of one desk until the end of the transaction."""
    if desk_id is not None and _is_postgresql(session):
        session.execute(_DESK, {"id": desk_id})


def lock_incident(session: Session, incident_id: int) -> Incident:
    """The incident, locked and read afresh; its desk is locked first."""
    incident: Incident
    (incident,) = _locked(session, Incident, _INCIDENT, incident_id, "incident")
    return incident


def lock_task(session: Session, task_id: int) -> tuple[CallTask, Incident]:
    """A task and its incident, both locked and read afresh."""
    task, incident = _locked(session, CallTask, _TASK, task_id, "call task")
    return task, incident


def lock_attempt(session: Session, attempt_id: int) -> tuple[CallAttempt, CallTask, Incident]:
    """An attempt with its task and incident, locked and read afresh."""
    attempt, task, incident = _locked(session, CallAttempt, _ATTEMPT, attempt_id, "dial")
    return attempt, task, incident


def lock_number(session: Session, number_index: str) -> None:
    """Serialise dials to one number over all accounts (five minutes between two dials)."""
    if _is_postgresql(session):
        key = int(number_index[:15], 16)
        session.execute(select(func.pg_advisory_xact_lock(key)))


def _locked(session: Session, kind: type, query: _Rows, row_id: int, name: str) -> tuple[Any, ...]:
    if _is_postgresql(session):
        lock_desk(session, session.scalar(_DESKS[kind], {"id": row_id}))
    found = session.execute(query, {"id": row_id}).one_or_none()
    if found is None:
        raise NotFound(f"there is no such {name}")
    rows = tuple(found)  # no Row: it leads back to the session, which would never be let go of
    session.info.setdefault(_HELD, []).append(rows)
    return rows[:-1]


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
