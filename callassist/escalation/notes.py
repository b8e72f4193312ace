"""The operator's note: kept while it is typed, never lost with the task, corrected for a while."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import incident_log, outbox
from callassist.domain.call_task import TaskState
from callassist.domain.log_action import LogAction
from callassist.errors import Conflict, InvalidInput, NotFound
from callassist.models import CallTask, Incident, NoteDraft, Operator

NOTE_LIMIT = 2000
CORRECT_FOR = timedelta(minutes=15)
_OPEN_FOR_NOTES = (TaskState.ASSIGNED, TaskState.WRAPPING_UP)


def keep_draft(
    session: Session, operator_id: int, task_id: int, text: str, now: datetime
) -> NoteDraft:
    """Keep what was typed so far; the same draft from every device of the operator.

    Raises NotFound for a colleague's task, Conflict when the task is over.
    """
    check_note(text)
    task = session.scalar(
        select(CallTask)
        .where(CallTask.id == task_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if task is None or task.operator_id != operator_id:
        raise NotFound("there is no such call task")
    if task.state not in _OPEN_FOR_NOTES:
        raise Conflict("this call is over; correct its note in your shift")
    draft = session.get(NoteDraft, task_id, populate_existing=True)
    if draft is None:
        draft = NoteDraft(task_id=task_id)
        session.add(draft)
    draft.operator_id, draft.text, draft.updated_at = operator_id, text, now
    session.flush()
    return draft


def take_draft(session: Session, task_id: int) -> str | None:
    """The task is over: its draft leaves the table and is handed to the caller."""
    draft = session.get(NoteDraft, task_id)
    if draft is None:
        return None
    session.delete(draft)
    return draft.text.strip() or None


def correct_note(
    session: Session, operator_id: int, task_id: int, text: str, now: datetime
) -> CallTask:
    """Change the note of a call for 15 minutes after its result; the log says that it was changed.

    Raises NotFound for a colleague's call, Conflict when it is too late or too early.
    """
    check_note(text)
    task = session.get(CallTask, task_id, with_for_update=True)
    if task is None or task.operator_id != operator_id:
        raise NotFound("there is no such call task")
    if task.state != TaskState.COMPLETED or task.completed_at is None:
        raise Conflict("this call is not over; its note is still open")
    if now > task.completed_at + CORRECT_FOR:
        raise Conflict("a note can be corrected for 15 minutes; tell your supervisor")
    had_note, note = task.note is not None, text.strip() or None
    if note == task.note:
        return task
    task.note = note
    operator = session.get_one(Operator, operator_id)
    incident_log.append(
        session,
        task.incident_id,
        LogAction.NOTE_CORRECTED,
        {"task_id": task.id, "operator_id": operator_id, "desk_name": operator.desk_name},
        now=now,
    )
    if had_note != (note is not None):
        _correct_report(session, task, now)
    return task


def check_note(text: str) -> None:
    """InvalidInput for a note that is too long."""
    if len(text) > NOTE_LIMIT:
        raise InvalidInput(f"keep the note under {NOTE_LIMIT} characters", "note")


def _correct_report(session: Session, task: CallTask, now: datetime) -> None:
    """A final report says whether there is a note; the words themselves are joined when read."""
    incident = session.get_one(Incident, task.incident_id)
    if incident.closed_at is not None:
        key = f"{incident.public_id}:correction:{task.public_id}:{now.isoformat()}"
        payload = {"incident_id": incident.id, "reason": "correction"}
        outbox.put(session, "report", key, payload, now=now)
