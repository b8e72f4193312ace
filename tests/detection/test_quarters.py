"""The highest level of each quarter of an hour, and what draws from it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.detection import quarters
from callassist.detection.quarters import note_quarters, prune_quarters
from callassist.migrations import upgrade
from callassist.models import NoiseQuarter, NoiseReading
from callassist.reports.noise_past import highest_levels
from callassist.storage.engine import make_engine
from callassist.storage.sessions import Sessions

NOON = datetime(2026, 6, 13, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def sessions(database_url: str) -> Iterator[Sessions]:
    engine = make_engine(database_url)
    upgrade(engine)
    yield Sessions(engine)
    engine.dispose()


def hear(
    session: Session, sensor: int, minute: int, level: float, verdict: str = "applied"
) -> None:
    at = NOON + minute * MINUTE
    session.add(
        NoiseReading(
            sensor_id=sensor,
            event_key=f"{minute}:{level}",
            at=at,
            received_at=at,
            kind="level",
            level_db=level,
            verdict=verdict,
        )
    )
    session.flush()


def known(session: Session) -> dict[tuple[int, int], float]:
    return {
        (one.sensor_id, int((one.at - NOON) / MINUTE)): one.highest_db
        for one in session.scalars(select(NoiseQuarter))
    }


def test_each_quarter_keeps_its_highest(sessions: Sessions) -> None:
    with sessions.write() as session:
        for minute, level in ((0, 50.0), (14, 61.0), (15, 40.0)):
            hear(session, 7, minute, level)
        hear(session, 8, 3, 99.0)
        hear(session, 7, 5, 120.0, verdict="future")
    with sessions.write() as session:
        assert note_quarters(session, NOON) > 0
        assert note_quarters(session, NOON) == 0
        assert known(session) == {(7, 0): 61.0, (7, 15): 40.0, (8, 0): 99.0}


def test_what_comes_later_only_raises(sessions: Sessions) -> None:
    with sessions.write() as session:
        hear(session, 7, 0, 60.0)
        note_quarters(session, NOON)
        hear(session, 7, 1, 50.0)
        hear(session, 7, 16, 50.0)
        note_quarters(session, NOON)
        assert known(session) == {(7, 0): 60.0, (7, 15): 50.0}
        hear(session, 7, 2, 70.0)
        note_quarters(session, NOON)
        assert known(session)[7, 0] == 70.0


def test_many_readings_are_taken_in_batches(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quarters, "BATCH", 3)
    with sessions.write() as session:
        for minute in range(10):
            hear(session, 7, minute, 40.0 + minute)
        rounds = 0
        while note_quarters(session, NOON):
            rounds += 1
        assert rounds >= 4
        assert known(session) == {(7, 0): 49.0}


def test_drawings_join_known_quarters_with_what_is_fresh(sessions: Sessions) -> None:
    with sessions.write() as session:
        hear(session, 7, 0, 60.0)
        hear(session, 7, 20, 55.0)
        without = highest_levels(session, [7], NOON, NOON + 60 * MINUTE)
        note_quarters(session, NOON)
        assert highest_levels(session, [7], NOON, NOON + 60 * MINUTE) == without
        hear(session, 7, 21, 80.0)
        hear(session, 7, 50, 45.0)
        found = highest_levels(session, [7, 8], NOON, NOON + 60 * MINUTE)
        assert found[7] == {0: 60.0, 1: 80.0, 3: 45.0}


def test_old_quarters_are_forgotten(sessions: Sessions) -> None:
    with sessions.write() as session:
        hear(session, 7, 0, 60.0)
        note_quarters(session, NOON)
        assert prune_quarters(session, NOON + timedelta(days=89)) == 0
        assert prune_quarters(session, NOON + timedelta(days=91)) == 1
