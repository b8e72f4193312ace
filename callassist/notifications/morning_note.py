"""The note at 08:00 local time, also after a quiet night: what was watched, done and not heard."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callassist import outbox, timers
from callassist.domain.call_task import Party
from callassist.domain.message_kind import MessageKind
from callassist.models import Account, CallAttempt, Incident, Property, Sensor, Timer
from callassist.notifications.unheard import unheard_minutes
from callassist.timers import DueTimer, TimerHandler

MORNING_NOTE = "morning_note"  # timer kind, subject: account id
AT = time(8)  # local
NIGHT = timedelta(hours=12)  # before the note
_LEAST_UNHEARD_MINUTES = 30  # less is not worth a line at breakfast
_MOST_HOMES = 10  # named; a sensor that died is told on its own (sensor_silent)


def arm_next(session: Session, account: Account, now: datetime, at: time = AT) -> None:
    """Set the account's next note: the first `at` in its zone after `now`."""
    timers.arm(session, MORNING_NOTE, account.id, _next(account, now, at), now=now)


def arm_missing(session: Session, now: datetime, at: time = AT) -> int:
    """Set it for every account that has none; how many were set (start, housekeeping)."""
    armed = select(Timer.subject).where(Timer.kind == MORNING_NOTE, Timer.fired_at.is_(None))
    subjects = set(session.scalars(armed))
    kept = select(Account).where(Account.deleted_at.is_(None))
    missing = [one for one in session.scalars(kept) if str(one.id) not in subjects]
    for account in missing:
        arm_next(session, account, now, at)
    return len(missing)


def on_morning_note(at: time = AT) -> TimerHandler:
    """Timer handler: ask for the note of the night that ended when it was due, arm the next."""

    def handle(session: Session, timer: DueTimer, now: datetime) -> None:
        account = session.get(Account, int(timer.subject))
        if account is None or account.deleted_at is not None:
            return
        arm_next(session, account, now, at)
        if now - timer.due_at < NIGHT:  # found later than that it would tell of the wrong night
            _ask(session, account, timer.due_at, now)

    return handle


def _ask(session: Session, account: Account, end: datetime, now: datetime) -> None:
    facts = {"from": (end - NIGHT).isoformat(), "to": end.isoformat()}
    payload = {"kind": str(MessageKind.MORNING_NOTE), "account_id": account.id, "facts": facts}
    key = f"{MORNING_NOTE}:{account.public_id}:{end:%Y-%m-%d}"
    outbox.put(session, "notify", key, payload, now=now)


def night_of(
    session: Session, account_id: int, facts: Mapping[str, object]
) -> dict[str, object] | None:
    """Facts of the night between `from` and `to`; None for an account that watches no home."""
    begin = datetime.fromisoformat(str(facts["from"]))
    end = datetime.fromisoformat(str(facts["to"]))
    homes = _watched_homes(session, account_id)
    if not homes:
        return None
    incidents = list(
        session.scalars(
            select(Incident)
            .where(
                Incident.account_id == account_id,
                Incident.opened_at >= begin,
                Incident.opened_at < end,
                Incident.practice.is_(False),
                Incident.shadow.is_(False),
            )
            .order_by(Incident.opened_at)
        )
    )
    unheard = unheard_minutes(session, homes, begin, end)
    worst = sorted(unheard.items(), key=lambda home: -home[1])[:_MOST_HOMES]
    return {
        "homes": len(homes),
        "incidents": len(incidents),
        "calls": _calls(session, [incident.id for incident in incidents]),
        "quiet_after": [span for one in incidents if (span := _minutes_to_quiet(one)) is not None],
        "unheard": [
            {"property_id": home, "minutes": minutes}
            for home, minutes in worst
            if minutes >= _LEAST_UNHEARD_MINUTES
        ],
    }


def _next(account: Account, now: datetime, at: time) -> datetime:
    zone = ZoneInfo(account.timezone)
    local = now.astimezone(zone)
    due = datetime.combine(local.date(), at, zone)
    if due <= local:
        due = datetime.combine(local.date() + timedelta(days=1), at, zone)
    return due.astimezone(UTC)


def _watched_homes(session: Session, account_id: int) -> list[int]:
    paired = select(Sensor.property_id).where(Sensor.property_id == Property.id).exists()
    query = select(Property.id).where(
        Property.account_id == account_id,
        Property.archived_at.is_(None),
        Property.shadow_since.is_(None),
        paired,
    )
    return list(session.scalars(query.order_by(Property.id)))


def _calls(session: Session, incident_ids: list[int]) -> int:
    """Dials to guests that counted as attempts, and to hosts."""
    dialled = select(func.count()).where(
        CallAttempt.incident_id.in_(incident_ids),
        CallAttempt.dial_at.is_not(None),
        (CallAttempt.counted.is_(True)) | (CallAttempt.party == Party.HOST),
    )
    return session.scalar(dialled) or 0


def _minutes_to_quiet(incident: Incident) -> int | None:
    if incident.contact_at is None or incident.noise_ended_at is None:
        return None
    span = max(incident.noise_ended_at - incident.contact_at, timedelta())
    return round(span.total_seconds() / 60)
