"""Threads that read connections: what is due is begun, and ends when the process ends."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from callassist.models import ImportRun, PmsConnection
from callassist.pms_sync.hints import note_hint
from callassist.pms_sync.schedule import Readers
from callassist.ports.pms import Abilities, Hint
from callassist.storage.engine import is_sqlite
from callassist.storage.sessions import Sessions
from tests.pms_sync.scenes import World, booking, world


def wait_for(true: object, seconds: float = 20) -> None:
    """Until it is so."""
    ends = time.monotonic() + seconds
    while not true() and time.monotonic() < ends:  # type: ignore[operator]
        threading.Event().wait(0.01)
    assert true()  # type: ignore[operator]


def runs(here: World) -> list[ImportRun]:
    """All of them, ended or not."""
    with here.sessions.read() as session:
        return list(session.scalars(select(ImportRun).order_by(ImportRun.id)))


def test_a_tick_reads_what_is_due_once_and_what_was_named(sessions: Sessions) -> None:
    able = Abilities(incremental=True, single=True)
    here = world(sessions, booking("R1"), abilities=able)
    if is_sqlite(sessions.engine):  # where there is one process, whoever held it is dead
        with sessions.write() as session:
            connection = session.get_one(PmsConnection, here.connection_id)
            connection.claimed_until = here.sync.now_real() + timedelta(minutes=4)
    readers = Readers(here.sync)
    readers.start()
    try:
        for _ in range(5):
            readers.tick()
        wait_for(lambda: [one.ended_at is not None for one in runs(here)] == [True])
        with sessions.write() as session:
            hint, due = Hint(reservation_ids=("R1",)), here.sync.now_real() - timedelta(minutes=1)
            note_hint(session, here.connection_id, hint, due)

        def tick_until_asked() -> bool:
            readers.tick()
            return here.pms.asked == ["R1"]

        wait_for(tick_until_asked)
    finally:
        readers.stop()
    assert len(runs(here)) == 1


def test_the_end_of_the_process_ends_runs_at_their_next_request(sessions: Sessions) -> None:
    here = world(sessions, *(booking(f"R{number}", 1, after=number) for number in range(60)))
    reading = threading.Event()
    here.sync = replace(here.sync, settings=replace(here.sync.settings, readers=1))

    def page() -> None:
        if here.access.requests == 2:
            reading.set()
            here.sync.stopping.wait(20)

    here.pms.before_page = page
    readers = Readers(here.sync)
    readers.start()
    readers.tick()
    assert reading.wait(20)
    readers.stop()
    (run,) = runs(here)
    assert run.ended_at is not None
    assert 0 < len(here.stays()) < 60
    connection = here.connection()
    assert (connection.failures, connection.claimed_until) == (0, None)
