"""Group commit: nobody waits for nothing, nobody fails for another, nothing half-done stays."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

import pytest
from sqlalchemy import create_engine, event, make_url, text
from sqlalchemy.orm import Session

from callassist.clock import ManualClock
from callassist.domain.noise import NoiseEvent
from callassist.errors import ServiceBusy
from callassist.ingest import HookAnswer, IngestWriter
from callassist.ingest.submission import Newcomers
from callassist.storage.engine import make_engine
from callassist.storage.sessions import Sessions
from tests.ingest.scene import Scene, problem

POISON = 66.6


class Gate:
    """Stands before the detector: holds a transaction open, or breaks on a poisoned reading."""

    def __init__(self, scene: Scene) -> None:
        self._detector = scene.detection
        self.entered = threading.Event()
        self.open = threading.Event()
        self.groups: list[int] = []

    def apply(
        self, session: Session, heard: Mapping[int, Sequence[NoiseEvent]], now: datetime
    ) -> dict[int, list[str]]:
        self.groups.append(sum(map(len, heard.values())))
        self.entered.set()
        assert self.open.wait(30)
        if any(each.level_db == POISON for events in heard.values() for each in events):
            raise RuntimeError("a fault of ours")
        return self._detector.apply(session, heard, now)


@contextmanager
def gated(scene: Scene, **limits: float) -> Iterator[tuple[Gate, IngestWriter]]:
    gate = Gate(scene)
    writer = IngestWriter(scene.sessions, scene.clock, gate, **limits)  # type: ignore[arg-type]
    scene.hook = scene.hook_to(writer)
    writer.start()
    try:
        yield gate, writer
    finally:
        gate.open.set()
        writer.stop()


def in_threads(*calls: Callable[[], HookAnswer]) -> Callable[[], list[HookAnswer]]:
    """Start the calls, each in a thread; calling the result waits for their answers."""
    answers: dict[int, HookAnswer] = {}

    def run(index: int, call: Callable[[], HookAnswer]) -> None:
        answers[index] = call()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()

    def wait() -> list[HookAnswer]:
        for thread in threads:
            thread.join(30)
        return [answers[index] for index in range(len(calls))]

    return wait


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.005)


def test_what_queued_during_a_commit_is_stored_together(scene: Scene):
    scene.attic()
    with gated(scene) as (gate, writer):
        first = in_threads(lambda: scene.post(scene.level(50, id="first")))
        assert gate.entered.wait(30)
        calls = [lambda n=n: scene.post(scene.level(50, id=str(n))) for n in range(20)]
        rest = in_threads(*calls)
        until(lambda: writer.waiting() == 20)
        gate.open.set()
        assert {answer.status for answer in first() + rest()} == {202}
        assert gate.groups == [1, 20]
    assert len(scene.readings()) == 21


def test_one_that_cannot_be_stored_fails_alone(scene: Scene):
    scene.attic()
    with gated(scene) as (gate, writer):
        first = in_threads(lambda: scene.post(scene.level(50, id="first")))
        assert gate.entered.wait(30)
        levels = [50.0, 51.0, POISON, 52.0]
        rest = in_threads(
            *[lambda level=level: scene.post(scene.level(level, id=f"{level}")) for level in levels]
        )
        until(lambda: writer.waiting() == 4)
        gate.open.set()
        assert [answer.status for answer in first() + rest()] == [202, 202, 202, 500, 202]
    assert sorted(each.level_db or 0 for each in scene.readings()) == [50.0, 50.0, 51.0, 52.0]


def test_an_error_of_ours_is_500_and_names_the_line_of_the_log(scene: Scene):
    scene.attic()
    with gated(scene) as (gate, _):
        gate.open.set()
        answer = scene.post(scene.level(POISON))
    assert answer.status == 500
    assert "logged as" in problem(answer)["detail"]
    assert "a fault of ours" not in answer.body.decode()
    assert scene.readings() == []


def test_a_full_queue_is_503_with_retry_after(scene: Scene):
    scene.attic()
    with gated(scene, most_waiting=2) as (gate, writer):
        first = in_threads(lambda: scene.post(scene.level(50, id="first")))
        assert gate.entered.wait(30)
        rest = in_threads(*[lambda n=n: scene.post(scene.level(50, id=str(n))) for n in range(2)])
        until(lambda: writer.waiting() == 2)
        refused = scene.post(scene.level(50, id="one-too-many"))
        assert refused.status == 503
        assert dict(refused.headers) == {"Retry-After": "2"}
        assert "too many requests are waiting" in problem(refused)["detail"].lower()
        gate.open.set()
        assert {answer.status for answer in first() + rest()} == {202}
    assert len(scene.readings()) == 3


def test_who_waits_too_long_gets_503_and_the_retry_is_a_duplicate(scene: Scene):
    scene.attic()
    with gated(scene, longest_wait=0.05) as (gate, writer):
        body = scene.level(50, id="slow")
        assert scene.post(body).status == 503
        gate.open.set()
        until(lambda: writer.waiting() == 0 and len(scene.readings()) == 1)
        assert scene.post(body).body == b'{"accepted":0,"duplicates":1,"ignored":[]}'


def test_stopping_stores_what_waits(scene: Scene):
    scene.attic()
    with gated(scene) as (gate, writer):
        first = in_threads(lambda: scene.post(scene.level(50, id="first")))
        assert gate.entered.wait(30)
        second = in_threads(lambda: scene.post(scene.level(50, id="second")))
        until(lambda: writer.waiting() == 1)
        gate.open.set()
        writer.stop()
        assert {answer.status for answer in first() + second()} == {202}
        assert not writer.healthy()


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Another program writes and does not come to an end."""
    if make_url(url).get_backend_name() == "sqlite":
        other = sqlite3.connect(str(make_url(url).database), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
        other.close()
        return
    engine = create_engine(url)
    with engine.connect() as connection:
        connection.execute(text("LOCK TABLE noise_reading IN ACCESS EXCLUSIVE MODE"))
        yield
        connection.rollback()
    engine.dispose()


def test_a_locked_database_is_503_within_6_s_for_all_who_wait_and_then_recovers(
    scene: Scene, database_url: str
):
    scene.attic()
    scene.say(scene.level(50, id="before"))
    with locked(database_url):
        started = time.monotonic()
        calls = [lambda n=n: scene.post(scene.level(50, id=str(n))) for n in range(5)]
        answers = in_threads(*calls)()
        assert time.monotonic() - started < 6
        assert [answer.status for answer in answers] == [503] * 5
        assert all("Retry-After" in dict(answer.headers) for answer in answers)
        assert (
            "try again" in problem(answers[0])["detail"]
            or "Send it again" in problem(answers[0])["detail"]
        )
    assert scene.say(scene.level(50, id="after"))["accepted"] == 1
    # who was told 503 sends again; where it was stored late after all, it is a duplicate
    again = [scene.say(scene.level(50, id=str(n))) for n in range(5)]
    assert all(each["accepted"] + each["duplicates"] == 1 for each in again)
    stored = sorted(each.event_key for each in scene.readings())
    assert stored == sorted(["i:before", "i:after", *(f"i:{n}" for n in range(5))])


def test_a_full_disk_is_503_keeps_nothing_half_and_recovers(sqlite_url: str, clock: ManualClock):
    engine = make_engine(sqlite_url)
    limit = [1_000_000_000]

    @event.listens_for(engine, "begin")
    def restrict(connection):
        connection.exec_driver_sql(f"PRAGMA max_page_count = {limit[0]}")

    scene = Scene(Sessions(engine), clock)
    try:
        scene.attic()
        with engine.connect() as connection:
            limit[0] = connection.exec_driver_sql("PRAGMA page_count").scalar_one() + 2
        accepted = 0
        for number in range(50):
            batch = [scene.level(50, id=f"{number}-{n}-{'x' * 90}") for n in range(20)]
            answer = scene.post({"readings": batch})
            if answer.status != 202:
                break
            accepted += 20
        assert answer.status == 503
        assert "disk" in problem(answer)["detail"]
        assert len(scene.readings()) == accepted > 0
        limit[0] = 1_000_000_000
        assert scene.post({"readings": batch}).status == 202
        assert len(scene.readings()) == accepted + 20
        with engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
    finally:
        scene.close()
        engine.dispose()


def test_a_database_that_went_away_is_503_and_comes_back_by_itself(
    postgresql_url: str, clock: ManualClock
):
    engine = make_engine(postgresql_url)
    scene = Scene(Sessions(engine), clock)
    try:
        scene.attic()
        scene.say(scene.level(50, id="before"))
        killer = create_engine(postgresql_url)
        with killer.begin() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        killer.dispose()
        answers = [scene.post(scene.level(50, id=f"{n}")).status for n in range(3)]
        assert answers[-1] == 202
        assert set(answers) <= {202, 503}
    finally:
        scene.close()
        engine.dispose()


def test_nothing_is_submitted_to_a_writer_that_does_not_run(scene: Scene):
    writer = IngestWriter(scene.sessions, scene.clock, scene.detection, longest_wait=0.01)
    connection = scene.connections.find("generic", "none")
    assert connection is None
    scene.connection(token="some")
    known = scene.connections.find("generic", "some")
    assert known is not None
    with pytest.raises(ServiceBusy):
        writer.submit(known, [], scene.clock.now(), Newcomers())
