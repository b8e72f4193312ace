"""What is so at some desks at one moment, for any number of their operators."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from callassist.bootstrap import Service
from callassist.domain.cadence import Cadence
from callassist.domain.call_task import OPEN_TASK_STATES, Party, TaskState
from callassist.domain.presence import PresenceState
from callassist.domain.reference import as_said
from callassist.escalation.handing_out import queue_rank
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


class Call(NamedTuple):
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
    phones_back: bool
    offered_at: datetime | None
    guest_asked: bool
    is_practice: bool
    reference: str
    zone: ZoneInfo


class Crowd(NamedTuple):
    """Operators who may take the same calls."""

    desk_id: int
    languages: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Look:
    """`members` by operator, by the name of their desk; `calls` by desk, as they are handed out.

    `declined`: when an operator gave a call back that is therefore not offered to them now.
    `shared` keeps what was made of this look for several of them.
    """

    at: datetime
    members: Mapping[int, Member]
    calls: Mapping[int, tuple[Call, ...]]
    declined: Mapping[tuple[int, int], datetime]
    shared: dict[Hashable, Any] = field(default_factory=dict)

    def crowd_of(self, me: Member) -> Crowd | None:
        """All for whom the calls of a desk are the same; None for whom one of them is special."""
        if me.id not in self._named:
            return Crowd(me.desk_id, me.languages)
        return None

    @cached_property
    def _named(self) -> frozenset[int | None]:
        """Who has a call, is waited for with one, or gave one back."""
        calls = [call for there in self.calls.values() for call in there]
        return frozenset(
            (
                *(call.operator_id for call in calls),
                *(call.preferred_id for call in calls),
                *(who for who, _call in self.declined),
            )
        )


# of the tables themselves, past the mapper: two hundred desks ask at the same moment
_OPERATOR, _DESK, _PRESENCE = Operator.__table__, Desk.__table__, Presence.__table__
_TASK, _INCIDENT, _OFFER = CallTask.__table__, Incident.__table__, Offer.__table__
_HOME, _STAY = Property.__table__, Stay.__table__
_MEMBERS = (
    select(
        _OPERATOR.c.id,
        _OPERATOR.c.public_id,
        _OPERATOR.c.desk_id,
        _DESK.c.name,
        _OPERATOR.c.desk_name,
        _OPERATOR.c.languages,
        _PRESENCE.c.state,
        _PRESENCE.c.since,
        _PRESENCE.c.misses,
    )
    .join(_DESK, _DESK.c.id == _OPERATOR.c.desk_id)
    .outerjoin(_PRESENCE, _PRESENCE.c.operator_id == _OPERATOR.c.id)
    .where(_OPERATOR.c.id.in_(bindparam("operators", expanding=True)))
    .order_by(_DESK.c.name, _OPERATOR.c.id)
)
_CALLS = (
    select(
        _TASK.c.desk_id,
        _TASK.c.id,
        _TASK.c.public_id,
        _TASK.c.party,
        _TASK.c.attempt_number,
        _TASK.c.language,
        _TASK.c.state,
        _TASK.c.operator_id,
        _OPERATOR.c.desk_name.label("holder"),
        _TASK.c.preferred_operator_id,
        _TASK.c.preferred_until,
        _TASK.c.any_language,
        _TASK.c.available_at,
        _TASK.c.phoned_back_at,
        _TASK.c.offered_at,
        _TASK.c.guest_asked,
        _INCIDENT.c.practice,
        _INCIDENT.c.reference,
        _INCIDENT.c.cadence,
        _HOME.c.timezone,
        _HOME.c.host_spoken_name,
        _STAY.c.guest_name,
        _STAY.c.erased_at,
    )
    .join(_INCIDENT, _INCIDENT.c.id == _TASK.c.incident_id)
    .join(_HOME, _HOME.c.id == _INCIDENT.c.property_id)
    .outerjoin(_STAY, _STAY.c.id == _INCIDENT.c.stay_id)
    .outerjoin(_OPERATOR, _OPERATOR.c.id == _TASK.c.operator_id)
    .where(_TASK.c.desk_id.in_(bindparam("desks", expanding=True)), _TASK.c.state.in_(OPEN))
)
_DECLINED = select(_OFFER.c.operator_id, _OFFER.c.task_id, _OFFER.c.ended_at).where(
    _OFFER.c.operator_id.in_(bindparam("operators", expanding=True)),
    _OFFER.c.ending == "declined",
    _OFFER.c.ended_at > bindparam("since"),
)


def look_at(
    session: Session, service: Service, operator_ids: Collection[int], now: datetime
) -> Look:
    """The desks of these operators; how many there are costs no further question."""
    operators = list(operator_ids)
    members = _members(session, operators)
    desks = list({one.desk_id for one in members})
    since = now - service.escalation.settings.decline_quiet
    declined = session.execute(_DECLINED, {"operators": operators, "since": since})
    return Look(
        at=now,
        members={one.id: one for one in members},
        calls=_calls(session, service, desks),
        declined={(who, task_id): at for who, task_id, at in declined if at is not None},
    )


def _members(session: Session, operators: list[int]) -> list[Member]:
    return [
        Member(
            id=row.id,
            public_id=row.public_id,
            desk_id=row.desk_id,
            desk=row.name,
            desk_name=row.desk_name,
            languages=tuple(row.languages),
            state=PresenceState(row.state or PresenceState.OFFLINE),
            since=row.since,
            misses=row.misses or 0,
        )
        for row in session.execute(_MEMBERS, {"operators": operators})
    ]


def _calls(session: Session, service: Service, desks: list[int]) -> dict[int, tuple[Call, ...]]:
    """In the order in which they are handed out."""
    calls: dict[int, list[Call]] = {}
    for row in session.execute(_CALLS, {"desks": desks}):
        calls.setdefault(row.desk_id, []).append(_call(service, row))
    return {desk_id: tuple(sorted(there, key=_order)) for desk_id, there in calls.items()}


def _order(call: Call) -> tuple[int, datetime, int]:
    rank = queue_rank(
        call.party,
        call.attempt,
        is_practice=call.is_practice,
        phones_back=call.phones_back,
        guest_asked=call.guest_asked,
    )
    return rank, call.available_at, call.id


def _call(service: Service, row: Row[*tuple[Any, ...]]) -> Call:
    party = Party(row.party)
    is_guest = party is Party.GUEST
    return Call(
        id=row.id,
        task_id=row.public_id,
        party=party,
        name=guest_name(service, row) if is_guest else row.host_spoken_name,
        attempt=row.attempt_number,
        attempts=Cadence.attempts_in(row.cadence),
        language=row.language,
        state=TaskState(row.state),
        operator_id=row.operator_id,
        holder=row.holder,
        preferred_id=row.preferred_operator_id,
        preferred_until=row.preferred_until,
        any_language=row.any_language,
        available_at=row.available_at,
        phones_back=row.phoned_back_at is not None,
        offered_at=row.offered_at,
        guest_asked=row.guest_asked,
        is_practice=row.practice,
        reference=as_said(row.reference),
        zone=ZoneInfo(row.timezone),
    )
