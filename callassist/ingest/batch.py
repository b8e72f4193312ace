"""One transaction of ingest: whose readings, which are new, what they move, and what is stored."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from callassist.domain.noise import NoiseEvent, ReadingKind, Verdict
from callassist.ingest.answer import Ignored, Receipt
from callassist.ingest.newcomers import FULL, add_sensors
from callassist.ingest.sensors_known import KnownSensors, SensorMoved, SensorRow
from callassist.ingest.statements import (
    FIND_DUPLICATES,
    FIND_SENSORS,
    HEARD,
    INSERT_READINGS,
    POSTED,
)
from callassist.ingest.submission import SensorKey, Submission
from callassist.models.types import to_micros
from callassist.ports.detection import Detector, NotMoved
from callassist.ports.sensors import Parsed, ParsedReading, UnknownEvent

TOO_OLD_AFTER = timedelta(hours=24)
FUTURE_AFTER = timedelta(minutes=5)
HEARD_EVERY_MICROS = 60_000_000  # how exact `last_heard_at` and `last_post_at` are kept
LONGEST_KEY = 118

NOT_PAIRED = "not yet paired"
TOO_OLD = "older than 24 h"
TEST = "a test reading: understood, and not counted"
_REASONS: dict[str, str] = {
    Verdict.FUTURE: "future",
    Verdict.TOO_OLD: TOO_OLD,
    Verdict.NOT_APPLICABLE: "not an event of this kind of sensor",
    NotMoved.UNPAIRED: NOT_PAIRED,
}


@dataclass(slots=True)
class _Heard:
    """One reading on its way through the transaction."""

    reading: ParsedReading
    submission: Submission
    sensor_id: int = 0
    property_id: int | None = None
    key: str = ""
    verdict: str = ""  # until judged; a duplicate stays without


@dataclass(slots=True)
class _Tally:
    accepted: int = 0
    duplicates: int = 0
    ignored: list[Ignored] = field(default_factory=list)


def store(
    session: Session,
    submissions: Sequence[Submission],
    known: KnownSensors,
    detector: Detector,
    now: datetime,
) -> list[Receipt]:
    """Store all readings and move the homes; one receipt per submission. Does not commit.

    Raises SensorMoved when `known` is out of date.
    """
    connection = session.connection()
    sensors = _find_sensors(session, submissions, known, now)
    heard: list[_Heard | None] = []  # None: nothing to store
    fresh: dict[tuple[int, str], _Heard] = {}
    for submission in submissions:
        for reading in submission.readings:
            heard.append(_place(reading, submission, sensors, fresh))
    _leave_out_known(connection, fresh)
    _judge(session, fresh, detector, now)
    _insert(connection, fresh)
    _note_heard(connection, submissions, fresh, sensors, now)
    return _receipts(submissions, heard, sensors)


def _find_sensors(
    session: Session, submissions: Sequence[Submission], known: KnownSensors, now: datetime
) -> dict[SensorKey, SensorRow]:
    wanted: dict[SensorKey, tuple[Submission, ReadingKind]] = {}
    for submission in submissions:
        connection_id = submission.connection.id
        for reading in submission.readings:
            if type(reading) is ParsedReading and not submission.connection.is_test:
                wanted[connection_id, reading.sensor] = submission, reading.kind
    found = known.recall(list(wanted))
    if len(found) == len(wanted):
        return found
    read = _read_sensors(session, sorted(wanted.keys() - found.keys()))
    known.remember(read)
    found |= read
    missing = sorted(wanted.keys() - found.keys())
    if missing:
        new = add_sensors(session, [(key, *wanted[key]) for key in missing], now)
        found |= _read_sensors(session, new)
    return found


def _read_sensors(session: Session, keys: Sequence[SensorKey]) -> dict[SensorKey, SensorRow]:
    if not keys:
        return {}
    found = FIND_SENSORS.run(session.connection(), keys)
    return {(row[0], row[1]): SensorRow(row[2], row[3], row[4]) for row in found}


def _place(
    reading: Parsed,
    submission: Submission,
    sensors: dict[SensorKey, SensorRow],
    fresh: dict[tuple[int, str], _Heard],
) -> _Heard | None:
    """Put a reading among the fresh ones, unless there is nothing to store."""
    if type(reading) is not ParsedReading or submission.connection.is_test:
        return None
    sensor = sensors.get((submission.connection.id, reading.sensor))
    if sensor is None or submission.received_at - reading.at > TOO_OLD_AFTER:
        return None
    heard = _Heard(reading, submission, sensor.id, sensor.property_id, event_key(reading))
    fresh.setdefault((sensor.id, heard.key), heard)
    return heard


def event_key(reading: ParsedReading) -> str:
    """What makes two readings of a sensor the same: the sender's id, else instant and kind."""
    if reading.event_id is None:
        return f"{to_micros(reading.at)}/{reading.kind.value}"
    if len(reading.event_id) <= LONGEST_KEY:
        return f"i:{reading.event_id}"
    return f"h:{hashlib.sha256(reading.event_id.encode()).hexdigest()}"


