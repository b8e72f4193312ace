"""`/sensors`: what was heard, and in which home each sensor is."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field
from sqlalchemy import select

from callassist.accounts import checks
from callassist.accounts.sensors import find_sensor, pair_sensor, unpair_sensor
from callassist.errors import InvalidInput, NotFound
from callassist.models import Property, Sensor, SensorConnection
from callassist.web.api.fields import Input, Instant, Line, Output, Page, Paging, PublicId
from callassist.web.api.paging import page_of
from callassist.web.api.places import place_names
from callassist.web.api.routing import HOSTS, Ask, Route
from callassist.web.api.scoping import of_accounts


class SensorFilter(Paging):
    """`paired=false`: those that wait for a home."""

    paired: bool | None = None
    property: PublicId | None = None


class SensorChange(Input):
    """`property` pairs the sensor with a home; null takes it out of its home."""

    property: PublicId | None = None
    name: Line | None = None
    interval_seconds: int | None = Field(
        default=None, ge=1, le=86400, description="How often it reports; silence is judged by it."
    )


class SensorOut(Output):
    """One sensor; `external_id` is its brand's."""

    id: str
    connection: str
    external_id: str
    name: str
    kind: str
    property: str | None
    interval_seconds: int
    last_heard_at: Instant | None
    silent_since: Instant | None
    created_at: Instant


def index(ask: Ask, query: SensorFilter) -> Page[SensorOut]:
    mine = select(Sensor).where(of_accounts(ask, Sensor.account_id))
    if query.paired is not None:
        is_paired = Sensor.property_id.is_not(None)
        mine = mine.where(is_paired if query.paired else Sensor.property_id.is_(None))
    if query.property is not None:
        homes = select(Property.id).where(Property.public_id == query.property)
        mine = mine.where(Sensor.property_id.in_(homes))
    rows, following = page_of(ask.session, ask.service.vault, mine, Sensor.id, query)
    return Page(items=_outs(ask, rows), next_cursor=following)


def show(ask: Ask, sensor_id: str) -> SensorOut:
    return _outs(ask, [find_sensor(ask.session, ask.viewer, sensor_id)])[0]


def change(ask: Ask, sensor_id: str, body: SensorChange) -> SensorOut:
    sensor = find_sensor(ask.session, ask.viewer, sensor_id)
    ask.viewer.require_write(sensor.account_id)
    if body.property is not None:
        _pair(ask, sensor_id, body.property)
    elif "property" in body.model_fields_set:
        unpair_sensor(ask.session, ask.viewer, sensor_id)
    if body.name is not None:
        sensor.name = checks.line(body.name, "name", required=False)
    if body.interval_seconds is not None:
        sensor.interval_seconds = body.interval_seconds
    ask.session.flush()
    return _outs(ask, [sensor])[0]


def _pair(ask: Ask, sensor_id: str, property_id: str) -> None:
    try:
        pair_sensor(ask.session, ask.viewer, sensor_id, property_id)
    except NotFound:
        raise InvalidInput("not a home of the sensor's account", "property") from None


def _outs(ask: Ask, rows: Sequence[Sensor]) -> list[SensorOut]:
    connections = place_names(ask.session, SensorConnection, (row.connection_id for row in rows))
    homes = place_names(ask.session, Property, (row.property_id for row in rows))
    return [
        SensorOut(
            id=row.public_id,
            connection=connections[row.connection_id],
            external_id=row.external_id,
            name=row.name,
            kind=row.kind,
            property=homes.get(row.property_id),
            interval_seconds=row.interval_seconds,
            last_heard_at=row.last_heard_at,
            silent_since=row.silent_since,
            created_at=row.created_at,
        )
        for row in rows
    ]


ROUTES = (
    Route(
        method="GET",
        path="/sensors",
        summary="Sensors of your accounts",
        scopes=HOSTS,
        run=index,
        query=SensorFilter,
        answer=Page[SensorOut],
    ),
    Route(
        method="GET",
        path="/sensors/{sensor_id}",
        summary="One sensor",
        scopes=HOSTS,
        run=show,
        answer=SensorOut,
    ),
    Route(
        method="PATCH",
        path="/sensors/{sensor_id}",
        summary="Pair a sensor with a home, name it, or say how often it reports",
        scopes=HOSTS,
        run=change,
        body=SensorChange,
        answer=SensorOut,
        conflicts=True,
    ),
)
