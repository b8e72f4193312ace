"""A home's pause: readings are kept for the curve, the rule's state does not move.

When the pause begins a running breach is over; when it ends, what is loud counts from that moment.
No marker is stored: a state whose clock stands before the pause's end has not come back from it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.detection.homes import Home, Listener
from callassist.domain.noise import (
    SILENT_AFTER,
    NoiseEvent,
    PropertyNoise,
    ReadingKind,
    SourceKind,
    Verdict,
)
from callassist.models import NoiseReading
from callassist.models.types import to_micros

PAUSED = "paused"  # reason of a breach's end
_NOISE = (
    ReadingKind.LEVEL,
    ReadingKind.NOTICE,
    ReadingKind.NOTICE_ENDED,
    ReadingKind.NOISE_STARTED,
    ReadingKind.NOISE_ENDED,
)
_ON = (ReadingKind.NOTICE, ReadingKind.NOISE_STARTED)


def without_noise(state: PropertyNoise) -> PropertyNoise:
    """Who was heard when stays known; everything about loudness is forgotten."""
    if not state.records and not any(each.segments for each in state.sources.values()):
        return state
    sources = {key: each._replace(segments=()) for key, each in state.sources.items()}
    return state._replace(sources=sources, records=())


def comes_back(home: Home, state: PropertyNoise, now: datetime) -> bool:
    """Whether a pause is over and the state has not been moved since."""
    until = home.paused_until
    return (
        until is not None
        and home.was_paused(now)
        and until <= now
        and state.clock < to_micros(until)
    )


def loud_at_end(session: Session, home: Home, until: datetime) -> list[NoiseEvent]:
    """What each sensor said last, as if it said so again at the pause's end."""
    events = []
    for listener in home.listeners:
        last = session.execute(
            select(NoiseReading.at, NoiseReading.kind, NoiseReading.level_db, NoiseReading.number)
            .where(
                NoiseReading.sensor_id == listener.sensor_id,
                NoiseReading.at < until,
                NoiseReading.kind.in_(_NOISE),
                NoiseReading.verdict != Verdict.FUTURE,
            )
            .order_by(NoiseReading.at.desc())
            .limit(1)
        ).one_or_none()
        if last is None or not _still_holds(listener, last.at, ReadingKind(last.kind), until):
            continue
        events.append(
            NoiseEvent(
                sensor_id=listener.sensor_id,
                at=until,
                received_at=until,
                kind=ReadingKind(last.kind),
                level_db=last.level_db,
                notice_number=last.number,
            )
        )
    return events


def _still_holds(listener: Listener, at: datetime, kind: ReadingKind, until: datetime) -> bool:
    if listener.kind == SourceKind.LEVEL:
        return kind is ReadingKind.LEVEL and until - at <= SILENT_AFTER
    return kind in _ON
