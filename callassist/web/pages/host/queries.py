"""What the host's lists show; the viewer's accounts first, and no query per row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from callassist.accounts.people import accounts
from callassist.accounts.policies import policies
from callassist.accounts.properties import find_property, is_paused, properties
from callassist.accounts.sensors import sensors
from callassist.bootstrap import Service
from callassist.domain.coverage import Coverage
from callassist.domain.policy import EscalationPolicy
from callassist.domain.viewer import Viewer
from callassist.errors import NotFound
from callassist.escalation.coverage import coverage_tonight
from callassist.escalation.coverage_of_many import coverages_tonight
from callassist.models import (
    Account,
    HostContact,
    Incident,
    NeedsYou,
    NotificationChannel,
    Policy,
    Property,
    Sensor,
    SensorConnection,
    Stay,
)
from callassist.notifications import waiting
from callassist.notifications.keeping_channels import visible
from callassist.web.pages.host.live import LiveIncident, live_incidents

_Row = TypeVar("_Row", Incident, Property, SensorConnection)
_COMING = timedelta(days=60)
_GONE_LATELY = timedelta(days=2)


@dataclass(frozen=True, kw_only=True)
class HomeLine:
    """One home in the list."""

    home: Property
    account: str
    coverage: Coverage
    paused_until: datetime | None
    zone: ZoneInfo


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """Something that waits for the host."""

    alarm_id: str
    reason: str
    home: str
    incident_id: str | None
    opened_at: datetime
    zone: ZoneInfo


@dataclass(frozen=True, kw_only=True)
class HomesScreen:
    """The host's first page."""

    lines: tuple[HomeLine, ...]
    alarms: tuple[Alarm, ...]
    incidents: tuple[LiveIncident, ...]
    several_accounts: bool
    unpaired: int
    may_write: bool


@dataclass(frozen=True, kw_only=True)
class StayLine:
    """One stay with its numbers, masked."""

    stay: Stay
    guest: str | None
    is_now: bool


@dataclass(frozen=True, kw_only=True)
class HomeScreen:
    """One home with everything that belongs to it."""

    home: Property
    zone: ZoneInfo
    coverage: Coverage
    paused_until: datetime | None
    incident: LiveIncident | None
    stays: tuple[StayLine, ...]
    contacts: tuple[HostContact, ...]
    sensors: tuple[tuple[Sensor, SensorConnection], ...]
    unpaired: tuple[tuple[Sensor, SensorConnection], ...]
    policy_name: str | None
    policy: EscalationPolicy
    may_write: bool


def homes_screen(session: Session, service: Service, viewer: Viewer, now: datetime) -> HomesScreen:
    """Every home with its night, what runs, and what waits for the host."""
    homes = properties(session, viewer)
    names = {account.id: account.name for account in accounts(session, viewer)}
    covered = coverages_tonight(session, viewer, homes, service.surroundings, now)
    return HomesScreen(
        lines=tuple(
            HomeLine(
                home=home,
                account=names[home.account_id],
                coverage=covered[home.id],
                paused_until=home.paused_until if is_paused(home, now) else None,
                zone=ZoneInfo(home.timezone),
            )
            for home in homes
        ),
        alarms=tuple(_alarms(session, viewer, waiting(session, viewer))),
        incidents=live_incidents(session, viewer, now),
        several_accounts=len(names) > 1,
        unpaired=sum(one.property_id is None for one in sensors(session, viewer)),
        may_write=any(viewer.can_write(account_id) for account_id in names),
    )


