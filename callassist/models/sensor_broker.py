"""Brokers that we listen to for sensors, and the last message of a connection."""

from __future__ import annotations

from sqlalchemy import Boolean, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from callassist.models.base import Base
from callassist.models.types import Instant, Line, Prose, Sealed, Word


class SensorBroker(Base):
    """The MQTT broker of one sensor connection; one process at a time listens. Real time."""

    __tablename__ = "sensor_broker"

    connection_id: Mapped[int] = mapped_column(
        ForeignKey("sensor_connection.id", ondelete="CASCADE"), primary_key=True
    )
    host: Mapped[Line]
    port: Mapped[int]
    tls: Mapped[bool] = mapped_column(Boolean, default=True)
    authority: Mapped[Prose | None]  # PEM of an own certificate authority; None: the usual ones
    username: Mapped[Line] = mapped_column(default="")
    password: Mapped[Sealed | None]
    changed_at: Mapped[Instant]  # whoever listens by older words begins anew
    state: Mapped[Word]  # sensors.brokers.state.BrokerState
    state_at: Mapped[Instant]
    subscribed: Mapped[Line | None]  # the topic that the broker keeps messages of for us
    heard_at: Mapped[Instant | None]  # connected until then at least; the service's clock
    holder: Mapped[Word | None]  # the process that listens
    held_until: Mapped[Instant | None]


class SensorSample(Base):
    """The last message of a connection, for choosing fields; bounded, and gone after a day."""

    __tablename__ = "sensor_sample"

    connection_id: Mapped[int] = mapped_column(
        ForeignKey("sensor_connection.id", ondelete="CASCADE"), primary_key=True
    )
    body: Mapped[Sealed]
    refusal: Mapped[Prose | None]  # why it was refused; None: it was taken
    at: Mapped[Instant]
