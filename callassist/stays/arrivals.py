"""Who arrives next, and whom of them nobody could phone: known before it matters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import Select, bindparam, exists, select
from sqlalchemy.orm import Session, selectinload

from callassist.domain.viewer import Viewer
from callassist.models import Property, Stay, StayNumber
from callassist.stays.source_snapshot import number_problems

SHOWN = 14
_COMING = (
    select(Stay, Property)
    .join(Property, Property.id == Stay.property_id)
    .where(
        Stay.account_id.in_(bindparam("accounts", expanding=True)),
        Stay.check_in_at > bindparam("now"),
        Stay.cancelled_at.is_(None),
        Stay.erased_at.is_(None),
        Property.archived_at.is_(None),
        Property.host_only.is_(False),
    )
    .options(selectinload(Stay.numbers))
    .order_by(Stay.check_in_at, Stay.id)
    .limit(SHOWN)
)
_UNREACHABLE = _COMING.where(
    Stay.check_in_at <= bindparam("until"),
    Stay.do_not_call_at.is_(None),
    ~exists().where(StayNumber.stay_id == Stay.id, StayNumber.flagged_at.is_(None)),
)
_UNREACHABLE_IDS = _UNREACHABLE.with_only_columns(Stay.id).order_by(None).limit(1)


class WhyNot(StrEnum):
    """Why a guest cannot be called."""

    NO_NUMBER = "no_number"
    UNREADABLE = "unreadable"  # the source has one, but nobody could dial it
    FLAGGED = "flagged"  # somebody tried it and it is wrong
    STOPPED = "stopped"  # host or guest said that nobody shall


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """One guest to come; numbers are loaded."""

    stay: Stay
    home: Property

    @property
    def why_not(self) -> WhyNot | None:
        """Why nobody could phone them; None when somebody can."""
        if self.stay.do_not_call_at is not None:
            return WhyNot.STOPPED
        if any(number.flagged_at is None for number in self.stay.numbers):
            return None
        if self.stay.numbers:
            return WhyNot.FLAGGED
        return WhyNot.UNREADABLE if number_problems(self.stay) else WhyNot.NO_NUMBER

    @property
    def zone(self) -> ZoneInfo:
        """Where its times are told."""
        return ZoneInfo(self.home.timezone)


def next_arrivals(session: Session, viewer: Viewer, now: datetime) -> list[Arrival]:
    """The next fourteen, the soonest first; homes for which guests are never called left out."""
    return _arrivals(session, _COMING, viewer, now=now)


def arriving_unreachable(
    session: Session, viewer: Viewer, now: datetime, until: datetime
) -> Sequence[Arrival]:
    """Those who arrive until then and whom nobody could phone, the soonest first."""
    wanted = {"accounts": list(viewer.account_ids), "now": now, "until": until}
    if session.scalar(_UNREACHABLE_IDS, wanted) is None:
        return []  # as on most evenings; whole stays and homes cost ten times as much to ask for
    return _arrivals(session, _UNREACHABLE, viewer, now=now, until=until)


def _arrivals(
    session: Session, query: Select[Stay, Property], viewer: Viewer, **times: datetime
) -> list[Arrival]:
    found = session.execute(query, {"accounts": list(viewer.account_ids), **times})
    return [Arrival(stay=stay, home=home) for stay, home in found]
