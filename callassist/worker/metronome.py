"""APScheduler as the metronome of housekeeping; it owns no deadline.

Every job may run twice or late: each reads what is due from the database. Jobs tick in real time
and read the service's clock when they run.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from callassist import outbox, timers
from callassist.accounts.account_erasing import delete_due_accounts
from callassist.accounts.erasure_journal import NAME, ErasureJournal
from callassist.accounts.retention import Retention, forget_expired
from callassist.bootstrap import Service
from callassist.detection.quarters import note_quarters, prune_quarters
from callassist.errors import TransientError
from callassist.escalation.number_lookups import look_up_numbers
from callassist.escalation.own_network_health import look_after
from callassist.escalation.price_reading import read_prices
from callassist.escalation.recording_work import look_after_recordings
from callassist.escalation.shown_number import check_shown_numbers
from callassist.notifications import arm_missing, ping_if_well
from callassist.reports.digest_sending import ask_for_digests
from callassist.safe_http import trusted_session
from callassist.sensors.asked.upkeep import look_after_due, wake
from callassist.sensors.lapsing import let_lapse
from callassist.storage import nudges
from callassist.storage.backup import nightly_backup
from callassist.storage.facts import put_fact
from callassist.worker.audit_watch import AuditWatch
from callassist.worker.phone_watch import PhoneWatch

_log = structlog.get_logger()
UPTIME_SECONDS = 15
SYSTEMS_SECONDS = 3  # what a webhook named is read again within a few seconds
MINUTE = 60
HOUR = 3600


class Metronome:
    """Ticks housekeeping for one worker process."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._phone = PhoneWatch(service.telephony)
        self._scheduler = BackgroundScheduler(
            timezone="UTC",
            executors={"default": ThreadPoolExecutor(4)},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        for name, job, seconds in (
            ("uptime", self.beat, UPTIME_SECONDS),
            ("systems", self.read_systems, SYSTEMS_SECONDS),
            ("audit", AuditWatch(service).look, MINUTE),
            ("heartbeat", self.heartbeat, MINUTE),
            ("phone network", self._phone.look, MINUTE),
            ("backup", self.back_up, MINUTE),
            ("morning notes", self.arm_morning_notes, HOUR),
            ("digests", self.ask_for_digests, 5 * MINUTE),
            ("retention", self.forget, HOUR),
            ("deletions", self.delete_accounts, MINUTE),
            ("nudges", self.prune_nudges, MINUTE),
            ("recordings", self.look_after_recordings, MINUTE),
            ("number look-ups", self.look_up_numbers, MINUTE),
            ("own networks", self.look_after_own_networks, 10 * MINUTE),
            ("noise quarters", self.note_quarters, MINUTE),
            ("prices", self.read_prices, MINUTE),
            ("shown numbers", self.check_shown_numbers, HOUR),
            ("asked sensors", self.ask_sensors, UPTIME_SECONDS),
            ("lapsed notices", self.let_notices_lapse, MINUTE),
        ):
            self._scheduler.add_job(_guarded(name, job), "interval", seconds=seconds, id=name)

    def start(self) -> None:
        """Do what a start needs at once, then tick."""
        _guarded("morning notes", self.arm_morning_notes)()
        _guarded("asked sensors", self.ask_sensors_soon)()
        self._scheduler.start()
        self._scheduler.add_job(_guarded("phone network", self._phone.look))  # nobody waits for it

    def stop(self) -> None:
        """Let a running job finish and stop."""
        self._scheduler.shutdown(wait=True)

    def beat(self) -> None:
        """Note that the service is up, without a gap."""
        self._service.uptime.beat()

    def read_systems(self) -> None:
        """Property-management systems that are due, and what their webhooks named; in threads."""
        self._service.systems.readers.tick()

    def heartbeat(self) -> dict[str, str]:
        """Ping the monitor on another machine if everything that calls depend on is well."""
        return ping_if_well(
            checks(self._service), self._service.settings.service.heartbeat_url, trusted_session()
        )

    def back_up(self) -> None:
        """The nightly backup, once a day after its hour."""
        service = self._service
        made = nightly_backup(service.sessions, service.vault, service.settings.backup)
        if made is not None:
            _log.info("backup made", action="backup_made", file=made.name)

    def arm_morning_notes(self) -> None:
        """Accounts made since the last tick get their morning note."""
        service = self._service
        at = service.settings.notifications.morning_note_at
        with service.sessions.write() as session:
            arm_missing(session, service.clock.now(), at)

    def ask_for_digests(self) -> None:
        """Figures by e-mail whose period is over are put into the outbox."""
        service = self._service
        with service.sessions.write() as session:
            ask_for_digests(session, service.clock.now())

    def forget(self) -> None:
        """Delete what is older than its retention, and spent machinery rows."""
        service = self._service
        own = service.settings.retention
        now = service.clock.now()
        kept = Retention(
            numbers=own.numbers, readings=own.readings, reports=own.reports, log=own.log
        )
        gone = forget_expired(service.sessions, kept, now)
        for prune in (timers.prune, outbox.prune, prune_quarters):
            with service.sessions.write() as session:
                prune(session, now)
        if any(gone.values()):
            _log.info("forgotten", action="retention", **gone)

    def delete_accounts(self) -> None:
        """Accounts whose owners asked for it and let the waiting time pass."""
        service = self._service
        journal = ErasureJournal(service.settings.service.data_dir / NAME)
        done = delete_due_accounts(service.sessions, service.vault, service.clock.now(), journal)
        if done:
            _log.info("accounts deleted", action="accounts_deleted", count=done)

    def look_after_own_networks(self) -> None:
        """Accounts' own phone networks are asked whether they work."""
        look_after(self._service.escalation, self._service.clock.now())

    def look_after_recordings(self) -> None:
        """Recordings that are too old go, here and at the phone network; stuck ones go on."""
        service = self._service
        kept = service.settings.retention.recordings
        look_after_recordings(service.escalation, kept, service.clock.now())

    def look_up_numbers(self) -> None:
        """Guests' numbers are asked about at the phone network, where that is switched on."""
        service, own = self._service, self._service.settings.lookup
        if own.on:
            look_up_numbers(service.escalation, own.kept, service.clock.now())

    def note_quarters(self) -> None:
        """Keep the highest levels of quarters of an hour up to date, in short transactions."""
        service = self._service
        passed = 1
        while passed:
            with service.sessions.write() as session:
                passed = note_quarters(session, service.clock.now())

    def read_prices(self) -> None:
        """What the phone network charged for calls and texts that are over."""
        read_prices(self._service.escalation, self._service.clock.now())

    def check_shown_numbers(self) -> None:
        """Numbers that calls are to show may have been given back at the network."""
        check_shown_numbers(self._service.escalation, self._service.clock.now())

    def ask_sensors_soon(self) -> None:
        """What brands told us while we were down, they told in vain."""
        with self._service.sessions.write() as session:
            wake(session, datetime.now(UTC))

    def ask_sensors(self) -> None:
        """Brands of sensors that do not post are asked, and those that do are looked after."""
        look_after_due(self._service.asking)

    def let_notices_lapse(self) -> None:
        """Notices of noise that nobody takes back count as over after a while."""
        service = self._service
        now = service.clock.now()
        let_lapse(service.sessions, service.intake, service.uptime.since, now)

    def prune_nudges(self) -> None:
        """Open pages have read these long ago."""
        with self._service.sessions.write() as session:
            nudges.prune(session, datetime.now(UTC))


def checks(service: Service) -> dict[str, Callable[[], None]]:
    """What must be well before the monitor is told that we are."""
    return {
        "timers": lambda: _require(service.timers.healthy(), "the timer loop does not run"),
        "outbox": lambda: _require(service.outbox.healthy(), "the outbox loop does not run"),
        "database": lambda: _write_something(service),
        "telephony": service.telephony.check,
    }


def _require(well: bool, otherwise: str) -> None:
    if not well:
        raise TransientError(otherwise)


def _write_something(service: Service) -> None:
    now = service.clock.now()
    with service.sessions.write() as session:
        put_fact(session, "write_check", {"at": now.isoformat()}, now=now)


def _guarded(name: str, job: Callable[[], object]) -> Callable[[], None]:
    """One failing job is logged and tried again at the next tick; the others go on."""

    def run() -> None:
        began = time.monotonic()
        try:
            job()
        except Exception:
            _log.exception("housekeeping failed", action="housekeeping_failed", job=name)
        took = timedelta(seconds=time.monotonic() - began)
        if took > timedelta(seconds=30):
            _log.warning("housekeeping is slow", action="housekeeping_slow", job=name)

    return run