def home_screen(
    session: Session, service: Service, viewer: Viewer, public_id: str, now: datetime
) -> HomeScreen:
    """One home; NotFound outside the viewer's accounts."""
    home = find_property(session, viewer, public_id)
    of_account = sensors(session, viewer, home.account_id)
    brands = _connections(session, of_account)
    return HomeScreen(
        home=home,
        zone=ZoneInfo(home.timezone),
        coverage=coverage_tonight(session, viewer, home, service.surroundings, now),
        paused_until=home.paused_until if is_paused(home, now) else None,
        incident=next(iter(live_incidents(session, viewer, now, home.id)), None),
        stays=tuple(_stays(session, service, home, now)),
        contacts=tuple(home.contacts),
        sensors=tuple(
            (one, brands[one.connection_id]) for one in of_account if one.property_id == home.id
        ),
        unpaired=tuple(
            (one, brands[one.connection_id]) for one in of_account if one.property_id is None
        ),
        policy_name=home.policy.name if home.policy else None,
        policy=EscalationPolicy.from_dict(home.policy.rules) if home.policy else EscalationPolicy(),
        may_write=viewer.can_write(home.account_id),
    )


def writable_accounts(session: Session, viewer: Viewer) -> list[Account]:
    """Accounts in which the viewer may add things."""
    return [one for one in accounts(session, viewer) if viewer.can_write(one.id)]


def presets(session: Session, viewer: Viewer, account_id: int) -> list[Policy]:
    """The rules that a home of this account can have."""
    return policies(session, viewer, account_id)


def own_channels(session: Session, viewer: Viewer) -> list[NotificationChannel]:
    """How the viewer is told: their own channels, oldest first."""
    query = select(NotificationChannel).where(
        visible(viewer), NotificationChannel.person_id == viewer.person_id
    )
    return list(session.scalars(query.order_by(NotificationChannel.id)))


def find_alarm(session: Session, viewer: Viewer, public_id: str) -> tuple[NeedsYou, Alarm]:
    """An alarm of one of the viewer's accounts; NotFound for anything else."""
    query = select(NeedsYou).where(
        NeedsYou.account_id.in_(viewer.account_ids), NeedsYou.public_id == public_id
    )
    alarm = session.scalars(query).first()
    if alarm is None:
        raise NotFound("no such alarm")
    return alarm, next(iter(_alarms(session, viewer, [alarm])))


def _alarms(session: Session, viewer: Viewer, alarms: Iterable[NeedsYou]) -> Iterable[Alarm]:
    rows = list(alarms)
    incidents = _by_id(session, Incident, {row.incident_id for row in rows})
    home_ids = {row.property_id for row in rows}
    home_ids |= {incident.property_id for incident in incidents.values()}
    homes = _by_id(session, Property, home_ids)
    for row in rows:
        incident = incidents.get(row.incident_id or 0)
        home = homes.get(row.property_id or (incident.property_id if incident else 0))
        yield Alarm(
            alarm_id=row.public_id,
            reason=row.reason,
            home=home.name if home else "",
            incident_id=incident.public_id if incident else None,
            opened_at=row.opened_at,
            zone=ZoneInfo(home.timezone if home else "UTC"),
        )


def _stays(session: Session, service: Service, home: Property, now: datetime) -> Iterable[StayLine]:
    query = (
        select(Stay)
        .where(
            Stay.property_id == home.id,
            Stay.check_out_at > now - _GONE_LATELY,
            Stay.check_in_at < now + _COMING,
            Stay.cancelled_at.is_(None),
        )
        .options(selectinload(Stay.numbers))
        .order_by(Stay.check_in_at, Stay.id)
    )
    for stay in session.scalars(query):
        named = stay.guest_name is not None and stay.erased_at is None
        yield StayLine(
            stay=stay,
            guest=service.vault.open(stay.guest_name) if named and stay.guest_name else None,
            is_now=stay.check_in_at <= now < stay.check_out_at,
        )


def _connections(session: Session, of: Iterable[Sensor]) -> Mapping[int, SensorConnection]:
    return _by_id(session, SensorConnection, {one.connection_id for one in of})


def _by_id(session: Session, model: type[_Row], ids: set[int | None] | set[int]) -> dict[int, _Row]:
    rows = session.scalars(select(model).where(model.id.in_([one for one in ids if one])))
    return {row.id: row for row in rows}
