"""How a host signs in at a maker, and how we listen at a broker."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import select

from callassist.accounts.brokers import NewBroker, set_broker
from callassist.domain.viewer import Role, Viewer
from callassist.models import Account, SensorAccess, SensorBroker, SensorConnection
from callassist.sensors.asked.brands import MINUT, NETATMO, Asking
from callassist.sensors.asked.connecting import begin, finish
from callassist.sensors.asked.upkeep import look_after_due, wake
from callassist.sensors.brokers import BrokerState
from callassist.settings.sensors import BrandSettings, MinutSettings, NetatmoSettings
from tests.sensors.broker_server import NAME, PASSWORD, Broker
from tests.sensors.contract.stage import Stage
from tests.sensors.makers.cloud import CLIENT_ID, CLIENT_SECRET, Cloud

PERSON = 7


@dataclass
class SignedIn:
    """A permission that a host gave, and our way of asking with it."""

    stage: Stage
    asking: Asking
    public_id: str

    def look(self) -> None:
        """A turn of the worker, as if all were due."""
        with self.stage.service.sessions.write() as session:
            wake(session, self.asking.now_real())
        look_after_due(self.asking)

    def access(self) -> SensorAccess:
        query = (
            select(SensorAccess)
            .join(SensorConnection, SensorConnection.id == SensorAccess.connection_id)
            .where(SensorConnection.public_id == self.public_id)
        )
        with self.stage.service.sessions.read() as session:
            return session.scalars(query).one()


def signed_in(stage: Stage, account: str, brand: str, cloud: Cloud) -> SignedIn:
    """Through the maker's page and back."""
    asking = replace(
        stage.service.asking,
        settings={brand: _settings(brand, cloud)},
        now_real=stage.clock.now,
        sleep=stage.wait,
    )
    viewer = owner(stage, account)
    back = urlsplit(cloud.authorize(begin(asking, viewer, brand, account)))
    brought = {name: value[0] for name, value in parse_qs(back.query).items()}
    public_id = finish(asking, viewer, brand, **brought, now=stage.clock.now())
    return SignedIn(stage, asking, public_id)


def _settings(brand: str, cloud: Cloud) -> BrandSettings:
    base = {MINUT: f"{cloud.url}/v8", NETATMO: cloud.url}[brand]
    common: dict[str, Any] = {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "scope": "",
        "authorize_url": f"{cloud.url}{cloud.token_path.replace('token', 'authorize')}",
        "token_url": f"{cloud.url}{cloud.token_path}",
        "base_url": base,
    }
    if brand == MINUT:
        return MinutSettings(**common, every=timedelta(days=1), own_messages_fields="")
    return NetatmoSettings(**common, every=timedelta(minutes=10))


def broker_line(stage: Stage, account: str, connection: str, broker: Broker) -> Callable[[], None]:
    """Listen at the broker; returns once we do."""
    viewer = owner(stage, account)
    said = NewBroker(
        host="127.0.0.1", port=broker.port, tls=False, username=NAME, password=PASSWORD
    )
    service = stage.service
    with service.sessions.write() as session:
        set_broker(session, service.vault, viewer, connection, said, now_real=datetime.now(UTC))
    for _ in range(1000):
        service.doors.brokers.look()
        if broker_state(stage, connection) == BrokerState.CONNECTED:
            return service.doors.brokers.look
        time.sleep(0.01)
    raise AssertionError("the broker does not let us in")


def broker_state(stage: Stage, connection: str) -> str:
    query = (
        select(SensorBroker.state)
        .join(SensorConnection, SensorConnection.id == SensorBroker.connection_id)
        .where(SensorConnection.public_id == connection)
    )
    with stage.service.sessions.read() as session:
        return session.scalars(query).one()


def owner(stage: Stage, account: str) -> Viewer:
    """Whoever owns the account."""
    with stage.service.sessions.read() as session:
        number = session.scalars(select(Account.id).where(Account.public_id == account)).one()
    roles = {number: frozenset({Role.OWNER})}
    return Viewer(name="Ada", person_id=PERSON, account_roles=roles)
