"""Sensors of an account: those that wait to be paired, and pairing them with a home."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.accounts import checks
from callassist.accounts.properties import find_property
from callassist.domain.viewer import Viewer
from callassist.errors import Conflict, InvalidInput, NotFound
from callassist.models import Sensor

LONGEST_INTERVAL_SECONDS = 24 * 3600


def pair_sensor(
    session: Session,
    viewer: Viewer,
    sensor_public_id: str,
    property_public_id: str,
    *,
    name: str | None = None,
    interval_seconds: int | None = None,
) -> Sensor:
    """Say in which home a sensor is; both must be of one account. Pairing anew moves it.

    `interval_seconds` is how often it reports: silence is judged by it (DESIGN 3.1).
    """
    sensor = find_sensor(session, viewer, sensor_public_id)
    viewer.require_write(sensor.account_id)
    home = find_property(session, viewer, property_public_id)
    if home.account_id != sensor.account_id:
        raise NotFound("no such home")
    if home.archived_at is not None:
        raise Conflict("this home is archived; restore it first")
    sensor.property_id = home.id
    home.sample_since = None  # a real sensor is here now
    _describe(sensor, name, interval_seconds)
    session.flush()
    return sensor


def rename_sensor(
    session: Session,
    viewer: Viewer,
    public_id: str,
    name: str,
    *,
    interval_seconds: int | None = None,
) -> Sensor:
    """Name a sensor, and say how often it reports when given; in a home or not."""
    sensor = find_sensor(session, viewer, public_id)
    viewer.require_write(sensor.account_id)
    _describe(sensor, name, interval_seconds)
    session.flush()
    return sensor


def unpair_sensor(session: Session, viewer: Viewer, sensor_public_id: str) -> Sensor:
    """Take a sensor out of its home; what it says from now on is kept for nobody's home."""
    sensor = find_sensor(session, viewer, sensor_public_id)
    viewer.require_write(sensor.account_id)
    sensor.property_id = None
    session.flush()
    return sensor


def find_sensor(session: Session, viewer: Viewer, public_id: str) -> Sensor:
    """A sensor of one of the viewer's accounts; NotFound for anything else."""
    sensor = session.scalars(select(Sensor).where(Sensor.public_id == public_id)).first()
    if sensor is None or not (viewer.is_admin or sensor.account_id in viewer.account_ids):
        raise NotFound("no such sensor")
    return sensor


def sensors(session: Session, viewer: Viewer, account_id: int | None = None) -> list[Sensor]:
    """The sensors of the viewer's accounts, or of one of them."""
    query = select(Sensor).order_by(Sensor.name, Sensor.id)
    if not viewer.is_admin:
        query = query.where(Sensor.account_id.in_(viewer.account_ids))
    if account_id is not None:
        query = query.where(Sensor.account_id == account_id)
    return list(session.scalars(query))


def unpaired_sensors(
    session: Session, viewer: Viewer, account_id: int | None = None
) -> list[Sensor]:
    """Sensors that were heard but are in no home yet."""
    return [one for one in sensors(session, viewer, account_id) if one.property_id is None]


def _describe(sensor: Sensor, name: str | None, interval_seconds: int | None) -> None:
    if name is not None:
        sensor.name = checks.line(name, "name", required=False)
    if interval_seconds is not None:
        if not 1 <= interval_seconds <= LONGEST_INTERVAL_SECONDS:
            raise InvalidInput("from 1 to 86400 seconds", "interval_seconds")
        sensor.interval_seconds = interval_seconds
