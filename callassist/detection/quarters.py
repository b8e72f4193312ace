"""Keeps the highest level of each quarter of an hour, behind ingest and out of its way."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, delete, func, select, type_coerce
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from callassist.domain.noise import Verdict
from callassist.models import NoiseQuarter, NoiseReading
from callassist.models.types import UtcDateTime, to_micros
from callassist.storage.facts import get_fact, put_fact

QUARTER = timedelta(minutes=15)
QUARTERS_KNOWN = "noise_quarters"  # {"id": last reading looked at, "until": when it was received}
BATCH = 20_000
# PostgreSQL hands ids out before it commits, so the newest rows are looked at again: the highest
# of the same levels is the same.
LOOK_BACK = 2_000
KEPT = timedelta(days=90)
_MICROS = QUARTER // timedelta(microseconds=1)
_NOT_KEPT = [str(one) for one in (Verdict.FUTURE, Verdict.NOT_APPLICABLE, Verdict.TOO_OLD)]
_INSERTS: dict[str, sqlite.Insert | postgresql.Insert] = {
    "sqlite": sqlite.insert(NoiseQuarter),
    "postgresql": postgresql.insert(NoiseQuarter),
}


def note_quarters(session: Session, now: datetime) -> int:
    """Take in the next readings, at most BATCH; how many ids were passed, 0 when there is no more.

    Running twice is safe: the same readings give the same highest levels.
    """
    known = get_fact(session, QUARTERS_KNOWN) or {"id": 0}
    last = int(known["id"])
    newest = _newest(session, last)
    if newest is None:
        return 0
    newest_id, received_at = newest
    session.connection().execute(_statement(session, max(0, last - LOOK_BACK), newest_id))
    fact = {"id": newest_id, "until": to_micros(received_at)}
    put_fact(session, QUARTERS_KNOWN, fact, now=now)
    return newest_id - last


def prune_quarters(session: Session, now: datetime) -> int:
    """Forget quarters whose readings are forgotten."""
    gone = session.execute(delete(NoiseQuarter).where(NoiseQuarter.at < now - KEPT))
    return int(getattr(gone, "rowcount", 0))


def _newest(session: Session, last: int) -> tuple[int, datetime] | None:
    """The last of the next BATCH readings."""
    following = (
        select(NoiseReading.id, NoiseReading.received_at)
        .where(NoiseReading.id > last)
        .order_by(NoiseReading.id)
        .limit(BATCH)
        .subquery()
    )
    row = session.execute(select(following).order_by(following.c.id.desc()).limit(1)).first()
    return None if row is None else (row.id, row.received_at)


def _statement(session: Session, after: int, to: int) -> sqlite.Insert | postgresql.Insert:
    at = type_coerce(NoiseReading.at, BigInteger)
    readings = (
        select(
            NoiseReading.sensor_id,
            (at - at % _MICROS).label("quarter"),
            NoiseReading.level_db,
        )
        .where(
            NoiseReading.id > after,
            NoiseReading.id <= to,
            NoiseReading.level_db.is_not(None),
            NoiseReading.verdict.not_in(_NOT_KEPT),
        )
        .subquery()
    )
    highest = select(
        readings.c.sensor_id,
        type_coerce(readings.c.quarter, UtcDateTime),
        func.max(readings.c.level_db),
    ).group_by(readings.c.sensor_id, readings.c.quarter)
    insert = _INSERTS[session.get_bind().dialect.name]
    filled = insert.from_select(["sensor_id", "at", "highest_db"], highest)
    louder = filled.excluded.highest_db
    return filled.on_conflict_do_update(
        index_elements=[NoiseQuarter.sensor_id, NoiseQuarter.at],
        set_={"highest_db": louder},
        where=louder > NoiseQuarter.highest_db,
    )
