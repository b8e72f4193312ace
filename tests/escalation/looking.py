"""What stands in a night's database, in the order in which it was written."""

from __future__ import annotations

from sqlalchemy import select

from callassist.clock import ManualClock
from callassist.escalation.auditor import audit
from callassist.models import (
    CallAttempt,
    CallTask,
    Incident,
    IncidentLogEntry,
    OutboxEntry,
    Presence,
    Stay,
)
from callassist.storage.sessions import Sessions


class Looking:
    """Looks only: each answer is read anew and changes nothing."""

    sessions: Sessions
    clock: ManualClock
    operator_ids: dict[str, int]

    def task_of(self, name: str) -> int:
        """The open task of an operator."""
        with self.sessions.read() as session:
            task_id = session.scalar(
                select(CallTask.id).where(
                    CallTask.operator_id == self.operator_ids[name],
                    CallTask.state.in_(["offered", "assigned", "wrapping_up"]),
                )
            )
        assert task_id is not None, f"{name} has no task"
        return task_id

    def presence(self, name: str = "Ann") -> str:
        with self.sessions.read() as session:
            from_db = session.get(Presence, self.operator_ids[name])
            return from_db.state if from_db else "offline"

    def incidents(self) -> list[Incident]:
        with self.sessions.read() as session:
            return list(session.scalars(select(Incident).order_by(Incident.id)))

    @property
    def incident(self) -> Incident:
        """The newest incident."""
        return self.incidents()[-1]

    def stay(self, stay_id: int) -> Stay:
        with self.sessions.read() as session:
            return session.get_one(Stay, stay_id)

    def tasks(self) -> list[CallTask]:
        with self.sessions.read() as session:
            return list(session.scalars(select(CallTask).order_by(CallTask.id)))

    def attempts(self) -> list[CallAttempt]:
        with self.sessions.read() as session:
            return list(session.scalars(select(CallAttempt).order_by(CallAttempt.id)))

    def told(self) -> list[str]:
        """Kinds of messages queued so far, in order; needs_you and pages with their reason."""
        with self.sessions.read() as session:
            rows = session.scalars(
                select(OutboxEntry).where(OutboxEntry.topic == "notify").order_by(OutboxEntry.id)
            )
            return [_kind(row) for row in rows]

    def reports(self) -> list[str]:
        with self.sessions.read() as session:
            rows = session.scalars(
                select(OutboxEntry).where(OutboxEntry.topic == "report").order_by(OutboxEntry.id)
            )
            return [row.payload["reason"] for row in rows]

    def log(self) -> list[str]:
        with self.sessions.read() as session:
            rows = session.scalars(select(IncidentLogEntry).order_by(IncidentLogEntry.id))
            return [row.action for row in rows]

    def findings(self) -> list[str]:
        """What the auditor says."""
        with self.sessions.read() as session:
            return [each.what for each in audit(session, self.clock.now())]


def _kind(row: OutboxEntry) -> str:
    kind = row.payload["kind"]
    if kind in ("needs_you", "supervisor_page"):
        return f"{kind}:{row.payload['facts']['reason']}"
    return str(kind)
