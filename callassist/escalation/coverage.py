"""Covered tonight, or why not: facts from the tables, put to the pure rule (DESIGN 3.6)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session

from callassist import outbox, roster, stays, timers
from callassist.domain.coverage import (
    COVERAGE_CHECK,
    Coverage,
    CoverageFacts,
    assess,
    coming_night,
    next_check_at,
    stage_at,
    worth_telling,
)
from callassist.domain.message_kind import MessageKind
from callassist.domain.noise import SILENT_AFTER, SourceKind
from callassist.domain.spans import Span, gaps
from callassist.domain.viewer import Viewer
from callassist.errors import NotFound
from callassist.escalation.barred import barred
from callassist.models import Desk, HostContact, NotificationChannel, Property, Sensor, Stay
from callassist.ports.telephony import Capabilities
from callassist.timers import DueTimer, TimerHandler

_SILENT_INTERVALS = 2.5
_PROVED = select(
    exists().where(
        NotificationChannel.account_id == bindparam("account"),
        NotificationChannel.proved_at.is_not(None),
        NotificationChannel.disabled_at.is_(None),
    )
)


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What coverage depends on besides the tables."""

    capabilities: Capabilities
    heartbeat_watched: bool
    silent_after: timedelta = SILENT_AFTER


def coverage_tonight(
    session: Session, viewer: Viewer, home: Property, around: Surroundings, now: datetime
) -> Coverage:
    """Whether one of the viewer's homes is covered for the coming night; NotFound for others."""
    if not (viewer.is_admin or home.account_id in viewer.account_ids):
        raise NotFound("no such home")
    night = coming_night(now, ZoneInfo(home.timezone))
    stay = stays.staying_now(session, home.id, night.starts_at) or next(
        iter(stays.coming_stays(session, home.id, night.starts_at, night.ends_at)), None
    )
    return _assess(session, home, stay, night, around, now)


def coverage_of_stay(
    session: Session, home: Property, stay: Stay, around: Surroundings, now: datetime
) -> Coverage:
    """Whether the home is covered for the first night of a stay that is still to come."""
    night = coming_night(max(now, stay.check_in_at), ZoneInfo(home.timezone))
    return _assess(session, home, stay, night, around, now)


def coverage_check_handler(around: Surroundings) -> TimerHandler:
    """The handler of `coverage_check` timers, whose subject is a stay.

    Running twice is safe: the message has one key per stay and stage, and arming moves.
    """

    def handle(session: Session, timer: DueTimer, now: datetime) -> None:
        stay = session.get(Stay, int(timer.subject))
        if stay is None or stay.cancelled_at or stay.erased_at or stay.check_out_at <= now:
            return
        home = session.get_one(Property, stay.property_id)
        if home.archived_at is None:
            _tell_when_uncovered(session, home, stay, around, now)
        next_at = next_check_at(stay.check_in_at, now)
        if next_at is not None:
            timers.arm(session, COVERAGE_CHECK, stay.id, next_at, now=now)

    return handle


def _tell_when_uncovered(
    session: Session, home: Property, stay: Stay, around: Surroundings, now: datetime
) -> None:
    stage = stage_at(stay.check_in_at, now)
    missing = worth_telling(coverage_of_stay(session, home, stay, around, now), stage)
    if not missing:
        return
    facts = {
        "stage": str(stage),
        "missing": [str(part) for part in missing],
        "stay_id": stay.id,
        "check_in_at": stay.check_in_at.isoformat(),
    }
    payload = {
        "kind": str(MessageKind.NOT_COVERED),
        "account_id": home.account_id,
        "property_id": home.id,
        "facts": facts,
    }
    key = f"{MessageKind.NOT_COVERED}:{stay.public_id}:{stage}"
    outbox.put(session, "notify", key, payload, now=now)


