"""The sample night of a home that has no sensor yet: a virtual sensor that pages draw.

What it says is worked out when a page asks and stored nowhere: no rule hears it, so it can open no
incident, reach nobody, and stand in no report, figure or word about who is covered.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from callassist.accounts.properties import find_property
from callassist.domain.sample_night import is_playing
from callassist.domain.viewer import Viewer
from callassist.errors import Conflict
from callassist.models import Property, Sensor


def begin_sample_night(
    session: Session, viewer: Viewer, property_public_id: str, *, now: datetime
) -> Property:
    """Put a virtual sensor into a home; Conflict where a real one is. Asking twice is fine."""
    home = _writable(session, viewer, property_public_id)
    if home.archived_at is not None:
        raise Conflict("this home is archived; restore it first")
    if has_sensor(session, home):
        raise Conflict("a sensor is paired with this home; its page shows what that one hears")
    if not is_playing(home.sample_since, now):
        home.sample_since = now
    session.flush()
    return home


def end_sample_night(session: Session, viewer: Viewer, property_public_id: str) -> Property:
    """Take the virtual sensor out again, and with it all that it said. Asking twice is fine."""
    home = _writable(session, viewer, property_public_id)
    home.sample_since = None
    session.flush()
    return home


def sample_began_at(session: Session, home: Property, now: datetime) -> datetime | None:
    """When the sample night that plays in a home began; None without one.

    It ends by itself after a day, and with the first real sensor.
    """
    if not is_playing(home.sample_since, now) or has_sensor(session, home):
        return None
    return home.sample_since


def has_sensor(session: Session, home: Property) -> bool:
    """Whether a real sensor is paired with a home."""
    return bool(session.scalar(select(exists().where(Sensor.property_id == home.id))))


def _writable(session: Session, viewer: Viewer, public_id: str) -> Property:
    home = find_property(session, viewer, public_id)
    viewer.require_write(home.account_id)
    return home
