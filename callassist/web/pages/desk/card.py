"""One call: who is phoned, what to say, what became of earlier calls of this incident."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import roster
from callassist.bootstrap import Service
from callassist.domain.call_task import Party, TaskState
from callassist.domain.dial import DialState
from callassist.domain.script import Script, Slots, render_script
from callassist.domain.viewer import Viewer
from callassist.escalation import joined
from callassist.escalation.context import cadence_of
from callassist.escalation.requesting import noise_minutes
from callassist.models import CallAttempt, CallTask, Desk, Incident, Operator, Property, Stay
from callassist.telephony.manual import tel_link
from callassist.web.pages.desk.queries import find_task


@dataclass(frozen=True, kw_only=True)
class EarlierCall:
    """A dial of this incident; `result` is what was saved, or the network's fact."""

    party: Party
    attempt: int
    at: datetime
    result: str | None
    by: str | None
    note: str | None


@dataclass(frozen=True, kw_only=True)
class TaskCard:
    """Everything that the operator of a call sees, and nothing else."""

    task_id: str
    party: Party
    state: TaskState
    attempt: int
    attempts: int
    language: str
    guest: str | None
    host_spoken_name: str
    call_names: tuple[str, ...]
    other_homes: int  # of the same guest, which the call is about too
    zone: ZoneInfo
    noise_minutes: int | None
    reference: str
    is_repeat: bool
    earlier: tuple[EarlierCall, ...]
    dial: DialState | None
    outcome: str | None
    dial_link: str | None
    number: str | None
    by_hand: bool
    can_extend: bool
    wrap_up_since: datetime | None
    script: Script


def task_card(
    session: Session, service: Service, viewer: Viewer, task_id: str, now: datetime
) -> TaskCard | None:
    """The card of a call that is offered to the viewer or in their hands; None for others."""
    task, operator = find_task(session, viewer, task_id)
    if task.operator_id != operator.id or task.state in (TaskState.COMPLETED, TaskState.CANCELLED):
        return None
    incident = session.get_one(Incident, task.incident_id)
    homes = _homes(session, incident)
    home = homes[0]
    stay = None if incident.stay_id is None else session.get(Stay, incident.stay_id)
    guest = None
    if stay is not None and stay.guest_name is not None and stay.erased_at is None:
        guest = service.vault.open(stay.guest_name)
    names = _call_names(session, task, incident, homes, now)
    minutes = noise_minutes(session, incident, now)
    attempt = task.attempts[-1] if task.attempts else None
    number = _number(service, task, attempt)
    return TaskCard(
        task_id=task.public_id,
        party=Party(task.party),
        state=TaskState(task.state),
        attempt=task.attempt_number,
        attempts=cadence_of(incident).attempts,
        language=task.language,
        guest=guest,
        host_spoken_name=home.host_spoken_name,
        call_names=names,
        other_homes=len(homes) - 1,
        zone=ZoneInfo(home.timezone),
        noise_minutes=minutes,
        reference=incident.reference.replace("-", " "),
        is_repeat=incident.repeat_of_id is not None,
        earlier=_earlier(session, incident, task),
        dial=DialState(attempt.state) if attempt else None,
        outcome=attempt.outcome if attempt else None,
        dial_link=None if number is None else tel_link(number),
        number=number,
        by_hand=service.escalation.operator_dials,
        can_extend=task.state == TaskState.WRAPPING_UP and not task.wrap_up_extended,
        wrap_up_since=task.wrap_up_started_at,
        script=render_script(
            service.scripts,
            task.language,
            Party(task.party),
            Slots(
                guest=guest or "",
                desk_name=operator.desk_name,
                host_spoken_name=home.host_spoken_name,
                minutes=minutes,
                call_name=", ".join(names),
                reference=incident.reference,
                country=home.country,
            ),
            repeat=incident.repeat_of_id is not None,
            guest_language=stay.language if stay is not None else None,
        ),
    )


def _homes(session: Session, incident: Incident) -> list[Property]:
    """The incident's home, then those of incidents whose calls are made in this one's tasks."""
    return [
        session.get_one(Property, each.property_id)
        for each in joined.incidents_of(session, incident)
    ]


def _call_names(
    session: Session, task: CallTask, incident: Incident, homes: list[Property], now: datetime
) -> tuple[str, ...]:
    """On the host's card always; on the guest's if the host allows it, or the desk is their own."""
    desk = None if task.desk_id is None else session.get(Desk, task.desk_id)
    own = desk is not None and desk.account_id == incident.account_id
    agreement = roster.agreement_for(session, incident.account_id, now)
    agreed = agreement is not None and agreement.show_call_name_to_guest_desk
    everywhere = task.party == Party.HOST or own or agreed
    return tuple(
        home.call_name
        for home in homes
        if home.call_name and (everywhere or home.show_call_name_to_guest)
    )


def _number(service: Service, task: CallTask, attempt: CallAttempt | None) -> str | None:
    """Manual mode: from "call" until the call has ended."""
    if not service.escalation.operator_dials or task.state != TaskState.ASSIGNED:
        return None
    if attempt is None or attempt.number is None or attempt.state == DialState.ENDED:
        return None
    return service.vault.open(attempt.number)


def _earlier(session: Session, incident: Incident, task: CallTask) -> tuple[EarlierCall, ...]:
    rows = session.execute(
        select(CallAttempt, CallTask.note, Operator.desk_name)
        .join(CallTask, CallTask.id == CallAttempt.task_id)
        .outerjoin(Operator, Operator.id == CallAttempt.operator_id)
        .where(CallAttempt.incident_id == incident.id, CallAttempt.task_id != task.id)
        .order_by(CallAttempt.id)
    )
    return tuple(
        EarlierCall(
            party=Party(attempt.party),
            attempt=attempt.attempt_number,
            at=attempt.dial_at or attempt.requested_at,
            result=attempt.disposition or attempt.outcome,
            by=desk_name,
            note=note,
        )
        for attempt, note, desk_name in rows
    )
