"""Asking each connected brand when it is due: claimed, a few at a time, with back-off."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from callassist import outbox
from callassist.domain.message_kind import MessageKind
from callassist.errors import CallAssistError, NotFound, TransientError
from callassist.models import SensorAccess, SensorConnection
from callassist.ports.pms_access import CredentialsRefused
from callassist.ports.wording import said
from callassist.sensors.asked import minut_care, netatmo_polling
from callassist.sensors.asked.brands import MINUT, NETATMO, TITLES, Asking

_log = structlog.get_logger()
AT_ONCE = 4  # threads
PER_TURN = 100  # connections; the rest at the next turn
CLAIM = timedelta(minutes=10)
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(hours=6)  # between two tries that fail
JITTER = 0.1  # of the interval, so that connections spread
OUR_MISTAKE = said("this could not be read because of an error of ours; it is logged")

_WORK: dict[str, Callable[[Asking, int], None]] = {
    MINUT: minut_care.look_after,
    NETATMO: netatmo_polling.poll,
}


def look_after_due(asking: Asking) -> int:
    """Ask everybody who is due; returns how many were."""
    due = _claim(asking, asking.now_real())
    if due:
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="brands") as pool:
            for _ in pool.map(partial(_look_after, asking), *zip(*due, strict=True)):
                pass
    return len(due)


def wake(session: Session, now_real: datetime) -> None:
    """After a stop of ours: whoever posts may have posted in vain, so ask them all soon."""
    session.execute(
        update(SensorAccess)
        .where(SensorAccess.refused_at.is_(None), SensorAccess.next_at.is_not(None))
        .values(next_at=now_real, claimed_until=None)
        .execution_options(synchronize_session=False)
    )


def _claim(asking: Asking, now: datetime) -> list[tuple[int, str]]:
    """Connections that are due and that nobody asks, the longest due first."""
    query = (
        select(SensorAccess, SensorConnection.adapter)
        .join(SensorConnection, SensorConnection.id == SensorAccess.connection_id)
        .where(
            SensorAccess.next_at <= now,
            SensorConnection.disabled_at.is_(None),
            or_(SensorAccess.claimed_until.is_(None), SensorAccess.claimed_until <= now),
        )
        .order_by(SensorAccess.next_at)
        .limit(PER_TURN)
    )
    with asking.sessions.read() as session:
        if session.execute(query.limit(1)).first() is None:
            return []
    with asking.sessions.write() as session:
        rows = session.execute(query.with_for_update(of=SensorAccess, skip_locked=True)).all()
        for row, _ in rows:
            row.claimed_until = now + CLAIM
        return [(row.connection_id, name) for row, name in rows if name in _WORK]


def _look_after(asking: Asking, connection_id: int, brand: str) -> None:
    """One connection; whatever goes wrong is written down at it and never stops the others."""
    try:
        _WORK[brand](asking, connection_id)
    except CredentialsRefused as refused:
        _refused(asking, connection_id, brand, refused.detail)
    except NotFound:
        _done(asking, connection_id, next_at=None, error=None)
    except CallAssistError as error:
        retry_after = error.retry_after if isinstance(error, TransientError) else None
        _failed(asking, connection_id, brand, error.detail, retry_after)
    except Exception:
        _log.exception("asking a brand failed", action="brand_failed", connection=connection_id)
        _failed(asking, connection_id, brand, OUR_MISTAKE, None)
    else:
        every = asking.brand(brand).every
        late = every * random.uniform(0, JITTER)  # noqa: S311 spreads, hides nothing
        _done(asking, connection_id, next_at=asking.now_real() + every + late, error=None)


def _failed(
    asking: Asking, connection_id: int, brand: str, detail: str, retry_after: float | None
) -> None:
    with asking.sessions.read() as session:
        row = session.get(SensorAccess, connection_id)
        failures = 0 if row is None else row.failures
    longest = min(LONGEST, max(asking.brand(brand).every, SHORTEST))
    wait = min(SHORTEST * 2 ** min(failures, 12), longest)
    wait = max(wait, timedelta(seconds=retry_after or 0))
    _log.info(
        "a brand did not answer", action="brand_unanswered", connection=connection_id, error=detail
    )
    _done(asking, connection_id, next_at=asking.now_real() + wait, error=detail)


def _refused(asking: Asking, connection_id: int, brand: str, detail: str) -> None:
    """The owner took the permission back: told once, and not asked again until it is given."""
    now = asking.now_real()
    with asking.sessions.write() as session:
        row = session.get(SensorAccess, connection_id, with_for_update=True)
        if row is None:
            return
        is_news = row.refused_at is None
        row.refused_at, row.token, row.next_at, row.claimed_until = now, None, None, None
        row.failures, row.error = row.failures + 1, detail[:255]
        if is_news:
            connection = session.get_one(SensorConnection, connection_id)
            _tell(session, connection, row, brand, asking.clock.now())


def _tell(
    session: Session, connection: SensorConnection, row: SensorAccess, brand: str, now: datetime
) -> None:
    since = None if row.asked_at is None else row.asked_at.isoformat()
    facts = {
        "source": TITLES[brand],
        "connection": connection.public_id,
        "reason": "sensor_access",
        "since": since,
    }
    kind = str(MessageKind.CONNECTION_FAILING)
    payload = {"kind": kind, "account_id": connection.account_id, "facts": facts}
    key = f"{kind}:{connection.public_id}:{now.isoformat()}"
    outbox.put(session, "notify", key, payload, now=now)


def _done(
    asking: Asking, connection_id: int, *, next_at: datetime | None, error: str | None
) -> None:
    with asking.sessions.write() as session:
        row = session.get(SensorAccess, connection_id, with_for_update=True)
        if row is None:
            return
        row.next_at, row.claimed_until = next_at, None
        row.error = None if error is None else error[:255]
        row.failures = 0 if error is None else row.failures + 1
        if error is None and next_at is not None:
            row.asked_at = asking.now_real()
