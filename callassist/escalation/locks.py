"""Row locks, always in one order: desk, incident, then number. SQLite has one writer anyway."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callassist.errors import NotFound
from callassist.models import CallTask, Desk, Incident


def lock_desk(session: Session, desk_id: int | None) -> None:
    """Serialise the hand-out of one desk until the end of the transaction."""
    if desk_id is not None:
        session.execute(select(Desk.id).where(Desk.id == desk_id).with_for_update())


def lock_incident(session: Session, incident_id: int) -> Incident:
    """The incident, locked and read afresh; its desk is locked first."""
    desk_id = session.scalar(select(Incident.desk_id).where(Incident.id == incident_id))
    lock_desk(session, desk_id)
    incident = session.scalar(
        select(Incident)
        .where(Incident.id == incident_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if incident is None:
        raise NotFound("there is no such incident")
    return incident


def lock_task(session: Session, task_id: int) -> tuple[CallTask, Incident]:
    """A task and its incident, both locked and read afresh."""
    incident_id = session.scalar(select(CallTask.incident_id).where(CallTask.id == task_id))
    if incident_id is None:
        raise NotFound("there is no such call task")
    incident = lock_incident(session, incident_id)
    task = session.scalar(
        select(CallTask)
        .where(CallTask.id == task_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if task is None:
        raise NotFound("there is no such call task")
    return task, incident


def lock_number(session: Session, number_index: str) -> None:
    """Serialise dials to one number over all accounts (five minutes between two dials)."""
    if session.get_bind().dialect.name == "postgresql":
        key = int(number_index[:15], 16)
        session.execute(select(func.pg_advisory_xact_lock(key)))
