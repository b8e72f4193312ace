"""Every home of a host as plain columns: whole homes cost too much by the hundred."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from callassist.domain.viewer import Viewer
from callassist.models import Property, PropertyTag


class HomeRow(NamedTuple):
    """The columns of a home that lists need."""

    id: int
    public_id: str
    account_id: int
    name: str
    location: str
    timezone: str
    language: str
    host_only: bool
    paused_from: datetime | None
    paused_until: datetime | None
    pause_reason: str | None
    policy_id: int | None
    shadow_since: datetime | None

    def pause_end(self, now: datetime) -> datetime | None:
        """Until when it is paused, if it is."""
        if self.paused_from is None or self.paused_until is None:
            return None
        return self.paused_until if self.paused_from <= now < self.paused_until else None


_HOME = Property.__table__.c  # of the table itself: rows by the hundred go past the mapper
_IN_USE = (
    select(*(_HOME[name] for name in HomeRow._fields))
    .where(
        _HOME.account_id.in_(bindparam("accounts", expanding=True)),
        _HOME.archived_at.is_(None),
    )
    .order_by(_HOME.name, _HOME.id)
)


def home_rows(session: Session, viewer: Viewer) -> list[HomeRow]:
    """Every home in use of the viewer's accounts, by name."""
    wanted = {"accounts": list(viewer.account_ids)}
    return [HomeRow._make(row) for row in session.execute(_IN_USE, wanted).all()]


def tags_of_homes(session: Session, viewer: Viewer) -> dict[int, tuple[str, ...]]:
    """The tags of the viewer's homes in use, by the home's id."""
    query = (
        select(PropertyTag.property_id, PropertyTag.tag)
        .join(Property, Property.id == PropertyTag.property_id)
        .where(Property.account_id.in_(viewer.account_ids), Property.archived_at.is_(None))
        .order_by(PropertyTag.tag)
    )
    found: dict[int, tuple[str, ...]] = {}
    for row in session.execute(query):
        found[row.property_id] = (*found.get(row.property_id, ()), row.tag)
    return found


def locations_of(session: Session, viewer: Viewer) -> list[str]:
    """Where the viewer's homes are, each place once."""
    query = (
        select(Property.location)
        .where(Property.account_id.in_(viewer.account_ids), Property.location != "")
        .distinct()
        .order_by(Property.location)
    )
    return list(session.scalars(query))
