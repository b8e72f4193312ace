"""What is so at some desks at one moment, for any number of their operators."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.bootstrap import Service
from callassist.domain.call_task import OPEN_TASK_STATES, Party, TaskState
from callassist.domain.presence import PresenceState
from callassist.escalation.context import cadence_of
from callassist.escalation.handing_out import queue_order
from callassist.models import CallTask, Desk, Incident, Offer, Operator, Presence, Property, Stay
from callassist.web.operator_card import guest_name

OPEN = tuple(str(state) for state in OPEN_TASK_STATES)


@dataclass(frozen=True, kw_only=True)
class Member:
    """An operator and what they do."""

    id: int
    public_id: str
    desk_id: int
    desk: str
    desk_name: str
    languages: tuple[str, ...]
    state: PresenceState
    since: datetime | None
    misses: int


@dataclass(frozen=True, kw_only=True)
class Call:
    """An open call task; `name` is who will be phoned, `holder` a colleague's desk name."""

    id: int
    task_id: str
    party: Party
    name: str | None
    attempt: int
    attempts: int
    language: str
    state: TaskState
    operator_id: int | None
    holder: str | None
    preferred_id: int | None
    preferred_until: datetime | None
    any_language: bool
    available_at: datetime
    offered_at: datetime | None
    is_practice: bool
    reference: str
    zone: ZoneInfo


@dataclass(frozen=True, kw_only=True)
class Look:
    """`members` by operator, by the name of their desk; `calls` by desk, as they are handed out.

    `declined`: when an operator gave a call back that is therefore not offered to them now.
    """

    members: Mapping[int, Member]
    calls: Mapping[int, tuple[Call, ...]]
    declined: Mapping[tuple[int, int], datetime]


def look_at(
    session: Session, service: Service, operator_ids: Collection[int], now: datetime
) -> Look:
    """The desks of these operators; how many there are costs no further question."""
    members = {one.id: one for one in _members(session, operator_ids)}
    return Look(
        members=members,
        calls=_calls(session, service, {one.desk_id for one in members.values()}),
        declined=_declined(session, operator_ids, now - service.escalation.settings.decline_quiet),
    )


def _members(session: Session, operator_ids: Collection[int]) -> list[Member]:
    query = (
        select(Operator, Desk.name, Presence)
        .join(Desk, Desk.id == Operator.desk_id)
        .outerjoin(Presence, Presence.operator_id == Operator.id)
        .where(Operator.id.in_(operator_ids))
        .order_by(Desk.name, Operator.id)
    )
    return [
        Member(
            id=operator.id,
            public_id=operator.public_id,
            desk_id=operator.desk_id,
            desk=desk,
            desk_name=operator.desk_name,
            languages=tuple(operator.languages),
            state=PresenceState(presence.state) if presence else PresenceState.OFFLINE,
            since=presence.since if presence else None,
            misses=presence.misses if presence else 0,
        )
        for operator, desk, presence in session.execute(query)
    ]


def _calls(
    session: Session, service: Service, desk_ids: Collection[int]
) -> dict[int, tuple[Call, ...]]:
    query = (
        select(CallTask, Incident, Property, Stay, Operator.desk_name)
        .join(Incident, Incident.id == CallTask.incident_id)
        .join(Property, Property.id == Incident.property_id)
        .outerjoin(Stay, Stay.id == Incident.stay_id)
        .outerjoin(Operator, Operator.id == CallTask.operator_id)
        .where(CallTask.desk_id.in_(desk_ids), CallTask.state.in_(OPEN))
    )
    rows = sorted(session.execute(query), key=lambda row: queue_order(row[0]))
    calls: dict[int, list[Call]] = {}
    for task, incident, home, stay, holder in rows:
        assert task.desk_id is not None, "it was asked for by its desk"
        call = _call(service, task, incident, home, stay, holder)
        calls.setdefault(task.desk_id, []).append(call)
    return {desk_id: tuple(there) for desk_id, there in calls.items()}


def _call(
    service: Service,
    task: CallTask,
    incident: Incident,
    home: Property,
    stay: Stay | None,
    holder: str | None,
) -> Call:
    party = Party(task.party)
    return Call(
        id=task.id,
        task_id=task.public_id,
        party=party,
        name=guest_name(service, stay) if party is Party.GUEST else home.host_spoken_name,
        attempt=task.attempt_number,
        attempts=cadence_of(incident).attempts,
        language=task.language,
        state=TaskState(task.state),
        operator_id=task.operator_id,
        holder=holder,
        preferred_id=task.preferred_operator_id,
        preferred_until=task.preferred_until,
        any_language=task.any_language,
        available_at=task.available_at,
        offered_at=task.offered_at,
        is_practice=incident.practice,
        reference=incident.reference.replace("-", " "),
        zone=ZoneInfo(home.timezone),
    )


def _declined(
    session: Session, operator_ids: Collection[int], since: datetime
) -> dict[tuple[int, int], datetime]:
    rows = session.execute(
        select(Offer.operator_id, Offer.task_id, Offer.ended_at).where(
            Offer.operator_id.in_(operator_ids),
            Offer.ending == "declined",
            Offer.ended_at > since,
        )
    )
    return {(who, task_id): at for who, task_id, at in rows if at is not None}
