"""What an operator's program is shown of a call task: the list of DESIGN 3.8 and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from callassist import roster
from callassist.domain.call_task import Party, TaskState
from callassist.domain.dial import DialState
from callassist.domain.script import Script, Slots, render_script
from callassist.escalation import joined
from callassist.escalation.requesting import noise_minutes
from callassist.models import (
    Breach,
    CallAttempt,
    CallTask,
    Desk,
    Incident,
    Operator,
    Property,
    Stay,
)
from callassist.telephony.manual import tel_link
from callassist.web.api.fields import Instant, Output
from callassist.web.api.routing import Ask

_Row = TypeVar("_Row")
OVER = frozenset({TaskState.COMPLETED, TaskState.CANCELLED})


class CallTaskLine(Output):
    """A call task in the queue. `mine`: it is offered to you, or you work on it."""

    id: str
    state: str
    mine: bool
    party: str
    attempt_number: int
    language: str
    available_at: Instant
    incident_reference: str
    minutes_of_noise: int | None
    local_time: str


class Attempt(Output):
    """One dial of this incident; `desk_name` is who made it."""

    id: str
    party: str
    attempt_number: int
    state: str
    desk_name: str | None
    started_at: Instant | None
    answered_at: Instant | None
    ended_at: Instant | None
    talk_seconds: int | None
    outcome: str | None
    disposition: str | None
    counted: bool | None


class ObjectionCard(Output):
    """What to say when the call takes a turn, and the result to choose afterwards."""

    key: str
    title: str
    say: str
    result: str | None


class ScriptText(Output):
    """What to say, in the language of the call."""

    language: str
    version: str
    lines: list[str]
    voicemail: str
    cards: list[ObjectionCard]
    safety: list[str]
    never: str


class CallTaskCard(CallTaskLine):
    """Everything for one call. `number` is there in manual mode only, while you dial by hand."""

    guest_name: str | None
    host_spoken_name: str | None
    call_names: list[str]
    other_homes: int = Field(description="Of the same guest, which the call is about too.")
    continuation: bool
    assigned_at: Instant | None
    wrap_up_started_at: Instant | None
    wrap_up_extended: bool
    result: str | None
    note: str | None
    attempts: list[Attempt]
    number: str | None
    number_link: str | None
    script: ScriptText | None


def lines(ask: Ask, tasks: Iterable[CallTask], operator_id: int | None) -> list[CallTaskLine]:
    """Tasks as lines, in a fixed number of queries."""
    shown = list(tasks)
    session = ask.session
    incidents = _by_id(session, Incident, Incident.id, (task.incident_id for task in shown))
    homes = _by_id(session, Property, Property.id, (one.property_id for one in incidents.values()))
    # kept here, so that `noise_minutes` finds them without asking again
    breaches = _by_id(session, Breach, Breach.id, (one.breach_id for one in incidents.values()))
    found = []
    for task in shown:
        incident = incidents[task.incident_id]
        home = homes[incident.property_id]
        found.append(CallTaskLine(**_line(ask, task, incident, home, operator_id)))
    del breaches
    return found


def card(ask: Ask, task: CallTask, operator_id: int | None) -> CallTaskCard:
    """One task with its script; names vanish from it when the task is over."""
    session = ask.session
    incident = session.get_one(Incident, task.incident_id)
    home = session.get_one(Property, incident.property_id)
    over = task.state in OVER
    guest = None if over else _guest_name(ask, incident)
    homes = _homes(session, incident, home)
    call_names = [] if over else _call_names(session, task, incident, homes, ask.now)
    spoken = (home.host_spoken_name or None) if not over else None
    attempts = _attempts(session, incident.id)
    number = _number_to_dial(ask, task, operator_id)
    return CallTaskCard(
        **_line(ask, task, incident, home, operator_id),
        guest_name=guest,
        host_spoken_name=spoken,
        call_names=call_names,
        other_homes=len(homes) - 1,
        continuation=task.continuation,
        assigned_at=task.assigned_at,
        wrap_up_started_at=task.wrap_up_started_at,
        wrap_up_extended=task.wrap_up_extended,
        result=task.result,
        note=task.note,
        attempts=attempts,
        number=number,
        number_link=None if number is None else tel_link(number),
        script=None if over else _script(ask, task, incident, home, operator_id, guest, call_names),
    )


def _line(
    ask: Ask, task: CallTask, incident: Incident, home: Property, operator_id: int | None
) -> dict[str, Any]:
    return {
        "id": task.public_id,
        "state": task.state,
        "mine": operator_id is not None and task.operator_id == operator_id,
        "party": task.party,
        "attempt_number": task.attempt_number,
        "language": task.language,
        "available_at": task.available_at,
        "incident_reference": incident.reference,
        "minutes_of_noise": noise_minutes(ask.session, incident, ask.now),
        "local_time": f"{ask.now.astimezone(ZoneInfo(home.timezone)):%H:%M}",
    }


def _guest_name(ask: Ask, incident: Incident) -> str | None:
    stay = None if incident.stay_id is None else ask.session.get(Stay, incident.stay_id)
    if stay is None or stay.erased_at is not None or stay.guest_name is None:
        return None
    return ask.service.vault.open(stay.guest_name)


def _homes(session: Session, incident: Incident, home: Property) -> list[Property]:
    """The incident's home, then those of incidents whose calls are made in this one's tasks."""
    return [
        home if each is incident else session.get_one(Property, each.property_id)
        for each in joined.incidents_of(session, incident)
    ]


def _call_names(
    session: Session, task: CallTask, incident: Incident, homes: list[Property], now: datetime
) -> list[str]:
    """On the host's card always; on the guest's if the host allows it, or the desk is their own."""
    desk = None if task.desk_id is None else session.get(Desk, task.desk_id)
    own = desk is not None and desk.account_id == incident.account_id
    agreement = roster.agreement_for(session, incident.account_id, now)
    agreed = agreement is not None and agreement.show_call_name_to_guest_desk
    everywhere = task.party == Party.HOST or own or agreed
    return [
        home.call_name
        for home in homes
        if home.call_name and (everywhere or home.show_call_name_to_guest)
    ]


def _attempts(session: Session, incident_id: int) -> list[Attempt]:
    rows = session.execute(
        select(CallAttempt, Operator.desk_name)
        .outerjoin(Operator, Operator.id == CallAttempt.operator_id)
        .where(CallAttempt.incident_id == incident_id)
        .order_by(CallAttempt.id)
    )
    return [attempt_of(attempt, desk_name) for attempt, desk_name in rows]


def attempt_of(attempt: CallAttempt, desk_name: str | None) -> Attempt:
    """A dial as desk and host see it: no number."""
    return Attempt(
        id=attempt.public_id,
        party=attempt.party,
        attempt_number=attempt.attempt_number,
        state=attempt.state,
        desk_name=desk_name,
        started_at=attempt.dial_at,
        answered_at=attempt.answered_at,
        ended_at=attempt.ended_at,
        talk_seconds=attempt.talk_seconds,
        outcome=attempt.outcome,
        disposition=attempt.disposition,
        counted=attempt.counted,
    )


def _number_to_dial(ask: Ask, task: CallTask, operator_id: int | None) -> str | None:
    """Manual mode: from "call" until the call has ended, to the operator who makes it."""
    if not ask.service.escalation.operator_dials or task.operator_id != operator_id:
        return None
    if operator_id is None or task.state != TaskState.ASSIGNED or not task.attempts:
        return None
    attempt = task.attempts[-1]
    if attempt.number is None or attempt.state == DialState.ENDED:
        return None
    return ask.service.vault.open(attempt.number)


def _script(
    ask: Ask,
    task: CallTask,
    incident: Incident,
    home: Property,
    operator_id: int | None,
    guest: str | None,
    call_names: list[str],
) -> ScriptText:
    operator = None if operator_id is None else ask.session.get(Operator, operator_id)
    stay = None if incident.stay_id is None else ask.session.get(Stay, incident.stay_id)
    script = render_script(
        ask.service.scripts,
        task.language,
        Party(task.party),
        Slots(
            guest=guest or "",
            desk_name=operator.desk_name if operator else "",
            host_spoken_name=home.host_spoken_name,
            minutes=noise_minutes(ask.session, incident, ask.now),
            call_name=", ".join(call_names),
            reference=incident.reference,
            country=home.country,
        ),
        repeat=incident.repeat_of_id is not None,
        guest_language=None if stay is None else stay.language,
    )
    return _text(script)


def _text(script: Script) -> ScriptText:
    return ScriptText(
        language=script.language,
        version=script.version,
        lines=list(script.lines),
        voicemail=script.voicemail,
        cards=[
            ObjectionCard(key=one.key, title=one.title, say=one.say, result=one.result)
            for one in script.cards
        ],
        safety=[*script.safety, *script.safety_steps],
        never=script.never,
    )


def _by_id(
    session: Session, model: type[_Row], key: InstrumentedAttribute[int], ids: Iterable[int | None]
) -> dict[int, _Row]:
    rows = session.scalars(select(model).where(key.in_({one for one in ids if one is not None})))
    return {getattr(row, key.key): row for row in rows}
