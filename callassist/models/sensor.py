"""Sensors, what they said, and the state of the noise rule per home."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Float,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from callassist.models.base import Base
from callassist.models.types import Id, Instant, JsonDict, Line, PublicId, Sealed, Word


class SensorConnection(Base):
    """One inbound address of an account for one brand; only the token's SHA-256 is kept."""

    __tablename__ = "sensor_connection"
    # an account's connections
    __table_args__ = (Index("ix_sensor_connection_account", "account_id"),)

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    adapter: Mapped[Word]
    name: Mapped[Line] = mapped_column(default="")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    secret: Mapped[Sealed | None]
    previous_secret: Mapped[Sealed | None]  # accepted until the sender has rotated
    options: Mapped[JsonDict]  # adapter's own settings, e.g. signature header name
    created_at: Mapped[Instant]
    last_post_at: Mapped[Instant | None]
    disabled_at: Mapped[Instant | None]


class Sensor(Base):
    """One source of readings; without `property_id` it is not yet paired."""

    __tablename__ = "sensor"
    __table_args__ = (
        UniqueConstraint("connection_id", "external_id"),  # ingest's look-up
        Index("ix_sensor_property", "property_id"),  # a home's sensors
        Index("ix_sensor_account", "account_id"),  # whether there is one, on a host's first page
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    connection_id: Mapped[int] = mapped_column(ForeignKey("sensor_connection.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    external_id: Mapped[Line]
    name: Mapped[Line] = mapped_column(default="")
    property_id: Mapped[int | None] = mapped_column(ForeignKey("property.id"))
    kind: Mapped[str] = mapped_column(String(8))  # domain.noise.SourceKind
    interval_seconds: Mapped[int] = mapped_column(default=60)
    last_heard_at: Mapped[Instant | None]
    silent_since: Mapped[Instant | None]
    # whether its maker texts guests itself; None: not known
    own_messages: Mapped[bool | None] = mapped_column(Boolean)
    created_at: Mapped[Instant]


class NoiseReading(Base):
    """One thing that a sensor said. `event_key` is the sender's id, else instant and kind."""

    __tablename__ = "noise_reading"
    # `(sensor, event_key)` refuses duplicates; `(sensor, at)` draws the curve and prunes
    __table_args__ = (
        UniqueConstraint("sensor_id", "event_key"),
        Index("ix_noise_reading_sensor_at", "sensor_id", "at"),
    )

    id: Mapped[Id]
    sensor_id: Mapped[int] = mapped_column(BigInteger)  # no foreign key: hot path
    event_key: Mapped[str] = mapped_column(String(120))
    at: Mapped[Instant]
    received_at: Mapped[Instant]
    kind: Mapped[str] = mapped_column(String(16))  # domain.noise.ReadingKind
    level_db: Mapped[float | None] = mapped_column(Float)
    number: Mapped[int | None] = mapped_column(SmallInteger)  # of a notice
    verdict: Mapped[str] = mapped_column(String(16))  # domain.noise.Verdict


class NoiseQuarter(Base):
    """The highest level of a sensor in a quarter of an hour; for drawings of a day or a week.

    Readings of a sensor lie scattered over the table; these lie side by side.
    """

    __tablename__ = "noise_quarter"
    __table_args__ = ({"sqlite_with_rowid": False},)  # side by side on SQLite too

    sensor_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[Instant] = mapped_column(primary_key=True)  # its beginning, a full quarter in UTC
    highest_db: Mapped[float] = mapped_column(Float)


class PropertyNoise(Base):
    """State of the noise rule for one home (domain.noise.encode) and its next clock instant."""

    __tablename__ = "property_noise"
    __table_args__ = (
        Index(
            "ix_property_noise_loud",  # homes that are loud now
            "breach_id",
            sqlite_where=text("breach_id IS NOT NULL"),
            postgresql_where=text("breach_id IS NOT NULL"),
        ),
    )

    property_id: Mapped[int] = mapped_column(
        ForeignKey("property.id", ondelete="CASCADE"), primary_key=True
    )
    state: Mapped[bytes] = mapped_column(LargeBinary)
    breach_id: Mapped[int | None] = mapped_column(BigInteger)  # the running one
    tick_due_at: Mapped[Instant | None]  # of the armed `noise_tick` timer; it may fire early


class Breach(Base):
    """A stretch of noise from its first loud reading until it is calm; policy stamped on it."""

    __tablename__ = "breach"
    __table_args__ = (
        UniqueConstraint("property_id", "key"),
        Index("ix_breach_property_began", "property_id", "began_at"),  # reports, morning note
    )

    id: Mapped[Id]
    property_id: Mapped[int] = mapped_column(ForeignKey("property.id", ondelete="CASCADE"))
    key: Mapped[int] = mapped_column(BigInteger)  # counter of the noise rule
    policy: Mapped[JsonDict]  # EscalationPolicy.to_dict, as it was when the breach began
    first_loud_at: Mapped[Instant]
    began_at: Mapped[Instant]  # moved by gaps
    last_loud_at: Mapped[Instant]
    escalated_at: Mapped[Instant | None]
    frozen_since: Mapped[Instant | None]
    ended_at: Mapped[Instant | None]
    end_reason: Mapped[Word | None]  # calm | sensor_lost
    peak_db: Mapped[float | None] = mapped_column(Float)
