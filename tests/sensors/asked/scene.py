"""One host with a Minut and a Netatmo account; real HTTP, the test's clock for everything."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import select

from callassist.clock import ManualClock
from callassist.domain.viewer import Role, Viewer
from callassist.ingest.intake import ReadingsIntake
from callassist.models import Account, NoiseReading, Sensor, SensorAccess, SensorConnection
from callassist.sensors.asked.brands import MINUT, NETATMO, Asking
from callassist.sensors.asked.connecting import begin, finish
from callassist.sensors.asked.upkeep import look_after_due
from callassist.sensors.registry import ADAPTERS
from callassist.settings.sensors import BrandSettings, MinutSettings, NetatmoSettings
from callassist.storage.sessions import Sessions
from tests.ingest.scene import Scene
from tests.sensors.makers.cloud import CLIENT_ID, CLIENT_SECRET, Cloud, served
from tests.sensors.makers.minut import Delivery, Minut
from tests.sensors.makers.netatmo import Netatmo

PERSON = 7
PUBLIC_URL = "https://calls.example"


@dataclass
class AskedScene:
    """`slept` counts the seconds that asking would have waited; the clock moves by them."""

    sessions: Sessions
    clock: ManualClock
    minut: Minut = field(default_factory=Minut)
    netatmo: Netatmo = field(default_factory=Netatmo)
    slept: float = 0.0

    def __enter__(self) -> Self:
        self._stack = ExitStack()
        self.homes = Scene(self.sessions, self.clock)
        self._stack.callback(self.homes.close)
        self.minut.now = self.clock.now
        for cloud in (self.minut, self.netatmo):
            self._stack.enter_context(served(cloud))
        intake = ReadingsIntake(ADAPTERS, self.homes.connections, self.homes.writer, self.clock)
        self.asking = Asking(
            sessions=self.sessions,
            vault=self.homes.vault,
            clock=self.clock,
            intake=intake,
            settings=self._settings(),
            public_url=PUBLIC_URL,
            own_messages_fields="guest_messages_enabled",
            now_real=self.clock.now,
            sleep=self._sleep,
        )
        account_id = self.homes.account_id
        self.viewer = owner(account_id, PERSON)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def _sleep(self, seconds: float) -> None:
        self.slept += seconds
        self.clock.advance(seconds=seconds)

    def _settings(self) -> dict[str, BrandSettings]:
        common: dict[str, Any] = {
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "scope": "",
        }
        return {
            MINUT: MinutSettings(
                **common,
                authorize_url=f"{self.minut.url}/v8/oauth/authorize",
                token_url=f"{self.minut.url}/v8/oauth/token",
                base_url=f"{self.minut.url}/v8",
                every=timedelta(days=1),
                own_messages_fields="",
            ),
            NETATMO: NetatmoSettings(
                **common,
                authorize_url=f"{self.netatmo.url}/oauth2/authorize",
                token_url=f"{self.netatmo.url}/oauth2/token",
                base_url=self.netatmo.url,
                every=timedelta(minutes=10),
            ),
        }

    def cloud(self, brand: str) -> Cloud:
        return self.minut if brand == MINUT else self.netatmo

    def connect(self, brand: str, viewer: Viewer | None = None) -> int:
        """Through the brand's page and back; nothing is read yet."""
        viewer = viewer or self.viewer
        there = begin(self.asking, viewer, brand, self.account_public_id)
        query = self.come_back(brand, there)
        public_id = finish(self.asking, viewer, brand, **query, now=self.clock.now())
        with self.sessions.read() as session:
            return session.scalars(
                select(SensorConnection.id).where(SensorConnection.public_id == public_id)
            ).one()

    def come_back(self, brand: str, there: str) -> dict[str, str]:
        """What the browser brings back from the brand's page."""
        parts = parse_qs(urlsplit(self.cloud(brand).authorize(there)).query)
        return {"state": parts["state"][0], "code": parts["code"][0]}

    @property
    def account_public_id(self) -> str:
        with self.sessions.read() as session:
            return session.get_one(Account, self.homes.account_id).public_id

    def look_after(self) -> int:
        """A turn of the worker."""
        return look_after_due(self.asking)

    def access(self, connection_id: int) -> SensorAccess:
        with self.sessions.read() as session:
            return session.get_one(SensorAccess, connection_id)

    def connection(self, connection_id: int) -> SensorConnection:
        with self.sessions.read() as session:
            return session.get_one(SensorConnection, connection_id)

    def sensors(self) -> dict[str, Sensor]:
        with self.sessions.read() as session:
            return {one.external_id: one for one in session.scalars(select(Sensor))}

    def pair(self, external_id: str) -> int:
        """Put a sensor into a home of its own; the home's id."""
        home = self.homes.home()
        with self.sessions.write() as session:
            query = select(Sensor).where(Sensor.external_id == external_id)
            session.scalars(query).one().property_id = home
        return home

    def readings(self, external_id: str) -> list[tuple[datetime, str, float | None]]:
        with self.sessions.read() as session:
            rows = session.execute(
                select(NoiseReading.at, NoiseReading.kind, NoiseReading.level_db)
                .join(Sensor, Sensor.id == NoiseReading.sensor_id)
                .where(Sensor.external_id == external_id)
                .order_by(NoiseReading.at)
            )
            return [(row[0], row[1], row[2]) for row in rows]

    def post(self, delivery: Delivery) -> int:
        """What the brand posts, through our hook; the status."""
        prefix = f"{PUBLIC_URL}/hooks/sensors/minut/"
        assert delivery.url.startswith(prefix)
        token = delivery.url.removeprefix(prefix)
        answer = self.homes.post(
            delivery.body, adapter="minut", token=token, headers=delivery.headers
        )
        return int(answer.status)


def owner(account_id: int, person_id: int) -> Viewer:
    roles = {account_id: frozenset({Role.OWNER})}
    return Viewer(name="Ada", person_id=person_id, account_roles=roles)
