"""From settings to a service, in reading order."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from callassist.accounts.scripts import load_hours, load_library, load_recording
from callassist.bootstrap.own_networks import KnownNetworks
from callassist.bootstrap.sensor_doors import open_doors
from callassist.bootstrap.sensors import make_asking
from callassist.bootstrap.service import Service, Uptime
from callassist.bootstrap.systems import Systems, make_systems
from callassist.bootstrap.telephones import make_rehearsal, make_telephony
from callassist.clock import Clock
from callassist.detection import Detection
from callassist.domain.coverage import COVERAGE_CHECK
from callassist.domain.policy import EscalationPolicy
from callassist.domain.spending import Caps, Estimates
from callassist.escalation import coverage, handlers
from callassist.escalation.context import Escalation
from callassist.escalation.provider_of import Providers
from callassist.ingest import IngestWriter
from callassist.migrations import upgrade
from callassist.notifications import (
    MORNING_NOTE,
    NOTIFY,
    SEND,
    STEP,
    build_channels,
    notify_deliverer,
    on_morning_note,
    on_needs_you_step,
    send_deliverer,
    webhooks,
)
from callassist.notifications.needs_you import take_by_phone
from callassist.outbox import Deliverer, OutboxLoop
from callassist.pms_sync.notes import note_deliverer
from callassist.ports.messages import MessageChannel
from callassist.ports.reservation_notes import TOPIC as NOTE
from callassist.ports.telephony import Telephony
from callassist.reports.digest_sending import TOPIC as DIGEST
from callassist.reports.digest_sending import digest_deliverer
from callassist.reports.note import note_writer
from callassist.reports.versions import TOPIC as REPORT
from callassist.reports.versions import report_deliverer
from callassist.sensors.asked.last_look import AskedNoise
from callassist.sensors.registry import ADAPTERS
from callassist.settings import Settings
from callassist.settings.secret_key import read_or_make
from callassist.stays.guest_words import load_stop_words, load_texts
from callassist.storage.engine import make_engine
from callassist.storage.keys import check_key
from callassist.storage.service_clock import load_clock
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault
from callassist.telephony.simulated import Faults
from callassist.timers import TimerHandler, TimerLoop


def build(
    settings: Settings,
    *,
    epoch: datetime | None = None,
    clock: Clock | None = None,
    telephony: Telephony | None = None,
    faults: Faults | None = None,
    allow_loopback: bool = False,
) -> Service:
    """Migrate the database, check the key, and build every part; starts nothing.

    `epoch` is what a scaled clock shows at its first start. `clock` and `telephony` take the place
    of those that the settings name (proofs, tests). SettingsError names what is wrong.
    """
    own = settings.service
    own.data_dir.mkdir(parents=True, exist_ok=True)
    engine = make_engine(settings.database.url)
    upgrade(engine)
    sessions = Sessions(engine)
    secret_key = read_or_make(own.data_dir, own.secret_key)
    vault = Vault.from_text(secret_key)
    clock = clock or load_clock(sessions, settings, epoch=epoch)
    check_key(sessions, vault, now=clock.now())
    telephony = telephony or make_telephony(settings, clock, secret_key, faults)
    channels = build_channels(
        own.data_dir, settings.mail, settings.notifications, allow_loopback=allow_loopback
    )
    uptime = Uptime(sessions, clock)
    systems = make_systems(settings, sessions, vault, clock, allow_loopback=allow_loopback)
    escalation = Escalation(
        sessions=sessions,
        vault=vault,
        telephony=telephony,
        rehearsal=make_rehearsal(telephony, settings, clock, secret_key),
        settings=settings.escalation,
        fresh_contact=systems.fresh,
        conversations=systems.conversations,
        public_url=own.public_url,
        hours=load_hours(settings.config_dir / "hours.toml"),
        guest_words=load_texts(settings.config_dir / "guest"),
        stop_words=load_stop_words(settings.config_dir / "stop_words.toml"),
        up_since=uptime.since,
        caps=Caps(day=settings.spending.day_cap, month=settings.spending.month_cap),
        estimates=Estimates(
            minute=settings.spending.minute_estimate, text=settings.spending.text_estimate
        ),
        price_given_up_after=settings.spending.price_given_up_after,
        take_alarm=take_by_phone,
        pace=clock,
        recording=load_recording(settings.config_dir / "recording.toml"),
        own_networks=KnownNetworks(
            sessions,
            vault,
            clock,
            public_url=own.public_url,
            base_url=settings.twilio.accounts_base_url,
        ),
    )
    return _put_together(settings, clock, uptime, escalation, channels, systems, secret_key)


def _put_together(
    settings: Settings,
    clock: Clock,
    uptime: Uptime,
    escalation: Escalation,
    channels: Mapping[str, MessageChannel],
    systems: Systems,
    secret_key: str,
) -> Service:
    """The loops and doors around what decides and what tells."""
    sessions, vault, telephony = escalation.sessions, escalation.vault, escalation.telephony
    surroundings = coverage.Surroundings(
        capabilities=telephony.capabilities(),
        heartbeat_watched=bool(settings.service.heartbeat_url),
    )
    detection = Detection(default_policy(settings), ADAPTERS, uptime.since)
    ingest = IngestWriter(sessions, clock, detection, most_waiting=settings.ingest.queue_limit)
    doors = open_doors(settings, sessions, vault, clock, ingest)
    asking = make_asking(settings, sessions, vault, clock, doors.intake)
    escalation = replace(escalation, fresh_noise=AskedNoise(asking))
    told = webhooks.Webhooks(
        sessions=sessions, vault=vault, allow_loopback=systems.opener.allow_loopback
    )
    timer_handlers = _timer_handlers(settings, escalation, detection, surroundings)
    return Service(
        settings=settings,
        clock=clock,
        sessions=sessions,
        vault=vault,
        telephony=telephony,
        rehearsal=escalation.rehearsal,
        channels=channels,
        escalation=escalation,
        providers=Providers(sessions),
        surroundings=surroundings,
        timers=TimerLoop(sessions, clock, timer_handlers),
        outbox=OutboxLoop(
            sessions,
            clock,
            {
                **_deliverers(settings, escalation, channels, systems),
                webhooks.TOPIC: told.deliver,
            },
            workers={webhooks.TOPIC: webhooks.WORKERS},
        ),
        webhooks=told,
        ingest=ingest,
        doors=doors,
        asking=asking,
        systems=systems,
        uptime=uptime,
        scripts=load_library(settings.config_dir / "scripts"),
        secret_key=secret_key,
    )


def _timer_handlers(
    settings: Settings,
    escalation: Escalation,
    detection: Detection,
    surroundings: coverage.Surroundings,
) -> dict[str, TimerHandler]:
    """Who acts on a deadline, by its kind."""
    return {
        **handlers.timer_handlers(escalation),
        "noise_tick": detection.on_tick(),
        COVERAGE_CHECK: coverage.coverage_check_handler(surroundings),
        STEP: on_needs_you_step,
        MORNING_NOTE: on_morning_note(settings.notifications.morning_note_at),
    }


def _deliverers(
    settings: Settings,
    escalation: Escalation,
    channels: Mapping[str, MessageChannel],
    systems: Systems,
) -> dict[str, Deliverer]:
    """Who delivers what leaves the database, by its topic."""
    sessions, vault, public_url = escalation.sessions, escalation.vault, escalation.public_url
    return {
        **handlers.deliverers(escalation),
        NOTIFY: notify_deliverer(sessions),
        SEND: send_deliverer(sessions, vault, channels, public_url),
        REPORT: report_deliverer(sessions),
        NOTE: note_deliverer(systems.sync, note_writer(public_url)),
        DIGEST: digest_deliverer(sessions, vault, channels["email"], public_url),
    }


def default_policy(settings: Settings) -> EscalationPolicy:
    """The rules of a home without a preset: config/policies/default.toml."""
    return policy_below(settings.config_dir)


def policy_below(config_dir: Path) -> EscalationPolicy:
    """The same, of a folder of configuration."""
    path = config_dir / "policies" / "default.toml"
    return EscalationPolicy.from_dict(tomllib.loads(path.read_text(encoding="utf-8")))
