"""Which brokers this process listens to: a claim in the database, renewed while it holds.

All instants are real time. A claim is a conditional UPDATE; the row count decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from callassist.models import SensorBroker, SensorConnection
from callassist.sensors.brokers.state import BrokerState
from callassist.sensors.mqtt import USUAL_TOPIC
from callassist.storage.vault import Vault

HELD_FOR = timedelta(seconds=60)
RENEWED_BEFORE = timedelta(seconds=40)  # of what is left


@dataclass(frozen=True, kw_only=True)
class BrokerPlan:
    """What a line has to know; equal plans need no new line."""

    connection_id: int
    public_id: str
    host: str
    port: int
    tls: bool
    authority: str | None
    username: str
    password: str | None = field(repr=False)
    topic: str
    options: Mapping[str, object]
    changed_at: datetime
    subscribed: str | None = field(compare=False)
    heard_at: datetime | None = field(compare=False)


@dataclass(frozen=True, kw_only=True)
class LineNews:
    """What a line has to say of itself."""

    state: BrokerState
    subscribed: str | None
    heard_at: datetime | None


def needs_look(session: Session, me: str, now: datetime) -> bool:
    """Whether a broker is free, or a claim of ours soon ends."""
    soon = SensorBroker.held_until < now + RENEWED_BEFORE
    wanted = or_(
        SensorBroker.held_until.is_(None),
        SensorBroker.held_until < now,
        (SensorBroker.holder == me) & soon,
    )
    query = (
        select(SensorBroker.connection_id)
        .join(SensorConnection, SensorConnection.id == SensorBroker.connection_id)
        .where(SensorConnection.disabled_at.is_(None), wanted)
    )
    return session.scalars(query.limit(1)).first() is not None


def claim(session: Session, me: str, now: datetime) -> None:
    """Take what is free, and keep what is ours."""
    is_free = or_(SensorBroker.held_until.is_(None), SensorBroker.held_until < now)
    listened_to = select(SensorConnection.id).where(SensorConnection.disabled_at.is_(None))
    session.execute(
        update(SensorBroker)
        .where(
            SensorBroker.connection_id.in_(listened_to),
            or_(is_free, SensorBroker.holder == me),
        )
        .values(holder=me, held_until=now + HELD_FOR)
    )


def held(session: Session, vault: Vault, me: str, now: datetime) -> list[BrokerPlan]:
    """The brokers that are ours now."""
    query = (
        select(SensorBroker, SensorConnection)
        .join(SensorConnection, SensorConnection.id == SensorBroker.connection_id)
        .where(
            SensorBroker.holder == me,
            SensorBroker.held_until >= now,
            SensorConnection.disabled_at.is_(None),
        )
        .order_by(SensorBroker.connection_id)
    )
    return [_plan(vault, row[0], row[1]) for row in session.execute(query)]


def release(session: Session, me: str) -> None:
    """Somebody else may listen at once."""
    session.execute(
        update(SensorBroker).where(SensorBroker.holder == me).values(holder=None, held_until=None)
    )


def note(session: Session, me: str, connection_id: int, news: LineNews, now: datetime) -> None:
    """Keep how it stands, unless somebody else listens meanwhile."""
    row = session.get(SensorBroker, connection_id)
    if row is None or row.holder != me:
        return
    if row.state != news.state:
        row.state, row.state_at = news.state, now
    row.subscribed = news.subscribed
    row.heard_at = news.heard_at


def _plan(vault: Vault, row: SensorBroker, connection: SensorConnection) -> BrokerPlan:
    topic = connection.options.get("topic")
    return BrokerPlan(
        connection_id=connection.id,
        public_id=connection.public_id,
        host=row.host,
        port=row.port,
        tls=row.tls,
        authority=row.authority,
        username=row.username,
        password=None if row.password is None else vault.open(row.password),
        topic=topic if isinstance(topic, str) and topic else USUAL_TOPIC,
        options=dict(connection.options),
        changed_at=row.changed_at,
        subscribed=row.subscribed,
        heard_at=row.heard_at,
    )
