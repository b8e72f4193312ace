"""One line to one broker: what it says becomes readings, acknowledged after their commit."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec
import structlog
from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from callassist.errors import NotFound, TransientError
from callassist.ports.sensors import AT_ARRIVAL, Intake, Parsed, ParsedReading, Refused, Samples
from callassist.sensors.brokers.client import KEEPALIVE_SECONDS, GuardedClient
from callassist.sensors.brokers.rows import BrokerPlan, LineNews
from callassist.sensors.brokers.state import BrokerState
from callassist.sensors.mqtt import LONGEST_PAYLOAD, read_message

GATHER_SECONDS = 2.0  # in which a broker hands over what came while we were away
MANY = 500  # readings; after each so many there is as much time again for more
MOST_GATHERED = 50_000
# messages of those, until they are stored; of many that are not acknowledged brokers keep back the
# rest (mosquitto: of 20), which would look new when it comes
UNACKNOWLEDGED = 5
_PAUSE = 1.0

_log = structlog.get_logger()


class BrokerLine:
    """Runs in a thread of the client's; `start` it, look at `news`, `stop` it."""

    def __init__(
        self,
        plan: BrokerPlan,
        intake: Intake,
        samples: Samples,
        now: Callable[[], datetime],
        *,
        allow_private: bool,
    ) -> None:
        self.plan = plan
        self._intake = intake
        self._samples = samples
        self._now = now
        self._state = BrokerState.WAITING
        self._subscribed = plan.subscribed
        self._left_at = plan.heard_at  # the service's clock, as readings are
        self._held: list[tuple[MQTTMessage, list[Parsed]]] = []  # gathered, not acknowledged
        self._gathered: list[Parsed] = []  # after those, and acknowledged
        self._gathers_until: float | None = None
        self._lock = threading.Lock()
        self._taking = threading.Lock()
        self._stopping = threading.Event()
        self._client = GuardedClient(plan, allow_private=allow_private)
        self._client.on_connect = self._on_connect
        self._client.on_connect_fail = self._on_connect_fail
        self._client.on_disconnect = self._on_disconnect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = self._on_message

    def start(self) -> None:
        """Connect, and again with growing pauses whenever it is lost."""
        self._client.connect_async(self.plan.host.strip("[]"), self.plan.port, KEEPALIVE_SECONDS)
        self._client.loop_start()

    def stop(self, *, for_good: bool = False) -> None:
        """Let go; the broker keeps messages for the next line unless it is `for_good`."""
        self._stopping.set()
        self._hand_over(at_once=True)
        with self._taking:  # what is stored is also acknowledged, else it would come again
            pass
        if for_good and self._client.is_connected() and self._subscribed is not None:
            self._client.unsubscribe(self._subscribed)
        self._client.disconnect()
        self._client.loop_stop()

    def news(self) -> LineNews:
        """How it stands; also hands over what was gathered once its time is up."""
        self._hand_over()
        heard = self._now() if self._state == BrokerState.CONNECTED else self._left_at
        if self._gathers_until is not None:
            heard = self._left_at
        return LineNews(state=self._state, subscribed=self._subscribed, heard_at=heard)

    def _on_connect(
        self,
        client: Client,
        _data: object,
        flags: ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            self._state = BrokerState.REFUSED
            return
        with self._lock:
            self._held.clear()  # these come again
            if flags.session_present and self._left_at is not None:
                self._gathers_until = time.monotonic() + GATHER_SECONDS
        if self._subscribed not in (None, self.plan.topic):
            client.unsubscribe(self._subscribed)
        client.subscribe(self.plan.topic, qos=1)

    def _on_connect_fail(self, _client: Client, _data: object) -> None:
        self._state = self._client.failure

    def _on_subscribe(
        self,
        _client: Client,
        _data: object,
        _mid: int,
        reasons: Sequence[ReasonCode],
        _properties: Properties | None,
    ) -> None:
        if any(reason.is_failure for reason in reasons):
            self._state = BrokerState.TOPIC_REFUSED
            return
        self._state, self._subscribed = BrokerState.CONNECTED, self.plan.topic

    def _on_disconnect(
        self, _client: Client, _data: object, _flags: object, _reason: object, _properties: object
    ) -> None:
        if self._state == BrokerState.CONNECTED:
            self._left_at = self._now()
            self._state = BrokerState.LOST

    def _on_message(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        if message.retain or not self._gather(message):
            self._take([message])
        self._hand_over()

    def _gather(self, message: MQTTMessage) -> bool:
        """Keep one that came while we were away; False when none is gathered now."""
        if not self._is_gathering():
            return False
        readings = self._read(message)
        with self._lock:
            if not self._is_gathering():
                return False
            if not self._gathered and len(self._held) < UNACKNOWLEDGED:
                self._held.append((message, readings))
                return True
            before = len(self._gathered)
            self._gathered += readings[: MOST_GATHERED - before]
            if len(self._gathered) // MANY > before // MANY:
                self._gathers_until = time.monotonic() + GATHER_SECONDS
        self._acknowledge([message])
        return True

    def _is_gathering(self) -> bool:
        return self._gathers_until is not None and not self._stopping.is_set()

    def _hand_over(self, *, at_once: bool = False) -> None:
        """Store what came while we were away, once its time is up."""
        with self._lock:
            ends = self._gathers_until
            if ends is None or (time.monotonic() < ends and not at_once):
                return
            held, gathered, self._gathers_until = self._held, self._gathered, None
            self._held, self._gathered = [], []
        waited = [reading for _, readings in held for reading in readings] + gathered
        if self._left_at is not None:
            waited = spread(waited, self._left_at, self._now())
        with self._taking:
            self._store(waited, [message for message, _ in held])

    def _take(self, messages: Sequence[MQTTMessage]) -> None:
        with self._taking:
            if self._stopping.is_set():
                return  # not acknowledged: the next line gets them
            readings = [reading for message in messages for reading in self._read(message)]
            self._store(readings, messages)

    def _store(self, readings: Sequence[Parsed], messages: Sequence[MQTTMessage]) -> None:
        while readings:
            try:
                self._intake.take(self.plan.connection_id, readings)
                break
            except TransientError as busy:
                if self._stopping.wait(min(busy.retry_after or _PAUSE, 5.0)):
                    return
            except NotFound:
                return
            except Exception:
                _log.exception("broker's readings lost", action="broker_failed")
                break
        self._acknowledge(messages)

    def _acknowledge(self, messages: Sequence[MQTTMessage]) -> None:
        for message in messages:
            if message.qos:
                self._client.ack(message.mid, message.qos)

    def _read(self, message: MQTTMessage) -> list[Parsed]:
        if len(message.payload) > LONGEST_PAYLOAD:
            return []
        sample = _as_posted(message)
        try:
            found = read_message(message.topic, bytes(message.payload), self.plan.options)
        except Refused as refused:
            self._samples.offer(self.plan.connection_id, sample, refused.detail)
            return []
        self._samples.offer(self.plan.connection_id, sample, None)
        if message.retain:
            return [one for one in found if not _is_of_arrival(one)]
        return found


def spread(readings: Sequence[Parsed], since: datetime, now: datetime) -> list[Parsed]:
    """Give what came while we were away, without a time of its own, even times over that while.

    Sound meters speak evenly, so that is close to the truth; and what is late starts no call.
    """
    away = max(now - since, timedelta())
    waiting: dict[str, int] = {}
    for one in readings:
        if isinstance(one, ParsedReading) and one.at is AT_ARRIVAL:
            waiting[one.sensor] = waiting.get(one.sensor, 0) + 1
    placed: dict[str, int] = {}
    found: list[Parsed] = []
    for one in readings:
        if isinstance(one, ParsedReading) and one.at is AT_ARRIVAL:
            placed[one.sensor] = placed.get(one.sensor, 0) + 1
            share = placed[one.sensor] / (waiting[one.sensor] + 1)
            one = msgspec.structs.replace(one, at=since + away * share)
        found.append(one)
    return found


def _is_of_arrival(one: Parsed) -> bool:
    """A retained message without a time may be days old: no reading."""
    return isinstance(one, ParsedReading) and one.at is AT_ARRIVAL


def _as_posted(message: MQTTMessage) -> bytes:
    said = {"topic": message.topic, "payload": message.payload.decode(errors="replace")}
    return json.dumps(said, ensure_ascii=False).encode()
