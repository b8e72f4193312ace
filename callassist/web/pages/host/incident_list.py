"""The list of incidents: by night, filtered, searched, in pages; and as a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, bindparam, func, or_, select
from sqlalchemy.orm import Session

from callassist.domain.call_task import Party
from callassist.domain.incident import Resolution
from callassist.domain.reference import as_said
from callassist.domain.spreadsheet import csv_line
from callassist.domain.viewer import Viewer
from callassist.models import Breach, CallAttempt, FalseAlarm, Incident, Property
from callassist.reports.period import night_on, widest
from callassist.web.pages.host.live import state_words

PAGE = 50
OPEN, BY_ITSELF = "open", "by_itself"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a list shows; empty means all."""

    home: Property | None = None
    how: str = ""  # open, by_itself or a resolution
    search: str = ""
    first: date | None = None
    last: date | None = None
    before: str | None = None


@dataclass(frozen=True, kw_only=True)
class IncidentLine:
    """One incident in the list."""

    incident_id: str
    reference: str
    home: str
    night: date
    opened_at: datetime
    zone: ZoneInfo
    is_open: bool
    state: str
    tone: str
    ended_by_itself: bool
    practice: bool
    shadow: bool
    lasted: timedelta | None
    attempts: int
    false_alarm: bool


_TONES = {
    Resolution.WENT_QUIET: "calm",
    Resolution.GUEST_REACHED: "calm",
    Resolution.HOST_REACHED: "watch",
    Resolution.NOBODY_REACHED: "loud",
    Resolution.MISSED: "loud",
    Resolution.SENSOR_LOST: "watch",
}


class _Row(NamedTuple):
    """What a line says of an incident; whole rows cost three times as much."""

    id: int
    public_id: str
    reference: str
    state: str
    resolution: str | None
    practice: bool
    shadow: bool
    opened_at: datetime
    call_requested_at: datetime | None
    noise_ended_at: datetime | None
    closed_at: datetime | None
    home: str
    timezone: str
    loud_from: datetime | None  # None: no sensor heard it
    loud_until: datetime | None
    false_alarm: int | None


_ROWS = (
    select(
        *(Incident.id, Incident.public_id, Incident.reference, Incident.state),
        *(Incident.resolution, Incident.practice, Incident.shadow, Incident.opened_at),
        *(Incident.call_requested_at, Incident.noise_ended_at, Incident.closed_at),
        *(Property.name, Property.timezone, Breach.first_loud_at, Breach.ended_at, FalseAlarm.id),
    )
    .join(Property, Property.id == Incident.property_id)
    .outerjoin(Breach, Breach.id == Incident.breach_id)
    .outerjoin(FalseAlarm, FalseAlarm.incident_id == Incident.id)
    .order_by(Incident.id.desc())
)
_THESE = _ROWS.where(Incident.id.in_(bindparam("ids", expanding=True)))
_HOME = Property.__table__.c  # of the table itself: rows by the hundred go past the mapper
_HOMES = (
    select(_HOME.public_id, _HOME.name)
    .where(_HOME.account_id.in_(bindparam("accounts", expanding=True)))
    .order_by(_HOME.name, _HOME.id)
)
_COUNTED = (
    select(CallAttempt.incident_id, func.count())
    .where(
        CallAttempt.incident_id.in_(bindparam("ids", expanding=True)),
        CallAttempt.party == Party.GUEST,
        CallAttempt.counted.is_(True),
    )
    .group_by(CallAttempt.incident_id)
)


def incident_list(
    session: Session, viewer: Viewer, wanted: Wanted, now: datetime
) -> tuple[list[IncidentLine], str | None]:
    """Incidents of the viewer's accounts, newest first, and where the next page begins."""
    # the ids first: sorting ten thousand whole rows to show fifty takes ten times as long
    newest = (
        select(Incident.id)
        .where(Incident.account_id.in_(viewer.account_ids), *_conditions(session, viewer, wanted))
        .order_by(Incident.id.desc())
        .limit(PAGE + 1)
    )
    ids = list(session.scalars(newest))
    found = session.execute(_THESE, {"ids": ids})
    rows = [_Row._make(row) for row in found]
    lines = list(_lines(session, rows[:PAGE], now))
    return lines, lines[-1].incident_id if len(rows) > PAGE else None


class HomeName(NamedTuple):
    """A home to choose from."""

    public_id: str
    name: str


def homes_to_choose(session: Session, viewer: Viewer) -> list[HomeName]:
    """The viewer's homes by name, those too that are no longer in use."""
    found = session.execute(_HOMES, {"accounts": list(viewer.account_ids)})
    return [HomeName._make(row) for row in found.all()]


