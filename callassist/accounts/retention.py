"""Forgetting in time: each kind of data is kept as long as it is needed (DESIGN 3.8).

Everything runs in batches, each in a transaction of its own, so that nobody waits for the lock.
Incident logs are kept: they hold masks and salted hashes only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.orm import Session

from callassist.accounts.booked_guests import forget_bookings
from callassist.accounts.guest_texts import forget_words
from callassist.accounts.webhook_log import forget_webhook_secrets, forget_webhooks
from callassist.models import (
    CallAttempt,
    CallTask,
    HomeFile,
    HostNote,
    Idempotency,
    InboundText,
    Incident,
    IncomingCall,
    NoiseReading,
    Notification,
    PhoneCost,
    PhoneRing,
    Report,
    ReportVersion,
    SensorSample,
    ShiftSwap,
    SignInLink,
    Stay,
    StayFile,
    StayNumber,
)
from callassist.storage.sessions import Sessions

BATCH = 1000
READINGS_BATCH = 5000
REQUEST_ANSWERS_KEPT = timedelta(hours=24)
USED_LINKS_KEPT = timedelta(days=1)
SAMPLES_KEPT = timedelta(days=1)  # of what sensors send: to choose fields by
FILES_KEPT = timedelta(days=1)  # of stays or homes, waiting to be confirmed
INBOUND_KEPT = timedelta(days=30)  # a network tells of it again for hours, not weeks
WEBHOOKS_KEPT = timedelta(days=30)
SWAPS_KEPT = timedelta(days=90)  # after the shift; colleagues say why in their own words


@dataclass(frozen=True, kw_only=True)
class Retention:
    """How long each kind is kept; numbers (and names) count from check-out."""

    numbers: timedelta = timedelta(days=30)
    readings: timedelta = timedelta(days=90)
    reports: timedelta = timedelta(days=730)
    log: timedelta = timedelta(days=730)


Step = Callable[[Session, datetime], int]


def forget_expired(
    sessions: Sessions, retention: Retention, now: datetime, *, most_batches: int = 1000
) -> dict[str, int]:
    """Delete or empty whatever is older than its time; how many rows of each kind that were.

    Running it twice, or from two workers at once, is safe: what is gone is gone. At most
    `most_batches` of each kind in one run, the next run goes on.
    """
    steps: dict[str, tuple[Step, datetime]] = {
        "stays": (_forget_stays, now - retention.numbers),
        "bookings": (forget_bookings, now - retention.numbers),
        "attempts": (_forget_attempts, now - retention.numbers),
        "rings": (_forget_rings, now - retention.numbers),
        "readings": (_forget_readings, now - retention.readings),
        "notes": (_forget_notes, now - retention.reports),
        "reports": (_forget_reports, now - retention.reports),
        "messages": (_forget_messages, now - retention.log),
        "request_answers": (_forget_request_answers, now - REQUEST_ANSWERS_KEPT),
        "sign_in_links": (_forget_sign_in_links, now - USED_LINKS_KEPT),
        "stay_files": (_forget_stay_files, now - FILES_KEPT),
        "home_files": (_forget_home_files, now - FILES_KEPT),
        "guest_words": (forget_words, now - retention.numbers),
        "inbound_texts": (_forget_inbound_texts, now - INBOUND_KEPT),
        "shift_swaps": (_forget_shift_swaps, now - SWAPS_KEPT),
        "sensor_samples": (_forget_samples, now - SAMPLES_KEPT),
        "phone_costs": (_forget_phone_costs, now - retention.reports),
        "webhooks": (forget_webhooks, now - WEBHOOKS_KEPT),
        "webhook_secrets": (forget_webhook_secrets, now),
    }
    forgotten = dict.fromkeys(steps, 0)
    for kind, (step, before) in steps.items():
        for _ in range(most_batches):
            with sessions.write() as session:
                gone = step(session, before)
            forgotten[kind] += gone
            if gone == 0:
                break
    return forgotten


def _forget_stays(session: Session, before: datetime) -> int:
    """Names, numbers and what the source said, of stays that ended before."""
    has_number = select(StayNumber.id).where(StayNumber.stay_id == Stay.id).exists()
    expired = (
        select(Stay.id)
        .where(
            Stay.check_out_at < before,
            or_(Stay.guest_name.is_not(None), Stay.source_read_at.is_not(None), has_number),
        )
        .order_by(Stay.id)
        .limit(BATCH)
    )
    stay_ids = list(session.scalars(expired))
    if stay_ids:
        session.execute(delete(StayNumber).where(StayNumber.stay_id.in_(stay_ids)))
        session.execute(
            update(Stay)
            .where(Stay.id.in_(stay_ids))
            .values(guest_name=None, imported=None, source_read_at=None)
        )
    return len(stay_ids)


def _forget_attempts(session: Session, before: datetime) -> int:
    """Sealed numbers of dials: with the stay's numbers, or as long after the dial."""
    stay_over = and_(Incident.stay_id.is_not(None), Stay.check_out_at < before)
    expired = (
        select(CallAttempt.id)
        .join(Incident, Incident.id == CallAttempt.incident_id)
        .outerjoin(Stay, Stay.id == Incident.stay_id)
        .where(
            CallAttempt.number.is_not(None),
            CallAttempt.ended_at < before,
            or_(stay_over, Incident.stay_id.is_(None)),
        )
        .order_by(CallAttempt.id)
        .limit(BATCH)
    )
    attempt_ids = list(session.scalars(expired))
    if attempt_ids:
        session.execute(
            update(CallAttempt).where(CallAttempt.id.in_(attempt_ids)).values(number=None)
        )
    return len(attempt_ids)


