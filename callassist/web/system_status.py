"""How the service is, part by part: facts for the status page, each with how bad it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select

from callassist.bootstrap import Service
from callassist.domain.call_task import TaskState
from callassist.domain.spending import Mark
from callassist.errors import CallAssistError
from callassist.escalation.budgets import service_budgets
from callassist.models import CallTask, Notification, NotificationChannel
from callassist.storage.backup import backups, read_manifest
from callassist.web.health import LATE_OUTBOX, LATE_TIMERS, backlog
from callassist.web.worker_watch import WorkerWatch

_MESSAGES_LOOKED_AT = 500
_BACKUP_EVERY = timedelta(hours=26)
_CALL_WAITS_LONG = timedelta(minutes=5)
_CLOCK_OFF = timedelta(seconds=1)


class Part(StrEnum):
    """What is looked at, in the order of the page."""

    WORKER = "worker"
    TELEPHONY = "telephony"
    READINGS = "readings"
    DEADLINES = "deadlines"
    DELIVERIES = "deliveries"
    PUSH = "push"
    MAIL = "mail"
    CALLS = "calls"
    COSTS = "costs"
    BACKUPS = "backups"
    CLOCK = "clock"
    MONITOR = "monitor"


FOR_EVERYBODY = frozenset(
    {Part.WORKER, Part.TELEPHONY, Part.READINGS, Part.DELIVERIES, Part.PUSH, Part.MAIL}
)


class Health(StrEnum):
    """How bad it is; the words are those of the pages' tones."""

    WELL = "calm"
    LOOK = "watch"  # works, but somebody should look at it
    BROKEN = "loud"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One part: `case` says which sentence fits, `facts` are what the sentence needs."""

    part: Part
    health: Health
    case: str
    facts: dict[str, float | int | str | datetime | None] = field(default_factory=dict)


def lines(service: Service, watch: WorkerWatch) -> Iterator[Line]:
    """Every part, worst or not; reads the database and asks the phone network."""
    yield _worker(watch)
    yield _telephony(service)
    yield _readings(service)
    yield from _loops(service)
    yield from _messages(service)
    yield _calls(service)
    yield _costs(service)
    yield _backups(service)
    yield _clock(service)
    watched = bool(service.settings.service.heartbeat_url)
    yield Line(
        part=Part.MONITOR,
        health=Health.WELL if watched else Health.LOOK,
        case="watched" if watched else "unwatched",
    )


def _worker(watch: WorkerWatch) -> Line:
    seen = watch.now()
    if seen.ago is None:
        return Line(part=Part.WORKER, health=Health.BROKEN, case="never")
    return Line(
        part=Part.WORKER,
        health=Health.BROKEN if seen.is_gone else Health.WELL,
        case="gone" if seen.is_gone else "works",
        facts={"seconds": seen.ago.total_seconds()},
    )


def _telephony(service: Service) -> Line:
    if service.telephony.capabilities().simulated:
        return Line(part=Part.TELEPHONY, health=Health.LOOK, case="simulated")
    try:
        service.telephony.check()
    except CallAssistError as error:
        facts: dict[str, float | int | str | datetime | None] = {"reason": error.detail}
        return Line(part=Part.TELEPHONY, health=Health.BROKEN, case="broken", facts=facts)
    return Line(part=Part.TELEPHONY, health=Health.WELL, case="works")


def _readings(service: Service) -> Line:
    if "web" not in service.running or service.ingest.healthy():
        return Line(part=Part.READINGS, health=Health.WELL, case="works")
    return Line(part=Part.READINGS, health=Health.BROKEN, case="broken")


def _loops(service: Service) -> Iterator[Line]:
    figures = dict(backlog(service))
    for part, name, late in (
        (Part.DEADLINES, "timers", LATE_TIMERS),
        (Part.DELIVERIES, "outbox", LATE_OUTBOX),
    ):
        seconds = figures[f"{name}_late_seconds"]
        yield Line(
            part=part,
            health=Health.BROKEN if seconds > late else Health.WELL,
            case="late" if seconds > late else "works",
            facts={"seconds": seconds, "count": int(figures[f"{name}_due"])},
        )


def _messages(service: Service) -> Iterator[Line]:
    """The last messages of each kind of channel: how many arrived, how many did not."""
    latest = (
        select(Notification.channel_id, Notification.status)
        .where(Notification.channel_id.is_not(None))
        .order_by(Notification.id.desc())
        .limit(_MESSAGES_LOOKED_AT)
        .subquery()
    )
    query = select(NotificationChannel.kind, latest.c.status).join(
        latest, latest.c.channel_id == NotificationChannel.id
    )
    with service.sessions.read() as session:
        counted = Counter((kind, status) for kind, status in session.execute(query))
    for part, kind in ((Part.PUSH, "push"), (Part.MAIL, "email")):
        sent, failed = counted[kind, "sent"], counted[kind, "failed"]
        if part is Part.MAIL and service.settings.mail.url == "file":
            yield Line(part=part, health=Health.LOOK, case="files")
            continue
        bad = failed > max(2, (sent + failed) // 5)
        yield Line(
            part=part,
            health=Health.LOOK if bad else Health.WELL,
            case="failing" if bad else "works" if sent else "unused",
            facts={"sent": sent, "failed": failed, "all": sent + failed},
        )


def _calls(service: Service) -> Line:
    now = service.clock.now()
    query = select(func.count(), func.min(CallTask.available_at)).where(
        CallTask.state == str(TaskState.PENDING), CallTask.available_at <= now
    )
    with service.sessions.read() as session:
        count, oldest = session.execute(query).one()
    waits = timedelta() if oldest is None else now - oldest
    return Line(
        part=Part.CALLS,
        health=Health.BROKEN if waits > _CALL_WAITS_LONG else Health.WELL,
        case="waiting" if count else "none",
        facts={"count": count, "seconds": waits.total_seconds()},
    )


def _costs(service: Service) -> Line:
    """The cap of the whole service that is nearest to its end."""
    with service.sessions.read() as session:
        held = service_budgets(session, service.escalation, service.clock.now())
    if not held:
        return Line(part=Part.COSTS, health=Health.WELL, case="uncapped")
    worst = max(held, key=lambda one: (one.mark is not None, one.mark is Mark.REACHED))
    healths = {None: Health.WELL, Mark.HALF: Health.LOOK, Mark.REACHED: Health.BROKEN}
    return Line(
        part=Part.COSTS,
        health=healths[worst.mark],
        case=str(worst.mark or "below"),
        facts={"used": f"{worst.used:.2f}", "cap": f"{worst.cap:.2f}"},
    )


def _backups(service: Service) -> Line:
    kept = backups(service.settings.backup.dir)
    if not kept:
        return Line(part=Part.BACKUPS, health=Health.LOOK, case="none")
    made_at = datetime.fromisoformat(read_manifest(kept[-1]).made_at)
    is_old = datetime.now(UTC) - made_at > _BACKUP_EVERY
    return Line(
        part=Part.BACKUPS,
        health=Health.LOOK if is_old else Health.WELL,
        case="old" if is_old else "works",
        facts={"made_at": made_at, "count": len(kept)},
    )


def _clock(service: Service) -> Line:
    if service.clock.speed != 1:
        facts: dict[str, float | int | str | datetime | None] = {"speed": service.clock.speed}
        return Line(part=Part.CLOCK, health=Health.LOOK, case="scaled", facts=facts)
    offset = abs(getattr(service.clock, "offset", timedelta()))
    off = offset > _CLOCK_OFF
    return Line(
        part=Part.CLOCK,
        health=Health.LOOK if off else Health.WELL,
        case="off" if off else "right",
        facts={"seconds": offset.total_seconds()},
    )
