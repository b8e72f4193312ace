"""The MQTT broker of a sensor connection, in requests and answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field, StringConstraints
from sqlalchemy import select

from callassist.accounts.brokers import NewBroker, set_broker
from callassist.errors import InvalidInput
from callassist.models import SensorBroker, SensorConnection
from callassist.sensors.brokers.state import BrokerState
from callassist.web.api.fields import Input, Instant, Line, Output
from callassist.web.api.routing import Ask

_LISTENED_FOR = "mqtt"
Authority = Annotated[str, StringConstraints(max_length=20_000, pattern=r"^[^\x00]*$")]
Password = Annotated[str, StringConstraints(max_length=1000, pattern=r"^[^\x00]*$")]


class Broker(Input):
    """Where we listen, and as whom. All of it is set at once, except for a password left out."""

    host: Line = Field(description="Its name only.", examples=["broker.example.com"])
    port: int | None = Field(
        default=None, ge=1, le=65535, description="Left out: 8883 with TLS, 1883 without."
    )
    tls: bool = Field(
        default=True, description="Without it user name and password travel in clear text."
    )
    authority: Authority = Field(
        default="", description="PEM of a certificate authority of your own; else the usual ones."
    )
    username: Line = ""
    password: Password | None = Field(
        default=None,
        description="Kept encrypted, never told again. Left out: the one that is kept, unless "
        "`host` is another; empty: none.",
    )


class BrokerOut(Output):
    """A broker and how it stands; its password is not told."""

    host: str
    port: int
    tls: bool
    own_authority: bool
    username: str
    has_password: bool
    state: str = Field(examples=[str(one) for one in BrokerState])
    state_at: Instant


def keep_broker(ask: Ask, connection: SensorConnection, broker: Broker | None) -> None:
    """Name the broker that a request names; InvalidInput for brands that have none."""
    if broker is None:
        return
    if connection.adapter != _LISTENED_FOR:
        raise InvalidInput(f"only {_LISTENED_FOR} has a broker; leave it out", "broker")
    said = NewBroker(**broker.model_dump())
    try:
        set_broker(
            ask.session,
            ask.service.vault,
            ask.viewer,
            connection.public_id,
            said,
            now_real=ask.real_now,
        )
    except InvalidInput as refused:
        detail = refused.detail.removeprefix(f"{refused.field}: ")
        raise InvalidInput(detail, f"broker.{refused.field}") from None


def brokers_of(ask: Ask, connections: Iterable[SensorConnection]) -> dict[int, BrokerOut]:
    """The brokers of some connections, by the connection's row id."""
    wanted = [one.id for one in connections if one.adapter == _LISTENED_FOR]
    query = select(SensorBroker).where(SensorBroker.connection_id.in_(wanted))
    return {row.connection_id: _of(row) for row in ask.session.scalars(query)} if wanted else {}


def _of(row: SensorBroker) -> BrokerOut:
    return BrokerOut(
        host=row.host,
        port=row.port,
        tls=row.tls,
        own_authority=row.authority is not None,
        username=row.username,
        has_password=row.password is not None,
        state=row.state,
        state_at=row.state_at,
    )