def _forget_rings(session: Session, before: datetime) -> int:
    """Sealed numbers of phones that rang for somebody on duty."""
    expired = (
        select(PhoneRing.id)
        .where(PhoneRing.number.is_not(None), PhoneRing.ended_at < before)
        .limit(BATCH)
    )
    ring_ids = list(session.scalars(expired))
    if ring_ids:
        session.execute(update(PhoneRing).where(PhoneRing.id.in_(ring_ids)).values(number=None))
    return len(ring_ids)


def _forget_readings(session: Session, before: datetime) -> int:
    """Readings, from the oldest rows on.

    Rows are written in the order in which they came, so the expired ones are the first; only those
    are looked at, never the whole table.
    """
    oldest = session.execute(
        select(NoiseReading.id, NoiseReading.received_at)
        .order_by(NoiseReading.id)
        .limit(READINGS_BATCH)
    ).all()
    expired = [row.id for row in oldest if row.received_at < before]
    if expired:
        session.execute(
            delete(NoiseReading).where(
                NoiseReading.id <= expired[-1], NoiseReading.received_at < before
            )
        )
    return len(expired)


def _forget_reports(session: Session, before: datetime) -> int:
    """Reports that are not held for a claim."""
    expired = (
        select(Report.id)
        .where(Report.created_at < before, Report.held.is_(False))
        .order_by(Report.id)
        .limit(BATCH)
    )
    report_ids = list(session.scalars(expired))
    if report_ids:
        session.execute(delete(ReportVersion).where(ReportVersion.report_id.in_(report_ids)))
        session.execute(delete(Report).where(Report.id.in_(report_ids)))
    return len(report_ids)


def _forget_notes(session: Session, before: datetime) -> int:
    """What operators and neighbours wrote, with the reports in which it stands."""
    held = select(Report.id).where(Report.incident_id == Incident.id, Report.held.is_(True))
    note = select(CallTask.id).where(
        CallTask.incident_id == Incident.id, CallTask.note.is_not(None)
    )
    own = select(HostNote.id).where(HostNote.incident_id == Incident.id)
    expired = (
        select(Incident.id)
        .where(
            Incident.closed_at < before,
            or_(Incident.complaint.is_not(None), note.exists(), own.exists()),
            ~held.exists(),
        )
        .limit(BATCH)
    )
    ids = list(session.scalars(expired))
    if ids:
        session.execute(update(CallTask).where(CallTask.incident_id.in_(ids)).values(note=None))
        session.execute(update(Incident).where(Incident.id.in_(ids)).values(complaint=None))
        session.execute(delete(HostNote).where(HostNote.incident_id.in_(ids)))
    return len(ids)


def _forget_messages(session: Session, before: datetime) -> int:
    """Messages sent and their deliveries, from the oldest rows on, which are the first."""
    oldest = session.execute(
        select(Notification.id, Notification.created_at).order_by(Notification.id).limit(BATCH)
    ).all()
    ids = [row.id for row in oldest if row.created_at < before]
    if ids:
        session.execute(delete(Notification).where(Notification.id.in_(ids)))
    return len(ids)


def _forget_inbound_texts(session: Session, before: datetime) -> int:
    expired = select(InboundText.id).where(InboundText.received_at < before).limit(BATCH)
    ids = list(session.scalars(expired))
    session.execute(delete(InboundText).where(InboundText.id.in_(ids)))
    called = select(IncomingCall.id).where(IncomingCall.received_at < before).limit(BATCH)
    call_ids = list(session.scalars(called))
    session.execute(delete(IncomingCall).where(IncomingCall.id.in_(call_ids)))
    return len(ids) + len(call_ids)


def _forget_phone_costs(session: Session, before: datetime) -> int:
    old = select(PhoneCost.id).where(PhoneCost.asked_at < before).limit(BATCH)
    ids = list(session.scalars(old))
    if ids:
        session.execute(delete(PhoneCost).where(PhoneCost.id.in_(ids)))
    return len(ids)


def _forget_request_answers(session: Session, before: datetime) -> int:
    expired = select(Idempotency.id).where(Idempotency.created_at < before).limit(BATCH)
    ids = list(session.scalars(expired))
    if ids:
        session.execute(delete(Idempotency).where(Idempotency.id.in_(ids)))
    return len(ids)


def _forget_sign_in_links(session: Session, before: datetime) -> int:
    expired = select(SignInLink.id).where(SignInLink.expires_at < before).limit(BATCH)
    ids = list(session.scalars(expired))
    if ids:
        session.execute(delete(SignInLink).where(SignInLink.id.in_(ids)))
    return len(ids)


def _forget_stay_files(session: Session, before: datetime) -> int:
    expired = select(StayFile.id).where(StayFile.created_at < before).limit(BATCH)
    ids = list(session.scalars(expired))
    if ids:
        session.execute(delete(StayFile).where(StayFile.id.in_(ids)))
    return len(ids)


def _forget_home_files(session: Session, before: datetime) -> int:
    expired = select(HomeFile.id).where(HomeFile.created_at < before).limit(BATCH)
    ids = list(session.scalars(expired))
    if ids:
        session.execute(delete(HomeFile).where(HomeFile.id.in_(ids)))
    return len(ids)


def _forget_shift_swaps(session: Session, before: datetime) -> int:
    ids = list(session.scalars(select(ShiftSwap.id).where(ShiftSwap.ends_at < before).limit(BATCH)))
    session.execute(delete(ShiftSwap).where(ShiftSwap.id.in_(ids)))
    return len(ids)


def _forget_samples(session: Session, before: datetime) -> int:
    """The last message of each sensor connection."""
    expired = select(SensorSample.connection_id).where(SensorSample.at < before).limit(BATCH)
    ids = list(session.scalars(expired))
    session.execute(delete(SensorSample).where(SensorSample.connection_id.in_(ids)))
    return len(ids)
