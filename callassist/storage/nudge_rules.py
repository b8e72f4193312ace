"""Which rows somebody sees, and whom their change concerns: one line per table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.domain.call_task import OPEN_TASK_STATES
from callassist.domain.nudge import NudgeKind
from callassist.models import (
    Account,
    CallAttempt,
    CallTask,
    Desk,
    DutySpan,
    FalseAlarm,
    GuestReply,
    HostContact,
    HostNote,
    ImportRun,
    Incident,
    IncomingCall,
    NeedsYou,
    Notification,
    NotificationChannel,
    Operator,
    Person,
    PmsConnection,
    Policy,
    Presence,
    Property,
    Recording,
    Report,
    ReportVersion,
    RoleBinding,
    Sensor,
    SensorConnection,
    ServiceAgreement,
    Shift,
    ShiftNote,
    ShiftSwap,
    Stay,
    StayNumber,
)
from callassist.storage.nudges_of_homes import (
    of_account,
    of_all_homes,
    of_contact_or_stay,
    of_home,
    of_home_by_id,
    of_sensor,
    of_stay_number,
)
from callassist.storage.told import Told

Rule = Callable[[Session, Any], Iterable[Told]]


def _incident(session: Session, incident_id: int | None) -> Iterator[Told]:
    incident = session.get(Incident, incident_id) if incident_id is not None else None
    if incident is not None:
        yield Told(
            kind=NudgeKind.INCIDENT,
            public_id=incident.public_id,
            account_id=incident.account_id,
            desk_id=incident.desk_id,
        )


def _incident_itself(session: Session, incident: Incident) -> Iterator[Told]:
    yield from _incident(session, incident.id)
    yield from of_home_by_id(session, incident.property_id)


def _of_incident(session: Session, row: FalseAlarm | HostNote | Report) -> Iterator[Told]:
    yield from _incident(session, row.incident_id)


def _version(session: Session, version: ReportVersion) -> Iterator[Told]:
    report = session.get(Report, version.report_id)
    if report is not None:
        yield from _incident(session, report.incident_id)


def _task(session: Session, task: CallTask | None) -> Iterator[Told]:
    if task is None:
        return
    yield from _call(session, task)
    if task.desk_id is not None:
        yield from _queue(session, task.desk_id)


def _call(session: Session, task: CallTask) -> Iterator[Told]:
    yield from _incident(session, task.incident_id)
    if task.desk_id is not None:
        yield Told(kind=NudgeKind.TASK, public_id=task.public_id, desk_id=task.desk_id)


def _reply(session: Session, reply: GuestReply) -> Iterator[Told]:
    """At the incident, at its desk, and at whatever call is going on about it."""
    yield from _incident(session, reply.incident_id)
    incident = session.get_one(Incident, reply.incident_id)
    yield from _open_tasks(session, incident)
    if reply.desk_id is not None:
        yield from _queue(session, reply.desk_id)


def _incoming(session: Session, call: IncomingCall) -> Iterator[Told]:
    if call.incident_id is not None:
        yield from _incident(session, call.incident_id)
        yield from _open_tasks(session, session.get_one(Incident, call.incident_id))
    operator = session.get(Operator, call.operator_id) if call.operator_id is not None else None
    if operator is not None and call.line:
        yield Told(kind=NudgeKind.RING, public_id=operator.public_id, desk_id=operator.desk_id)


def _recording(session: Session, row: Recording) -> Iterator[Told]:
    """The mark at the desk comes and goes with it."""
    yield from _incident(session, row.incident_id)
    attempt = session.get_one(CallAttempt, row.attempt_id)
    yield from _task(session, session.get(CallTask, attempt.task_id))


def _open_tasks(session: Session, incident: Incident) -> Iterator[Told]:
    about = [one for one in (incident.id, incident.led_by_id) if one is not None]
    open_tasks = select(CallTask).where(
        CallTask.incident_id.in_(about),
        CallTask.state.in_([str(state) for state in OPEN_TASK_STATES]),
    )
    for task in session.scalars(open_tasks):
        yield from _task(session, task)


def _attempt(session: Session, attempt: CallAttempt) -> Iterator[Told]:
    """At its call. A queue says who has a call and not how far it is: no other desk is redrawn."""
    task = session.get(CallTask, attempt.task_id)
    if task is not None:
        yield from _call(session, task)


def _queue(session: Session, desk_id: int) -> Iterator[Told]:
    desk = session.get(Desk, desk_id)
    if desk is not None:
        yield Told(kind=NudgeKind.QUEUE, public_id=desk.public_id, desk_id=desk.id)


def _desk(session: Session, desk: Desk) -> Iterator[Told]:
    yield from _queue(session, desk.id)


def _shift_note(session: Session, note: ShiftNote | ShiftSwap) -> Iterator[Told]:
    yield Told(kind=NudgeKind.SHIFT, public_id=note.public_id, desk_id=note.desk_id)


def _operator(session: Session, operator: Operator | None) -> Iterator[Told]:
    if operator is not None:
        yield Told(kind=NudgeKind.PRESENCE, public_id=operator.public_id, desk_id=operator.desk_id)


def _operator_itself(session: Session, operator: Operator) -> Iterator[Told]:
    yield from _operator(session, operator)
    if operator.person_id is not None:
        yield Told(kind=NudgeKind.ACCESS, person_id=operator.person_id)


def _presence(session: Session, presence: Presence) -> Iterator[Told]:
    yield from _operator(session, session.get(Operator, presence.operator_id))


def _shift(session: Session, shift: Shift) -> Iterator[Told]:
    operator = session.get(Operator, shift.operator_id)
    if operator is not None:
        yield Told(kind=NudgeKind.SHIFT, public_id=shift.public_id, desk_id=operator.desk_id)


def _duty(session: Session, span: DutySpan) -> Iterator[Told]:
    yield Told(kind=NudgeKind.SHIFT, public_id=span.public_id, account_id=span.account_id)


def _alarm(session: Session, alarm: NeedsYou) -> Iterator[Told]:
    yield Told(kind=NudgeKind.ALARM, public_id=alarm.public_id, account_id=alarm.account_id)


def _notice(session: Session, row: Notification | NotificationChannel) -> Iterator[Told]:
    yield Told(
        kind=NudgeKind.NOTICE,
        public_id=row.public_id,
        account_id=row.account_id,
        desk_id=row.desk_id,
    )


def _system(session: Session, connection: PmsConnection | None) -> Iterator[Told]:
    if connection is not None:
        yield Told(
            kind=NudgeKind.CONNECTION,
            public_id=connection.public_id,
            account_id=connection.account_id,
        )


def _transfer(session: Session, run: ImportRun) -> Iterator[Told]:
    if run.connection_id is not None:
        yield from _system(session, session.get(PmsConnection, run.connection_id))


def _access(session: Session, row: RoleBinding) -> Iterator[Told]:
    yield Told(kind=NudgeKind.ACCESS, person_id=row.person_id)


def _person(session: Session, person: Person) -> Iterator[Told]:
    yield Told(kind=NudgeKind.ACCESS, person_id=person.id)


RULES: Mapping[type, Rule] = {
    Account: of_account,
    CallAttempt: _attempt,
    CallTask: _task,
    Desk: _desk,
    DutySpan: _duty,
    FalseAlarm: _of_incident,
    GuestReply: _reply,
    Recording: _recording,
    HostContact: of_contact_or_stay,
    HostNote: _of_incident,
    ImportRun: _transfer,
    Incident: _incident_itself,
    IncomingCall: _incoming,
    NeedsYou: _alarm,
    Notification: _notice,
    NotificationChannel: _notice,
    Operator: _operator_itself,
    Person: _person,
    PmsConnection: _system,
    Policy: of_all_homes,
    Presence: _presence,
    Property: of_home,
    Report: _of_incident,
    ReportVersion: _version,
    RoleBinding: _access,
    Sensor: of_sensor,
    SensorConnection: of_all_homes,
    ServiceAgreement: of_all_homes,
    Shift: _shift,
    ShiftNote: _shift_note,
    ShiftSwap: _shift_note,
    Stay: of_contact_or_stay,
    StayNumber: of_stay_number,
}

# Of these tables only these columns are seen; the others change all the time.
SEEN_COLUMNS: Mapping[type, frozenset[str]] = {
    Person: frozenset({"active", "fs_uniquifier"}),
    PmsConnection: frozenset({"name", "failures", "error", "wanted", "disabled_at"}),
    Presence: frozenset({"state"}),
    Sensor: frozenset({"name", "property_id", "silent_since", "interval_seconds"}),
    SensorConnection: frozenset({"name", "disabled_at"}),
}