def csv_of(session: Session, viewer: Viewer, wanted: Wanted, now: datetime) -> Iterator[str]:
    """Every incident that the filters leave, as lines of a file."""
    yield csv_line(
        (
            *("reference", "home", "night", "opened", "ended_with", "minutes", "attempts"),
            *("practice", "false_alarm"),
        )
    )
    wanted_rows = _ROWS.where(
        Incident.account_id.in_(viewer.account_ids), *_conditions(session, viewer, wanted)
    ).execution_options(yield_per=500)
    found = session.execute(wanted_rows)
    for part in found.partitions():
        for line in _lines(session, [_Row._make(row) for row in part], now):
            yield csv_line(
                (
                    line.reference,
                    line.home,
                    line.night.isoformat(),
                    line.opened_at.astimezone(line.zone).strftime("%Y-%m-%d %H:%M"),
                    line.state,
                    None if line.lasted is None else round(line.lasted.total_seconds() / 60),
                    line.attempts,
                    "yes" if line.practice else "",
                    "yes" if line.false_alarm else "",
                )
            )


def _conditions(session: Session, viewer: Viewer, wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.home is not None:
        yield Incident.property_id == wanted.home.id
    if wanted.how == OPEN:
        yield Incident.closed_at.is_(None)
    elif wanted.how == BY_ITSELF:
        yield Incident.closed_at.is_not(None)
        yield Incident.call_requested_at.is_(None)
    elif wanted.how:
        yield Incident.resolution == wanted.how
        yield Incident.call_requested_at.is_not(None)
    if wanted.search:
        said = "-".join(wanted.search.lower().replace("-", " ").split())
        yield or_(
            Incident.reference.contains(said, autoescape=True),
            Incident.public_id == wanted.search.strip(),
        )
    if wanted.first is not None or wanted.last is not None:
        yield from _period(session, viewer, wanted)
    if wanted.before is not None:
        yield Incident.id < (
            select(Incident.id)
            .where(Incident.account_id.in_(viewer.account_ids), Incident.public_id == wanted.before)
            .scalar_subquery()
        )


def _period(session: Session, viewer: Viewer, wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    """Nights of one home by its own clock; of several by the widest of their clocks."""
    if wanted.home is not None:
        zones = {wanted.home.timezone}
    else:
        query = select(Property.timezone).where(Property.account_id.in_(viewer.account_ids))
        zones = set(session.scalars(query.distinct()))
    first = wanted.first or wanted.last
    last = wanted.last or wanted.first
    assert first is not None
    assert last is not None
    starts_at, ends_at = widest([ZoneInfo(zone) for zone in zones], first, last)
    if wanted.first is not None:
        yield Incident.opened_at >= starts_at
    if wanted.last is not None:
        yield Incident.opened_at < ends_at


def _lines(session: Session, rows: Sequence[_Row], now: datetime) -> Iterator[IncidentLine]:
    attempts = _attempts(session, [row.id for row in rows])
    for row in rows:
        zone = ZoneInfo(row.timezone)
        by_itself = row.closed_at is not None and row.call_requested_at is None
        yield IncidentLine(
            incident_id=row.public_id,
            reference=as_said(row.reference),
            home=row.home,
            night=night_on(row.opened_at, zone),
            opened_at=row.opened_at,
            zone=zone,
            is_open=row.closed_at is None,
            state=state_words(row.state, row.resolution),
            tone=_tone(row, by_itself=by_itself),
            ended_by_itself=by_itself,
            practice=row.practice,
            shadow=row.shadow,
            lasted=lasted(row.loud_from, row.loud_until, row.noise_ended_at, row.closed_at, now),
            attempts=attempts.get(row.id, 0),
            false_alarm=row.false_alarm is not None,
        )


def lasted(loud_from: datetime | None, *ends: datetime | None) -> timedelta | None:
    """How long it was loud, to the first end that is known; None when no sensor heard it."""
    if loud_from is None:
        return None
    return max(next(end for end in ends if end is not None) - loud_from, timedelta())


def _tone(row: _Row, *, by_itself: bool) -> str:
    if row.closed_at is None:
        return "watch"
    if by_itself or row.resolution is None:
        return ""
    return _TONES.get(Resolution(row.resolution), "")


def _attempts(session: Session, ids: list[int]) -> Mapping[int, int]:
    """Calls to guests that count as attempts."""
    return {row[0]: row[1] for row in session.execute(_COUNTED, {"ids": ids})}
