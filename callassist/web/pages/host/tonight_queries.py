"""What the host's first page shows: every home judged, one page of them drawn."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, bindparam, func, select
from sqlalchemy.orm import Session

from callassist.accounts.people import accounts
from callassist.accounts.setting_up import SetUp, set_up_of
from callassist.bootstrap import Service
from callassist.domain.coverage import Coverage, MissingPart
from callassist.domain.viewer import Viewer
from callassist.escalation.coverage_of_many import Night, nights
from callassist.models import Account, Breach, Incident, Property, PropertyNoise
from callassist.notifications import waiting
from callassist.web.pages.host.home_rows import HomeRow, home_rows
from callassist.web.pages.host.live import LiveIncident, live_incidents
from callassist.web.pages.host.need import Need
from callassist.web.pages.host.needs import alarm_cards, needs
from callassist.web.pages.host.noise_lately import Lately, noise_lately
from callassist.web.pages.host.verdicts import Verdicts

PER_PAGE = 12
_DAY = timedelta(days=1)
_ACCOUNTS: BindParameter[Any] = bindparam("accounts", expanding=True)
_LOUD = (
    select(PropertyNoise.property_id)
    .join(Property, Property.id == PropertyNoise.property_id)
    .where(
        Property.account_id.in_(_ACCOUNTS),
        Property.archived_at.is_(None),
        PropertyNoise.breach_id.is_not(None),
    )
)
_LAST_NOISE = (
    select(func.max(Breach.ended_at))
    .join(Property, Property.id == Breach.property_id)
    .where(Property.account_id.in_(_ACCOUNTS), Breach.began_at > bindparam("after"))
)
_NEWEST = (
    select(func.max(Incident.id))
    .where(
        Incident.property_id.in_(bindparam("homes", expanding=True)), Incident.practice.is_(False)
    )
    .group_by(Incident.property_id)
)
_LAST_INCIDENTS = select(
    *(Incident.property_id, Incident.public_id, Incident.opened_at),
    *(Incident.resolution, Incident.state),
).where(Incident.id.in_(_NEWEST))


@dataclass(frozen=True, kw_only=True)
class LastIncident:
    """How the last incident of a home ended."""

    incident_id: str
    opened_at: datetime
    resolution: str | None
    state: str


@dataclass(frozen=True, kw_only=True)
class HomeLine:
    """One home in a list."""

    home: HomeRow
    account: str
    coverage: Coverage
    paused_until: datetime | None
    zone: ZoneInfo
    lately: Lately
    last: LastIncident | None

    @property
    def missing(self) -> tuple[MissingPart, ...]:
        """What can be mended; that the network is simulated is said once, above."""
        return self.coverage.really_missing


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How many homes are covered; the first page's sentence is made of it."""

    homes: int
    covered: int
    is_simulated: bool


@dataclass(frozen=True, kw_only=True)
class TonightScreen:
    """The host's first page."""

    standing: Standing
    needs: tuple[Need, ...]
    incidents: tuple[LiveIncident, ...]
    lines: tuple[HomeLine, ...]
    more: int  # homes that are not on this page
    quiet_since: datetime | None  # the end of the last noise in a day
    unheard: int
    zone: ZoneInfo
    set_up: SetUp | None  # of the first account that is not set up yet
    several_accounts: bool
    may_write: bool


def tonight_screen(
    session: Session, service: Service, viewer: Viewer, now: datetime, set_up_done: set[int]
) -> TonightScreen:
    """Everything, for homes of the viewer's accounts.

    `set_up_done` remembers the accounts that were once set up: what is lost later is a card.
    """
    places = accounts(session, viewer)
    names = {account.id: account.name for account in places}
    homes = home_rows(session, viewer)
    judged = nights(session, viewer, homes, service.surroundings, now)
    incidents = live_incidents(session, viewer, now)
    loud = _loud(session, viewer)
    busy = {one.home_id for one in incidents}
    ordered = sorted(homes, key=lambda home: _urgency(home, judged[home.id], busy, loud))
    verdicts = Verdicts(homes, judged)
    writable = [one for one in places if viewer.can_write(one.id)]
    set_up = open_set_up(session, writable, now, set_up_done)
    alarms = alarm_cards(session, viewer, waiting(session, viewer))
    lines = home_lines(session, service, ordered[:PER_PAGE], judged, names, now)
    return TonightScreen(
        standing=Standing(
            homes=len(homes),
            covered=verdicts.covered,
            is_simulated=service.surroundings.capabilities.simulated,
        ),
        needs=(*alarms, *needs(session, viewer, verdicts, judged, set_up, now)),
        incidents=incidents,
        lines=lines,
        more=len(homes) - len(lines),
        quiet_since=None if loud or incidents else _last_noise(session, viewer, now),
        unheard=verdicts.lacking(MissingPart.SENSOR_SILENT).amount,
        zone=ZoneInfo(homes[0].timezone if homes else "UTC"),
        set_up=set_up,
        several_accounts=len(names) > 1,
        may_write=bool(writable),
    )


def home_lines(
    session: Session,
    service: Service,
    homes: Sequence[HomeRow],
    judged: Mapping[int, Night],
    names: Mapping[int, str],
    now: datetime,
) -> tuple[HomeLine, ...]:
    """One page of homes with their last day."""
    lately = noise_lately(session, homes, service.surroundings, now)
    last = _last_incidents(session, [home.id for home in homes])
    return tuple(
        HomeLine(
            home=home,
            account=names[home.account_id],
            coverage=judged[home.id].coverage,
            paused_until=home.pause_end(now),
            zone=ZoneInfo(home.timezone),
            lately=lately[home.id],
            last=last.get(home.id),
        )
        for home in homes
    )


def open_set_up(
    session: Session, places: Sequence[Account], now: datetime, done: set[int]
) -> SetUp | None:
    """The first of these accounts that is not set up yet; `done` remembers those that are."""
    for place in places:
        if place.id not in done:
            found = set_up_of(session, place, now)
            if not found.is_finished:
                return found
            done.add(place.id)
    return None


def _urgency(home: HomeRow, night: Night, busy: Container[str], loud: Container[int]) -> int:
    """What needs eyes first: calls, noise, then what is not covered; equals stay as they are."""
    is_calm = home.public_id not in busy, home.id not in loud, not night.coverage.really_missing
    return 4 * is_calm[0] + 2 * is_calm[1] + is_calm[2]


def _loud(session: Session, viewer: Viewer) -> set[int]:
    return set(session.scalars(_LOUD, {"accounts": list(viewer.account_ids)}))


def _last_noise(session: Session, viewer: Viewer, now: datetime) -> datetime | None:
    wanted = {"accounts": list(viewer.account_ids), "after": now - _DAY}
    return session.scalar(_LAST_NOISE, wanted)


def _last_incidents(session: Session, home_ids: Sequence[int]) -> dict[int, LastIncident]:
    return {
        row.property_id: LastIncident(
            incident_id=row.public_id,
            opened_at=row.opened_at,
            resolution=row.resolution,
            state=row.state,
        )
        for row in session.execute(_LAST_INCIDENTS, {"homes": list(home_ids)})
    }