def _leave_out_known(connection: Connection, fresh: dict[tuple[int, str], _Heard]) -> None:
    if not fresh:
        return
    for row in FIND_DUPLICATES.run(connection, sorted(fresh)):
        del fresh[row[0], row[1]]


def _judge(
    session: Session, fresh: dict[tuple[int, str], _Heard], detector: Detector, now: datetime
) -> None:
    homes: dict[int, list[_Heard]] = {}
    for heard in fresh.values():
        if heard.property_id is None:
            heard.verdict = _verdict_unpaired(heard)
        else:
            homes.setdefault(heard.property_id, []).append(heard)
    if not homes:
        return
    events = {home: [_event(each) for each in readings] for home, readings in homes.items()}
    for home, verdicts in detector.apply(session, events, now).items():
        if NotMoved.ELSEWHERE in verdicts:
            raise SensorMoved
        for heard, verdict in zip(homes[home], verdicts, strict=True):
            heard.verdict = verdict


def _verdict_unpaired(heard: _Heard) -> str:
    is_future = heard.reading.at - heard.submission.received_at > FUTURE_AFTER
    return Verdict.FUTURE if is_future else NotMoved.UNPAIRED


def _event(heard: _Heard) -> NoiseEvent:
    reading = heard.reading
    return NoiseEvent(
        sensor_id=heard.sensor_id,
        at=reading.at,
        received_at=heard.submission.received_at,
        kind=reading.kind,
        level_db=reading.level_db,
        notice_number=reading.notice_number,
    )


def _insert(connection: Connection, fresh: dict[tuple[int, str], _Heard]) -> None:
    rows = []
    for key in sorted(fresh):
        heard = fresh[key]
        reading = heard.reading
        if heard.verdict == Verdict.TOO_OLD:
            continue
        rows.append(
            (
                heard.sensor_id,
                heard.key,
                to_micros(reading.at),
                to_micros(heard.submission.received_at),
                reading.kind,
                reading.level_db,
                reading.notice_number,
                heard.verdict,
            )
        )
    if rows:
        INSERT_READINGS.run(connection, rows)


def _note_heard(
    connection: Connection,
    submissions: Sequence[Submission],
    fresh: dict[tuple[int, str], _Heard],
    sensors: dict[SensorKey, SensorRow],
    now: datetime,
) -> None:
    """Say when sensors and connections were heard, to the minute: not once per reading."""
    at = to_micros(now)
    before = at - HEARD_EVERY_MICROS
    heard = {each.sensor_id for each in fresh.values()}
    stale = [
        row
        for row in sensors.values()
        if row.id in heard and (row.last_heard_at is None or row.last_heard_at < before)
    ]
    if not stale:
        return
    HEARD.run(connection, sorted((row.id,) for row in stale), now=at)
    for row in stale:
        row.last_heard_at = at  # it may be remembered
    posted = sorted({(each.connection.id,) for each in submissions if not each.connection.is_test})
    POSTED.run(connection, posted, now=at, before=before)


def _receipts(
    submissions: Sequence[Submission],
    heard: Sequence[_Heard | None],
    sensors: dict[SensorKey, SensorRow],
) -> list[Receipt]:
    receipts = []
    position = 0
    for submission in submissions:
        tally = _Tally()
        for index, reading in enumerate(submission.readings):
            _count(tally, index, reading, heard[position], submission, sensors)
            position += 1
        receipts.append(Receipt(tally.accepted, tally.duplicates, tally.ignored))
    return receipts


def _count(
    tally: _Tally,
    index: int,
    reading: Parsed,
    heard: _Heard | None,
    submission: Submission,
    sensors: dict[SensorKey, SensorRow],
) -> None:
    if heard is not None and not heard.verdict:
        tally.duplicates += 1
        return
    tally.accepted += 1
    reason: str | None
    if heard is not None:
        reason = _REASONS.get(heard.verdict)
    elif isinstance(reading, UnknownEvent):
        reason = reading.reason
    elif submission.connection.is_test:
        reason = TEST
    elif (submission.connection.id, reading.sensor) in sensors:
        reason = TOO_OLD
    else:
        reason = FULL
    if reason is not None:
        tally.ignored.append(Ignored(index, reason))
