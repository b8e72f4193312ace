"""The end of a run: what it came to, when the next one is due, and whom to tell."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from callassist import outbox
from callassist.domain.message_kind import MessageKind
from callassist.errors import CallAssistError, ServiceBusy
from callassist.models import ImportRun, PmsConnection, PmsReservation
from callassist.pms_sync import claims
from callassist.pms_sync.claims import ClaimLost
from callassist.pms_sync.patience import Stopped
from callassist.ports.pms import ReservationState
from callassist.ports.pms_access import BadAnswer, CredentialsRefused, NotThere, RateLimited
from callassist.ports.wording import said
from callassist.storage import nudges

if TYPE_CHECKING:
    from callassist.pms_sync.running import Run

RUNS_KEPT = 60  # of a connection; its page shows twenty
TELL_AFTER = 2  # failures in a row
OURS = said("an error of ours; it is logged and looked at")
UNBELIEVED = said(
    "more than half of the coming stays were not listed any more, all at once; nothing was "
    "cancelled, and it is read again in an hour"
)
_MORE_SOON = timedelta(minutes=1)
_SUSPENDED_AT_LEAST = timedelta(minutes=1)
_LONGEST_BACK_OFF = timedelta(hours=6)
_UNBELIEVED_AGAIN = timedelta(hours=1)
_LONGEST_LINE = 255


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How a run ended; `reason` is one word for the message, None when nothing failed."""

    error: str | None = None
    detail: str | None = None
    field: str | None = None
    reason: str | None = None
    suspended_for: timedelta | None = None  # goes on by itself after that: no failure
    is_ours: bool = False  # an error of our own, with a traceback in the log


def ending_of(error: Exception) -> Ending:
    """What an error means for the run, in words; nothing in it is personal."""
    words = error.detail if isinstance(error, CallAssistError) else OURS
    raw = f"{type(error).__name__}: {words}"
    if isinstance(error, CredentialsRefused):
        return Ending(error=words, detail=raw, field=error.field, reason="credentials")
    if isinstance(error, RateLimited):
        wait = timedelta(seconds=error.retry_after or 0)
        return Ending(error=words, detail=raw, suspended_for=max(wait, _SUSPENDED_AT_LEAST))
    if isinstance(error, Stopped | ClaimLost | ServiceBusy):
        return Ending(error=words, detail=raw, suspended_for=_SUSPENDED_AT_LEAST)
    if isinstance(error, BadAnswer | NotThere):
        return Ending(error=words, detail=raw, reason="unreadable")
    is_ours = not isinstance(error, CallAssistError)
    return Ending(error=words, detail=raw, reason="unreachable", is_ours=is_ours)


def end_run(run: Run, ending: Ending) -> None:
    """Write down the end, let go of the connection and say when it is read next."""
    now = run.sync.clock.now()
    if ending.error is None and run.counts["unbelieved"]:
        ending = Ending(error=UNBELIEVED)
    with run.sync.sessions.write() as session:
        row = session.get(ImportRun, run.run_id, populate_existing=True)
        is_held = claims.release(session, run.held)
        connection = session.get(PmsConnection, run.connection.id, populate_existing=True)
        if row is not None:
            _close(session, run, row, ending, now)
        if connection is not None and is_held:
            _note(session, run, connection, ending, now)
            nudges.changed(session, PmsConnection, connection.id)
        _forget_old_runs(session, run.connection.id)


def _close(session: Session, run: Run, row: ImportRun, ending: Ending, now: datetime) -> None:
    counts = {name: count for name, count in run.counts.items() if count}
    counts |= _stays(session, run)
    row.counts = counts | {"requests": run.requests}
    row.ended_at = now
    row.is_complete = run.is_full and run.has_read and not run.counts["unbelieved"]
    row.error = ending.error or row.error
    row.detail = None if ending.detail is None else _raw(run, ending.detail)


def _raw(run: Run, detail: str) -> str:
    last = "" if run.access is None else run.access.last
    return f"{detail} ({last})" if last else detail


def _stays(session: Session, run: Run) -> dict[str, int]:
    """Of all that is known of those who stay or come: how many, how many without a number."""
    there = (
        select(func.count(), func.count().filter(PmsReservation.numbers == 0))
        .where(
            PmsReservation.connection_id == run.connection.id,
            PmsReservation.state == str(ReservationState.STAYS),
            PmsReservation.last_day >= run.now.date().isoformat(),
        )
        .select_from(PmsReservation)
    )
    total, without = session.execute(there).one()
    return {"stays": total, "without_number": without}


def _note(
    session: Session, run: Run, connection: PmsConnection, ending: Ending, now: datetime
) -> None:
    if run.has_read:
        connection.changes_since = run.began
        if run.is_full and not run.counts["unbelieved"]:
            connection.complete_at = now
    if ending.suspended_for is not None:
        # the same again: what was asked for is still wanted, what is stored costs nothing
        span = run.sync.clock.span(ending.suspended_for.total_seconds())
        connection.next_run_at = now + span
        connection.error = ending.error
        return
    connection.wanted = None
    connection.error = ending.error and ending.error[:_LONGEST_LINE]
    connection.error_field = ending.field
    if ending.reason is None:
        connection.failures = 0
        connection.next_run_at = now + _until_next(run)
        if run.counts["unbelieved"]:
            connection.wanted = "full"
            connection.next_run_at = now + _UNBELIEVED_AGAIN
        return
    connection.failures += 1
    connection.next_run_at = now + _back_off(run.sync.settings.every, connection.failures)
    if connection.failures == TELL_AFTER:
        _tell(session, run, connection, ending.reason, now)


def _until_next(run: Run) -> timedelta:
    """A little earlier or later each time, so that not all connections are asked at once."""
    if run.counts["contacts_left"]:
        return _MORE_SOON
    own = run.sync.settings
    incremental = run.connector.facts.abilities.incremental
    return _jittered(own.every if incremental else own.whole_every)


def _back_off(every: timedelta, failures: int) -> timedelta:
    return _jittered(min(every * 2 ** min(failures - 1, 10), _LONGEST_BACK_OFF))


def _jittered(span: timedelta) -> timedelta:
    return span * random.uniform(0.9, 1.1)  # noqa: S311 spreads load, keeps no secret


def _tell(
    session: Session, run: Run, connection: PmsConnection, reason: str, now: datetime
) -> None:
    since = connection.complete_at
    outbox.put(
        session,
        "notify",
        f"{MessageKind.CONNECTION_FAILING}:{connection.public_id}:{run.run_id}",
        {
            "kind": str(MessageKind.CONNECTION_FAILING),
            "account_id": connection.account_id,
            "facts": {
                "source": run.connector.facts.title,
                "connection": connection.public_id,
                "reason": reason,
                "since": since.isoformat() if since is not None else None,
            },
        },
        now=now,
    )


def _forget_old_runs(session: Session, connection_id: int) -> None:
    own = select(ImportRun.id).where(ImportRun.connection_id == connection_id)
    oldest = session.scalar(own.order_by(ImportRun.id.desc()).offset(RUNS_KEPT).limit(1))
    if oldest is not None:
        session.execute(
            delete(ImportRun)
            .where(ImportRun.connection_id == connection_id, ImportRun.id <= oldest)
            .execution_options(synchronize_session=False)
        )
