"""How long pages take the server with 500 homes, 10,000 incidents and 50 operators.

Each page is asked for over one connection while nothing else runs; the time is the client's, from
the request to the last byte.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from callassist.accounts.desks import OperatorInput, add_operator, create_desk
from callassist.accounts.people import add_person
from callassist.accounts.sign_in_links import make_sign_in_link
from callassist.detection.quarters import note_quarters
from callassist.domain.policy import EscalationPolicy
from callassist.domain.viewer import Role, Viewer
from callassist.models import (
    Account,
    CallAttempt,
    CallTask,
    Desk,
    Incident,
    IncidentLogEntry,
    NoiseReading,
    Operator,
    Presence,
    Property,
)
from callassist.storage.engine import make_engine
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault
from tests.bench.figures import Figure, percentile, report
from tests.bench.ingest_world import World, make_world
from tests.bench.memory import running

_ADMIN = Viewer(name="the bench", is_admin=True)
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_LIMIT = 50  # milliseconds
_READ_EVERY = timedelta(minutes=5)
_WAITING = 20  # calls in the queue
_PER_INCIDENT = 3  # tasks, attempts


@dataclass(frozen=True)
class Scene:
    """Whose pages are asked for."""

    owner_link: str
    operator_link: str
    home: str
    incident: str
    task: str


def main(argv: list[str]) -> dict[str, Any]:
    """Tonight, a home, incidents, an incident, the desk, a task, the board."""
    parser = argparse.ArgumentParser(prog="scripts/bench pages --")
    parser.add_argument("--homes", type=int, default=500)
    parser.add_argument("--incidents", type=int, default=10_000)
    parser.add_argument("--operators", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=60)
    arguments = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as directory:
        world = make_world(Path(directory), arguments.homes)
        scene = _set_scene(world, arguments.incidents, arguments.operators)
        with running(world) as served:
            base = f"http://127.0.0.1:{served.port}"
            host, operator = (
                _signed_in(base, link) for link in (scene.owner_link, scene.operator_link)
            )
            pages = (
                ("Tonight", host, "/"),
                ("a home", host, f"/homes/{scene.home}"),
                ("list of incidents", host, "/incidents"),
                ("an incident", host, f"/incidents/{scene.incident}"),
                ("the desk", operator, "/desk?still=1"),
                ("a task", operator, f"/desk/tasks/{scene.task}?still=1"),
                ("the board", operator, "/board"),
            )
            return report(
                [
                    figure
                    for name, who, path in pages
                    for figure in _figures(name, who, base + path, arguments.rounds)
                ]
            )


def _figures(name: str, who: requests.Session, url: str, rounds: int) -> list[Figure]:
    took = []
    for _ in range(rounds + 5):
        began = time.perf_counter()
        answer = who.get(url, timeout=20, allow_redirects=False)
        took.append(1000 * (time.perf_counter() - began))
        if answer.status_code != 200:
            raise RuntimeError(f"{url}: {answer.status_code}")
    warm = sorted(took[5:])
    return [
        Figure(name=f"{name}, p95", figure=percentile(warm, 0.95), unit="ms", limit=_LIMIT),
        Figure(name="  median", figure=percentile(warm, 0.5), unit="ms"),
    ]


def _signed_in(base: str, token: str) -> requests.Session:
    who = requests.Session()
    page = who.get(f"{base}/sign-in/link/{token}", timeout=20)
    found = _TOKEN.search(page.text)
    assert found is not None
    sent = who.post(page.url, data={"csrf_token": found.group(1)}, timeout=20)
    assert sent.status_code == 200, sent.status_code
    return who


def _set_scene(world: World, incidents: int, operators: int) -> Scene:
    engine = make_engine(world.url)
    vault = Vault.from_text(world.key)
    now = datetime.now(UTC)
    with Sessions(engine).write() as session:
        account = session.get_one(Account, 1)
        owner = add_person(
            session, "owner@example.com", Role.OWNER, now=now, account=account, name="Owner"
        )
        desk = create_desk(session, vault, _ADMIN, "Bench desk", now=now, account=account)
        chief = add_person(
            session,
            "chief@example.com",
            Role.SUPERVISOR,
            now=now,
            desk=desk,
            name="Chief",
            desk_name="Chief",
            languages=("en",),
        )
        _operators(session, vault, desk, operators, now)
        _readings(session, world.sensors, now)
        _incidents(session, desk, world.sensors, incidents, now)
        home, incident, task = _shown(session, chief.id, now)
        scene = Scene(
            owner_link=make_sign_in_link(session, owner, now),
            operator_link=make_sign_in_link(session, chief, now),
            home=home,
            incident=incident,
            task=task,
        )
    engine.dispose()
    return scene


def _operators(session: Session, vault: Vault, desk: Desk, count: int, now: datetime) -> None:
    for number in range(count):
        typed = OperatorInput(name=f"Op {number}", desk_name=f"Op {number}", languages=("en",))
        operator = add_operator(session, vault, _ADMIN, desk, typed, now=now)
        session.merge(
            Presence(operator_id=operator.id, state="available", since=now, idle_since=now)
        )
    session.flush()


def _readings(session: Session, sensors: int, now: datetime) -> None:
    """A day of them in the order in which they come, with what housekeeping makes of them."""
    for n in reversed(range(int(timedelta(days=1) / _READ_EVERY))):
        at = now - n * _READ_EVERY
        session.execute(
            insert(NoiseReading),
            [
                {
                    "sensor_id": sensor,
                    "event_key": f"{n}",
                    "at": at,
                    "received_at": at,
                    "kind": "level",
                    "level_db": 40.0 + (sensor * 7 + n * 3) % 45,
                    "verdict": "applied",
                }
                for sensor in range(1, sensors + 1)
            ],
        )
    while note_quarters(session, now):
        pass


def _incidents(session: Session, desk: Desk, homes: int, count: int, now: datetime) -> None:
    policy = EscalationPolicy()
    stamped = policy.to_dict()
    cadence = policy.cadence_at(now, UTC).to_dict()
    for start in range(0, count, 1000):
        numbers = range(start + 1, min(start + 1000, count) + 1)
        session.execute(
            insert(Incident),
            [_incident(n, desk.id, homes, count, stamped, cadence, now) for n in numbers],
        )
        over = [n for n in numbers if n <= count - _WAITING]
        session.execute(
            insert(CallTask),
            [_task(n, part, desk.id, count, now) for n in over for part in range(_PER_INCIDENT)],
        )
        session.execute(
            insert(CallAttempt),
            [_attempt(n, part, count, now) for n in over for part in range(_PER_INCIDENT)],
        )
        session.execute(
            insert(IncidentLogEntry),
            [_entry(n, seq, count, now) for n in numbers for seq in range(12)],
        )
    session.execute(
        insert(CallTask),
        [_waiting(n, desk.id, now) for n in range(count - _WAITING + 1, count + 1)],
    )


def _opened(number: int, count: int, now: datetime) -> datetime:
    return now - timedelta(minutes=8 * (count - number) + 20)


def _incident(
    number: int,
    desk_id: int,
    homes: int,
    count: int,
    policy: dict[str, object],
    cadence: dict[str, object],
    now: datetime,
) -> dict[str, object]:
    opened = _opened(number, count, now)
    is_open = number > count - _WAITING
    later = opened + timedelta(minutes=45)
    return {
        "id": number,
        "reference": f"amber-{number}",
        "account_id": 1,
        "property_id": number % homes + 1,
        "desk_id": desk_id,
        "policy": policy,
        "cadence": cadence,
        "state": "calling_guest" if is_open else "closed",
        "resolution": None if is_open else ("guest_reached", "nobody_reached")[number % 2],
        "opened_at": opened,
        "opened_by": "noise",
        "call_requested_at": opened + timedelta(minutes=20),
        "first_contact": None if is_open or number % 2 else "guest",
        "calling_ended_at": None if is_open else later,
        "closed_at": None if is_open else later,
        "language": "en",
    }


def _task(number: int, part: int, desk_id: int, count: int, now: datetime) -> dict[str, object]:
    at = _opened(number, count, now) + timedelta(minutes=20 + 6 * part)
    return {
        "id": number * _PER_INCIDENT + part,
        "incident_id": number,
        "account_id": 1,
        "desk_id": desk_id,
        "party": "guest",
        "attempt_number": part + 1,
        "state": "completed",
        "language": "en",
        "available_at": at,
        "created_at": at,
        "completed_at": at,
        "result": "no_answer",
    }


def _waiting(number: int, desk_id: int, now: datetime) -> dict[str, object]:
    return {
        "incident_id": number,
        "account_id": 1,
        "desk_id": desk_id,
        "party": "guest",
        "attempt_number": 1,
        "state": "pending",
        "language": "fr",  # nobody here speaks it, so the call goes on waiting
        "available_at": now + timedelta(hours=1),
        "created_at": now,
    }


def _attempt(number: int, part: int, count: int, now: datetime) -> dict[str, object]:
    at = _opened(number, count, now) + timedelta(minutes=20 + 6 * part)
    unique = f"{number}-{part}"
    return {
        "task_id": number * _PER_INCIDENT + part,
        "incident_id": number,
        "account_id": 1,
        "dial_number": 1,
        "party": "guest",
        "attempt_number": part + 1,
        "number_index": "0" * 64,
        "number_mask": "+1 ••• 01",
        "state": "ended",
        "provider": "simulated",
        "provider_call_id": unique,
        "dial_token": unique,
        "requested_at": at,
        "dial_at": at,
        "ended_at": at + timedelta(seconds=30),
        "outcome": "no_answer",
        "counted": True,
    }


def _entry(number: int, seq: int, count: int, now: datetime) -> dict[str, object]:
    return {
        "incident_id": number,
        "seq": seq + 1,
        "at": _opened(number, count, now) + timedelta(minutes=3 * seq),
        "action": "state_changed",
        "data": {"from": "watching", "to": "calling_guest", "event": "request_call"},
        "previous_hash": "",
        "hash": "",
    }


def _shown(session: Session, person_id: int, now: datetime) -> tuple[str, str, str]:
    """The public ids that are asked for; one waiting call is taken by the operator who looks."""
    operator = session.scalars(select(Operator).where(Operator.person_id == person_id)).one()
    waiting = select(CallTask).where(CallTask.state == "pending").order_by(CallTask.id).limit(1)
    task = session.scalars(waiting).one()
    task.state, task.operator_id, task.assigned_at = "assigned", operator.id, now
    session.merge(Presence(operator_id=operator.id, state="on_a_call", since=now, heartbeat_at=now))
    incident = session.scalars(select(Incident).where(Incident.state == "closed").limit(1)).one()
    session.flush()
    home = session.get_one(Property, incident.property_id)
    return home.public_id, incident.public_id, task.public_id


if __name__ == "__main__":
    main(sys.argv[1:])
