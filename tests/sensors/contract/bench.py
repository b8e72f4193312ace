"""A host with homes, a maker with devices, and the line between them, for one test."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from callassist.models import NoiseReading, Property, Sensor, SensorConnection, SensorSample
from tests.sensors.broker_server import NAME, PASSWORD, Broker
from tests.sensors.contract.entries import Entry, Way
from tests.sensors.contract.lines import broker_line, signed_in
from tests.sensors.contract.stage import Answer, Stage
from tests.sensors.makers.base import Heard, Maker, Post
from tests.sensors.makers.cloud import Cloud, served

Stored = tuple[datetime, str, float | None, int | None, str]  # at, kind, level, number, verdict


@dataclass
class Bench:
    """What a test of the contract holds in its hand."""

    stage: Stage
    entry: Entry
    broker: Callable[[], Broker]

    def __post_init__(self) -> None:
        self.stack = ExitStack()
        self.account, self.host = self.stage.account, self.stage.host
        self.maker = self._maker()
        self.look: Callable[[], None] = lambda: None  # asks, where the way is to ask
        self.url = ""
        self._connect()

    def _maker(self) -> Maker:
        if self.entry.way is Way.HEARD:
            return self.entry.maker(self.broker().port, NAME, PASSWORD)
        maker = self.entry.maker()
        if isinstance(maker, Cloud):
            maker.now = self.stage.clock.now  # type: ignore[attr-defined]
            self.stack.enter_context(served(maker))
        return maker

    def _connect(self) -> None:
        entry = self.entry
        if entry.way in (Way.SIGNED_IN, Way.ASKED):
            assert isinstance(self.maker, Cloud)
            self.signed_in = signed_in(self.stage, self.account, entry.adapter, self.maker)
            self.connection, self.look = self.signed_in.public_id, self.signed_in.look
            self.look()
            return
        if entry.name == "minut-by-hand":
            self.maker.secret = "5d0f" * 16  # as Minut shows it once
        wanted = {"adapter": entry.adapter, "options": entry.options, "signed": entry.signed}
        given = {"secret": self.maker.secret} if entry.signed and self.maker.secret else {}
        made = self.stage.world.post("/sensor-connections", self.host, {**wanted, **given})
        self.connection, self.url = made["id"], made["hook_url"]
        self.maker.secret = made["secret"] or self.maker.secret
        if entry.way is Way.HEARD:
            self.look = broker_line(self.stage, self.account, self.connection, self.broker())

    def close(self) -> None:
        if self.entry.way is Way.HEARD:  # let the broker go
            path = f"/sensor-connections/{self.connection}"
            self.stage.world.ask("PATCH", path, self.host, {"enabled": False})
            self.look()
        self.stack.close()

    @property
    def now(self) -> datetime:
        """The service's clock, in whole seconds as most makers count."""
        return self.stage.clock.now().replace(microsecond=0)

    @property
    def now_real(self) -> datetime:
        """For signatures, and nothing else."""
        return datetime.now(UTC)

    @property
    def address(self) -> str:
        """Where the maker posts to."""
        if self.entry.way is Way.SIGNED_IN:
            (hook,) = self.maker.hooks.values()  # type: ignore[attr-defined]
            return str(hook["url"])
        return self.url

    @property
    def secrets(self) -> set[str]:
        """What no log may ever hold."""
        found = {self.host, self.maker.secret}
        if self.entry.is_posted and self.address:
            found.add(self.address.rsplit("/", 1)[1])
        if isinstance(self.maker, Cloud):
            found |= {*self.maker.access, self.maker.refresh or ""}
            hooks = getattr(self.maker, "hooks", {}).values()
            found |= {hook[name] for hook in hooks for name in ("hook_secret", "token")}
        return {secret for secret in found if len(secret) > 5}

    # -- homes and devices

    def device(self) -> str:
        """A device that we have heard of once, half an hour ago, in a home of its own."""
        device = self.maker.new_device()
        self.tell(self.calm(device, self.now - timedelta(minutes=30)))
        sensor_id = self.sensor(device).id
        with self.stage.service.sessions.write() as session:
            sensor = session.get_one(Sensor, sensor_id)
            home = Property(
                account_id=sensor.account_id,
                name="Canal 12",
                country="FR",
                timezone="Europe/Paris",
                created_at=self.now,
            )
            session.add(home)
            session.flush()
            sensor.property_id = home.id
        if not self.entry.has_own_times:
            self.stage.clock.advance(minutes=1)  # what arrives at the same instant is the same
        return device

    def unpaired(self) -> list[dict[str, Any]]:
        """Sensors of this connection that wait for a home, as the API shows them."""
        found = self.stage.world.get("/sensors?paired=false&limit=200", self.host)["items"]
        return [one for one in found if one["connection"] == self.connection]

    # -- what is heard

    def calm(self, device: str, at: datetime) -> Heard:
        if self.entry.has_levels:
            return Heard(device=device, at=at, level=41.0)
        return Heard(device=device, at=at, is_quiet=True)

    def heard(self, device: str, at: datetime, number: int = 1) -> Heard:
        """Something to be stored: a level, or a notice."""
        if self.entry.has_levels:
            return Heard(device=device, at=at, level=50.0 + number)
        level = 81.0 if self.entry.has_level_in_notices else None
        return Heard(device=device, at=at, notice=number, level=level)

    def tell(self, *heard: Heard) -> list[Answer]:
        """The maker says it, in its own way, and is content; we have it then."""
        documents = self.maker.words(*heard)
        if self.entry.way is Way.ASKED:
            self.look()
            return []
        if self.entry.way is Way.HEARD:
            self._publish(documents)
            return []
        answers = [self.send(self.maker.post(one, self.now_real)) for one in documents]
        for answer in answers:
            assert self.maker.is_content(answer.status, answer.body), answer
        return answers

    def send(self, post: Post, url: str = "") -> Answer:
        return self.stage.post(url or self.address, post.body, post.headers)

    def _publish(self, messages: list[Any]) -> None:
        before = self.count()
        self.maker.publish(messages)  # type: ignore[attr-defined]
        self.until(lambda: self.count() >= before + len(messages))

    def until(self, what: Callable[[], bool]) -> None:
        """Look as the worker does, faster."""
        for _ in range(500):
            if what():
                return
            self.look()
            time.sleep(0.01)
        raise AssertionError("it does not come to it")

    # -- what is stored

    def stored(self, device: str) -> list[Stored]:
        """All but the first word of `device()`, in the order of time."""
        query = (
            select(
                NoiseReading.at,
                NoiseReading.kind,
                NoiseReading.level_db,
                NoiseReading.number,
                NoiseReading.verdict,
            )
            .join(Sensor, Sensor.id == NoiseReading.sensor_id)
            .join(SensorConnection, SensorConnection.id == Sensor.connection_id)
            .where(
                SensorConnection.public_id == self.connection,
                Sensor.external_id == device,
                NoiseReading.verdict != "unpaired",
            )
            .order_by(NoiseReading.at)
        )
        with self.stage.service.sessions.read() as session:
            return [tuple(row) for row in session.execute(query)]  # type: ignore[misc]

    def count(self) -> int:
        """Readings of this connection."""
        with self.stage.service.sessions.read() as session:
            query = (
                select(NoiseReading.id)
                .join(Sensor, Sensor.id == NoiseReading.sensor_id)
                .join(SensorConnection, SensorConnection.id == Sensor.connection_id)
                .where(SensorConnection.public_id == self.connection)
            )
            return len(session.execute(query).all())

    def expected(self, heard: Heard, verdict: str = "applied") -> Stored:
        """How `heard` should stand in the table."""
        if self.entry.has_levels:
            return heard.at, "level", heard.level, None, verdict
        if heard.is_quiet:
            return heard.at, "notice_ended", None, None, verdict
        return heard.at, "notice", heard.level, heard.notice, verdict

    def sensor(self, device: str) -> Sensor:
        query = (
            select(Sensor)
            .join(SensorConnection, SensorConnection.id == Sensor.connection_id)
            .where(SensorConnection.public_id == self.connection, Sensor.external_id == device)
        )
        with self.stage.service.sessions.read() as session:
            return session.scalars(query).one()

    def last_refusal(self) -> str | None:
        """Why the last message was refused, as the connection's page shows it."""
        self.stage.service.doors.samples.store()
        query = (
            select(SensorSample.refusal)
            .join(SensorConnection, SensorConnection.id == SensorSample.connection_id)
            .where(SensorConnection.public_id == self.connection)
        )
        with self.stage.service.sessions.read() as session:
            return session.scalar(query)


def changed(post: Post, **headers: str | None) -> Post:
    """The same with other headers; None removes one."""
    named = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    kept = {name: value for name, value in post.headers.items() if name.lower() not in named}
    more = {name: value for name, value in named.items() if value is not None}
    return replace(post, headers={**kept, **more})
