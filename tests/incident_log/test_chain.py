"""The log is appended to, and whoever touches it later is found out."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from hashlib import sha256

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from callassist import incident_log
from callassist.clock import ManualClock
from callassist.domain.log_action import LogAction
from callassist.errors import InvalidInput, NotFound
from callassist.incident_log.chain import entry_hash
from callassist.models import Incident
from callassist.storage.engine import is_sqlite
from callassist.storage.sessions import Sessions
from tests.incident_log.incidents import open_incident


def test_entries_come_back_in_order_with_their_data(sessions: Sessions, clock: ManualClock):
    incident_id = _incident_with(sessions, clock, 3)
    with sessions.read() as session:
        found = incident_log.entries(session, incident_id)
    assert [(entry.seq, entry.data["n"]) for entry in found] == [(1, 0), (2, 1), (3, 2)]
    assert found[0].previous_hash == ""
    assert [entry.previous_hash for entry in found[1:]] == [entry.hash for entry in found[:2]]


def test_the_hash_is_what_anybody_can_compute():
    text = r'[7,1,1780000000000000,"incident_opened",{"by":"noise","\u00e9":1},""]'
    assert sha256(text.encode()).hexdigest() == entry_hash(
        incident_id=7,
        seq=1,
        at_micros=1_780_000_000_000_000,
        action="incident_opened",
        data={"é": 1.0, "by": "noise"},
        previous_hash="",
    )


@pytest.mark.parametrize(
    "data",
    [
        {"minutes": 1.0, "level": 71.3, "tiny": 1e-7, "huge": 1e20, "minus_zero": -0.0},
        {"text": "“ünïcode” 🦦", "none": None, "yes": True, "list": [1, [2.5, {"deep": "x"}]]},
        {"b": 1, "a": 2, "at": datetime(2026, 6, 13, 22, tzinfo=timezone(timedelta(hours=2)))},
        {},
    ],
)
def test_whatever_is_logged_verifies_after_the_database_gave_it_back(
    sessions: Sessions, clock: ManualClock, data: dict[str, object]
):
    with sessions.write() as session:
        incident = open_incident(session, clock.now())
        incident_log.append(session, incident.id, LogAction.STATE_CHANGED, data, now=clock.now())
    with sessions.read() as session:
        assert incident_log.verify(session) == []


@pytest.mark.parametrize(
    ("data", "named"),
    [
        ({"a": {"b": float("nan")}}, "a.b"),
        ({"when": datetime(2026, 6, 13)}, "when"),  # noqa: DTZ001 (naive on purpose)
        ({"raw": b"x"}, "raw"),
        ({"text": "a\0b"}, "text"),
        ({"list": [1, {2}]}, "list.1"),
    ],
)
def test_what_cannot_be_logged_is_named(
    sessions: Sessions, clock: ManualClock, data: dict[str, object], named: str
):
    with sessions.write() as session:
        incident = open_incident(session, clock.now())
        with pytest.raises(InvalidInput, match=f"^{named}: "):
            incident_log.append(session, incident.id, LogAction.CANCELLED, data, now=clock.now())


def test_an_entry_about_no_incident_is_refused(sessions: Sessions, clock: ManualClock):
    with pytest.raises(NotFound, match="no incident 4711"), sessions.write() as session:
        incident_log.append(session, 4711, LogAction.CANCELLED, {}, now=clock.now())


def test_an_entry_of_a_move_that_was_rolled_back_leaves_no_trace(
    sessions: Sessions, clock: ManualClock
):
    incident_id = _incident_with(sessions, clock, 1)
    with sessions.write() as session:
        incident_log.append(session, incident_id, LogAction.CANCELLED, {}, now=clock.now())
        session.rollback()
    with sessions.read() as session:
        assert len(incident_log.entries(session, incident_id)) == 1
        assert incident_log.verify(session) == []


def test_what_a_session_knew_of_a_log_is_not_believed_when_it_went_on(
    sessions: Sessions, clock: ManualClock
):
    incident_id = _incident_with(sessions, clock, 1)

    def append(session: Session) -> None:
        incident_log.append(session, incident_id, LogAction.STILL_LOUD, {}, now=clock.now())

    with sessions.write() as session:
        session.get_one(Incident, incident_id)
        append(session)
        session.commit()
        with Sessions(sessions.engine).write() as elsewhere:
            append(elsewhere)
        append(session)
        savepoint = session.begin_nested()
        append(session)
        savepoint.rollback()
        append(session)
    with sessions.read() as session:
        assert [one.seq for one in incident_log.entries(session, incident_id)] == [1, 2, 3, 4, 5]
        assert incident_log.verify(session) == []


@pytest.mark.parametrize("at_hand", [False, True], ids=["asked for", "at hand"])
def test_writers_on_one_incident_wait_for_each_other(
    sessions: Sessions, clock: ManualClock, at_hand: bool
):
    incident_id = _incident_with(sessions, clock, 0)
    # where several may write at a time, all know the same head before the first one moves it
    all_know = None if is_sqlite(sessions.engine) else threading.Barrier(3)

    def write() -> None:
        for n in range(10):
            with sessions.write() as session:
                if at_hand:
                    session.get_one(Incident, incident_id)
                if all_know is not None:
                    all_know.wait(30)
                incident_log.append(
                    session, incident_id, LogAction.STILL_LOUD, {"n": n}, now=clock.now()
                )

    with ThreadPoolExecutor(3) as pool:
        for writer in [pool.submit(write) for _ in range(3)]:
            writer.result(60)
    with sessions.read() as session:
        assert [e.seq for e in incident_log.entries(session, incident_id)] == list(range(1, 31))
        assert incident_log.verify(session) == []


@pytest.mark.parametrize(
    ("tampering", "faults"),
    [
        ("UPDATE incident_log SET data = '{\"n\": 9}' WHERE seq = 2", [(2, "was changed")]),
        ("UPDATE incident_log SET action = 'cancelled' WHERE seq = 3", [(3, "was changed")]),
        ("UPDATE incident_log SET at = at + 1 WHERE seq = 1", [(1, "was changed")]),
        ("DELETE FROM incident_log WHERE seq = 2", [(2, "entry 2 was removed")]),
        ("DELETE FROM incident_log WHERE seq = 1", [(1, "entry 1 was removed")]),
        ("DELETE FROM incident_log WHERE seq >= 4", [(4, "entries 4 to 5 were removed")]),
        ("DELETE FROM incident_log", [(1, "all 5 entries were removed")]),
    ],
)
def test_every_change_and_removal_is_found(
    sessions: Sessions, clock: ManualClock, tampering: str, faults: list[tuple[int, str]]
):
    bystander = _incident_with(sessions, clock, 2)
    incident_id = _incident_with(sessions, clock, 5)
    _tamper(
        sessions,
        f"{tampering}{' AND' if 'WHERE' in tampering else ' WHERE'} incident_id = {incident_id}",
    )
    with sessions.read() as session:
        found = incident_log.verify(session)
    assert [(fault.incident_id, fault.seq) for fault in found] == [
        (incident_id, seq) for seq, _ in faults
    ]
    assert all(part in fault.problem for fault, (_, part) in zip(found, faults, strict=True))
    assert bystander != incident_id


def test_swapped_entries_are_found(sessions: Sessions, clock: ManualClock):
    incident_id = _incident_with(sessions, clock, 3)
    _tamper(sessions, "UPDATE incident_log SET seq = 9 WHERE seq = 2")
    _tamper(sessions, "UPDATE incident_log SET seq = 2 WHERE seq = 3")
    _tamper(sessions, "UPDATE incident_log SET seq = 3 WHERE seq = 9")
    with sessions.read() as session:
        found = incident_log.verify(session)
    assert {fault.seq for fault in found} == {2, 3}
    assert {fault.incident_id for fault in found} == {incident_id}


def test_an_entry_put_in_from_outside_is_found(sessions: Sessions, clock: ManualClock):
    incident_id = _incident_with(sessions, clock, 1)
    forged = entry_hash(
        incident_id=incident_id,
        seq=2,
        at_micros=0,
        action="cancelled",
        data={},
        previous_hash=_hashes(sessions, incident_id)[-1],
    )
    _tamper(
        sessions,
        "INSERT INTO incident_log (incident_id, seq, at, action, data, previous_hash, hash) "
        f"VALUES ({incident_id}, 2, 0, 'cancelled', '{{}}', "
        f"'{_hashes(sessions, incident_id)[-1]}', '{forged}')",
    )
    with sessions.read() as session:
        [fault] = incident_log.verify(session)
    assert fault.problem == "entry 2 was added"


def _incident_with(sessions: Sessions, clock: ManualClock, entries: int) -> int:
    with sessions.write() as session:
        incident = open_incident(session, clock.now())
        for n in range(entries):
            incident_log.append(
                session, incident.id, LogAction.STATE_CHANGED, {"n": n}, now=clock.now()
            )
        return incident.id


def _hashes(sessions: Sessions, incident_id: int) -> list[str]:
    with sessions.read() as session:
        return [entry.hash for entry in incident_log.entries(session, incident_id)]


def _tamper(sessions: Sessions, statement: str) -> None:
    """As somebody would who owns the database and takes its guard away."""
    with sessions.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER IF EXISTS incident_log_no_update"))
            connection.execute(text("DROP TRIGGER IF EXISTS incident_log_no_delete"))
        else:
            connection.execute(text("ALTER TABLE incident_log DISABLE TRIGGER USER"))
        connection.exec_driver_sql(statement)