def _assess(
    session: Session,
    home: Property,
    stay: Stay | None,
    night: Span,
    around: Surroundings,
    now: datetime,
) -> Coverage:
    sensors = list(session.scalars(select(Sensor).where(Sensor.property_id == home.id)))
    desk = roster.desk_for(session, home.account_id, night.starts_at)
    dialable = stay is not None and bool(stays.dialable(session, stay, now))
    left_out = barred(session, [home.account_id], [] if stay is None else [stay.id])
    crew = _crew(session, home, desk, night)
    facts = CoverageFacts(
        sensor_paired=bool(sensors),
        sensor_heard=any(is_heard(sensor, around, now) for sensor in sensors),
        paused=home.paused_until is not None and home.paused_until > night.starts_at,
        shadow=home.shadow_since is not None,
        host_only=home.host_only,
        stay_known=stay is not None,
        guest_dialable=dialable,
        guest_country_allowed=stay is None or stay.id not in left_out.stays,
        host_contact=_has_contact(session, home) and home.id not in left_out.homes,
        channel_proved=has_proved_channel(session, home),
        desk_known=desk is not None,
        operator_all_night=not gaps([one.span for one in crew], night),
        language_all_night=_speaks(crew, night, call_language(home, stay, desk)),
        network_simulated=around.capabilities.simulated,
        heartbeat_watched=around.heartbeat_watched,
    )
    return assess(facts)


class Hearable(Protocol):
    """What silence is judged by: a Sensor, or a row with these columns."""

    @property
    def kind(self) -> str: ...
    @property
    def interval_seconds(self) -> int: ...
    @property
    def last_heard_at(self) -> datetime | None: ...
    @property
    def silent_since(self) -> datetime | None: ...


class HasAccount(Protocol):
    """Something of an account."""

    @property
    def account_id(self) -> int: ...


class HasLanguage(Protocol):
    """Something with a language."""

    @property
    def language(self) -> str | None: ...


def is_heard(sensor: Hearable, around: Surroundings, now: datetime) -> bool:
    """Whether a sensor is heard: levels came lately; the others are heard until told offline."""
    if sensor.last_heard_at is None or sensor.silent_since is not None:
        return False
    if sensor.kind != SourceKind.LEVEL:
        return True  # says nothing while it is quiet; the vendor tells when it is offline
    interval = timedelta(seconds=sensor.interval_seconds * _SILENT_INTERVALS)
    return now - sensor.last_heard_at <= max(around.silent_after, interval)


def _has_contact(session: Session, home: Property) -> bool:
    unflagged = exists().where(HostContact.property_id == home.id, HostContact.flagged_at.is_(None))
    return bool(session.scalar(select(unflagged)))


def has_proved_channel(session: Session, home: HasAccount) -> bool:
    """Whether a delivery has proved one way of telling the home's account."""
    return bool(session.scalar(_PROVED, {"account": home.account_id}))


class _OnDuty(NamedTuple):
    """When somebody is there in the night, and whether they take calls in a language."""

    span: Span
    speaks: Callable[[str], bool]


def _crew(session: Session, home: Property, desk: Desk | None, night: Span) -> list[_OnDuty]:
    """Who is rostered, or on the account's duty rota, in the night."""
    if desk is None:
        return []
    found = [
        _OnDuty(Span(shift.starts_at, shift.ends_at), partial(roster.speaks, operator))
        for shift, operator in roster.rostered(session, desk.id, night.starts_at, night.ends_at)
    ]
    if desk.account_id != home.account_id:
        return found
    duties = roster.duty_between(session, home.account_id, night.starts_at, night.ends_at)
    return found + [
        _OnDuty(Span(duty.starts_at, duty.ends_at), duty.languages.__contains__)
        for duty in duties
        if duty.phone is not None
    ]


def _speaks(crew: Sequence[_OnDuty], night: Span, language: str) -> bool:
    """Whether at every moment of the night somebody is there with this language."""
    return not gaps([one.span for one in crew if one.speaks(language)], night)


def call_language(home: HasLanguage, stay: HasLanguage | None, desk: Desk | None) -> str:
    """The call language as escalation will choose it: the stay's or home's if offered, else en."""
    offered = desk.languages if desk is not None else ["en"]
    wanted = stay.language if stay is not None and stay.language else home.language
    return wanted if wanted is not None and wanted in offered else "en"
