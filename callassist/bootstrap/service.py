"""One process's parts, built and named; web, worker and demo use what they need of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from callassist.bootstrap.sensor_doors import SensorDoors
from callassist.bootstrap.systems import Systems
from callassist.clock import Clock
from callassist.domain.dial import LegEvent
from callassist.domain.script import ScriptLibrary
from callassist.escalation.context import Escalation
from callassist.escalation.coverage import Surroundings
from callassist.escalation.inbound_texts import record_inbound_text
from callassist.escalation.incoming import phone_rings
from callassist.escalation.provider_of import Providers
from callassist.escalation.recording import record_sound
from callassist.escalation.restarting import look_up_doubts
from callassist.escalation.texts import record_text_report
from callassist.escalation.token_holders import next_step, record_call_events
from callassist.escalation.tokens import Question
from callassist.ingest import IngestWriter, ReadingsIntake, SensorHook
from callassist.notifications.webhooks import Webhooks
from callassist.outbox import OutboxLoop
from callassist.pms_sync.opening import Opener
from callassist.ports.messages import MessageChannel
from callassist.ports.own_networks import OwnNetworks
from callassist.ports.recording import Sound
from callassist.ports.telephony import BridgeRequest, Step, Telephony
from callassist.ports.texting import IncomingText, TextReport
from callassist.sensors.asked.brands import Asking
from callassist.settings import Settings
from callassist.storage import uptime
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault
from callassist.telephony.simulated import SimulatedNetwork
from callassist.timers import TimerLoop


class Uptime:
    """Since when the service is up, as last beaten; read by detection and escalation."""

    def __init__(self, sessions: Sessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock
        self._since = clock.now()

    def beat(self) -> datetime:
        """Write a heartbeat and remember since when the service is up without a gap."""
        outage_after = max(
            uptime.OUTAGE_AFTER, self._clock.span(uptime.OUTAGE_AFTER.total_seconds())
        )
        with self._sessions.write() as session:
            now = self._clock.now()
            self._since = uptime.heartbeat(session, now, outage_after=outage_after)
        return self._since

    def since(self) -> datetime:
        """The last known start of service."""
        return self._since


@dataclass(frozen=True, kw_only=True)
class Service:
    """Everything a process may need; nothing runs until `start_*` is called."""

    settings: Settings
    clock: Clock
    sessions: Sessions
    vault: Vault
    telephony: Telephony
    rehearsal: Telephony  # simulated always; the same one where `telephony` is simulated
    channels: Mapping[str, MessageChannel]
    escalation: Escalation
    providers: Providers
    surroundings: Surroundings
    timers: TimerLoop
    outbox: OutboxLoop
    ingest: IngestWriter
    doors: SensorDoors
    asking: Asking  # brands of sensors that are asked
    systems: Systems  # property-management systems
    webhooks: Webhooks  # to hosts' own systems
    uptime: Uptime
    scripts: ScriptLibrary
    secret_key: str
    running: set[str] = field(default_factory=set)  # "web", "worker": what this process does

    def start_web(self) -> None:
        """What requests need: the writer of readings."""
        self.ingest.start()
        self.doors.samples.start()
        self.running.add("web")

    def start_worker(self) -> None:
        """Deadlines, deliveries and, when it is simulated, the phone network."""
        self.uptime.beat()
        with self.sessions.write() as session:
            look_up_doubts(session, self.escalation, self.clock.now())
        self.ingest.start()  # of what is asked for or heard at brokers
        self.doors.samples.start()
        self.doors.brokers.start()
        self.timers.start()
        self.outbox.start()
        self.systems.readers.start()
        if isinstance(self.rehearsal, SimulatedNetwork):
            self.rehearsal.start()
        self.running.add("worker")

    def stop(self) -> None:
        """Finish what runs and let go; nothing accepted is lost."""
        self.running.clear()
        self.doors.brokers.stop()
        self.ingest.stop()
        self.doors.samples.stop()
        self.systems.readers.stop()
        self.timers.stop()
        self.outbox.stop()
        if isinstance(self.rehearsal, SimulatedNetwork):
            self.rehearsal.close()
        self.sessions.engine.dispose()

    @property
    def sensor_hook(self) -> SensorHook:
        """Where sensors' makers post to."""
        return self.doors.hook

    @property
    def intake(self) -> ReadingsIntake:
        """Where readings go that nobody posts."""
        return self.doors.intake

    @property
    def opener(self) -> Opener:
        """Opens connections to property-management systems."""
        return self.systems.opener

    @property
    def own_networks(self) -> OwnNetworks:
        """Phone networks that accounts bring themselves."""
        return self.escalation.own_networks

    def provider_of(self, token: str) -> str | None:
        """The network of a dial (its token or public id) or text; None for an unknown one."""
        return self.providers.of(token)

    def record_call_events(
        self, dial_token: str, events: Sequence[LegEvent], now: datetime
    ) -> None:
        """What a verified callback of the phone network told."""
        dial_id = self.providers.operators_dial(dial_token)
        with self.sessions.write() as session:
            record_call_events(session, self.escalation, dial_token, events, now, dial_id=dial_id)

    def record_sound(self, dial_token: str, sound: Sound, now: datetime) -> None:
        """What a verified report of the phone network told of a recording."""
        with self.sessions.write() as session:
            record_sound(session, dial_token, sound, now)

    def record_text_report(self, token: str, report: TextReport, now: datetime) -> None:
        """What a verified report of the phone network told of a text."""
        with self.sessions.write() as session:
            record_text_report(session, self.escalation, token, report, now)

    def record_inbound_text(self, provider: str, text: IncomingText, now: datetime) -> None:
        """What somebody wrote to a number of ours."""
        with self.sessions.write() as session:
            record_inbound_text(session, self.escalation, provider, text, now)

    def phone_rings(self, provider: str, request: BridgeRequest, now: datetime) -> Step:
        """What somebody hears who phones a number of ours."""
        with self.sessions.write() as session:
            return phone_rings(session, self.escalation, provider, request, now)

    def next_step(
        self, question: Question, dial_token: str, request: BridgeRequest, now: datetime
    ) -> Step:
        """What a network shall do with an operator's leg; committed before it is told."""
        dial_id = self.providers.operators_dial(dial_token)
        with self.sessions.write() as session:
            return next_step(
                session, self.escalation, question, dial_token, request, now, dial_id=dial_id
            )
