"""What an operator's program is shown of a call task: the list of DESIGN 3.8 and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from callassist.domain.phoning_back import Line
from callassist.domain.script import Script
from callassist.escalation.joined import incidents_of
from callassist.escalation.phoning_now import phones_now
from callassist.escalation.requesting import noise_minutes
from callassist.models import Breach, CallAttempt, CallTask, Incident, Operator, Property
from callassist.web.api.fields import Instant, Output
from callassist.web.api.routing import Ask
from callassist.web.operator_card import operator_card

_Row = TypeVar("_Row")


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
    phones_us: bool = Field(
        description="They phone us about it just now: wait with the result until they have chosen."
    )


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
    shown = operator_card(ask.session, ask.service, task, operator_id, ask.now)
    incident = ask.session.get_one(Incident, task.incident_id)
    home = ask.session.get_one(Property, incident.property_id)
    return CallTaskCard(
        **_line(ask, task, incident, home, operator_id),
        guest_name=shown.guest,
        host_spoken_name=shown.host_spoken_name,
        call_names=list(shown.call_names),
        other_homes=shown.other_homes,
        continuation=task.continuation,
        assigned_at=task.assigned_at,
        wrap_up_started_at=task.wrap_up_started_at,
        wrap_up_extended=task.wrap_up_extended,
        result=task.result,
        note=task.note,
        attempts=_attempts(ask.session, incident.id),
        number=shown.number,
        number_link=shown.dial_link,
        script=None if shown.script is None else _text(shown.script),
        phones_us=_phones_us(ask, incident),
    )


def _phones_us(ask: Ask, incident: Incident) -> bool:
    about = [one.id for one in incidents_of(ask.session, incident)]
    call = phones_now(ask.session, about, ask.now)
    return call is not None and call.state != Line.TALKING


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
