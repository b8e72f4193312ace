"""Sensors heard for the first time: kept, so that the host sees them and can pair them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from callassist.domain.noise import ReadingKind, SourceKind
from callassist.domain.nudge import NudgeKind
from callassist.ingest.submission import SensorKey, Submission
from callassist.models import Sensor
from callassist.models.types import new_public_id
from callassist.storage import nudges
from callassist.storage.told import Told

MOST_UNPAIRED = 1000  # per connection: a sender that makes up names must not fill the disk
FULL = "not kept: too many sensors of this connection are not yet paired"

_SPEAKS = {
    ReadingKind.LEVEL: SourceKind.LEVEL,
    ReadingKind.NOTICE: SourceKind.NOTICE,
    ReadingKind.NOTICE_ENDED: SourceKind.NOTICE,
    ReadingKind.NOISE_STARTED: SourceKind.STATE,
    ReadingKind.NOISE_ENDED: SourceKind.STATE,
}
_INSERTS = {
    "sqlite": sqlite.insert(Sensor).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(Sensor).on_conflict_do_nothing(),
}


def add_sensors(
    session: Session, missing: Sequence[tuple[SensorKey, Submission, ReadingKind]], now: datetime
) -> list[SensorKey]:
    """Add unpaired sensors, in the order given; those that were added (or are there already).

    A sensor's kind is told by what it said first, where that tells.
    """
    waiting = _count_unpaired(session, {key[0] for key, *_ in missing})
    rows: list[dict[str, object]] = []
    added: list[SensorKey] = []
    for key, submission, first in missing:
        connection_id, external_id = key
        if waiting[connection_id] >= MOST_UNPAIRED:
            continue
        waiting[connection_id] += 1
        added.append(key)
        rows.append(
            {
                "public_id": new_public_id(),
                "connection_id": connection_id,
                "account_id": submission.connection.account_id,
                "external_id": external_id,
                "name": "",
                "kind": _SPEAKS.get(first, submission.newcomers.kind).value,
                "interval_seconds": int(submission.newcomers.reports_every.total_seconds()),
                "created_at": now,
            }
        )
    if rows:
        session.connection().execute(_INSERTS[session.get_bind().dialect.name], rows)
        for account_id in {submission.connection.account_id for _, submission, _ in missing}:
            nudges.tell(session, Told(kind=NudgeKind.HOME, account_id=account_id))
    return added


def _count_unpaired(session: Session, connection_ids: set[int]) -> Counter[int]:
    rows = session.execute(
        select(Sensor.connection_id, func.count())
        .where(Sensor.connection_id.in_(sorted(connection_ids)), Sensor.property_id.is_(None))
        .group_by(Sensor.connection_id)
    )
    return Counter({row[0]: row[1] for row in rows})
