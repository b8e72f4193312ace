"""200 open desks: how long from a commit until each browser is told, and what pages cost then?"""

from __future__ import annotations

import argparse
import re
import selectors
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import select

from callassist.accounts.desks import create_desk
from callassist.accounts.people import add_person
from callassist.accounts.sign_in_links import make_sign_in_link
from callassist.bootstrap import Service, build
from callassist.demo.server import DemoServer, free_port
from callassist.domain.nudge import NudgeKind
from callassist.domain.viewer import Role, Viewer
from callassist.models import Person
from callassist.settings import load_settings
from callassist.storage import nudges
from tests.bench.figures import Figure, percentile, report

_ROUNDS = 40
_PAUSE_SECONDS = 0.25
_PATIENCE = 10.0
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Desks:
    """Open streams, read by one thread; notes when each one was told of which change."""

    def __init__(self, url: str, cookie: str, amount: int) -> None:
        host, port = url.removeprefix("http://").split(":")
        self.told: dict[str, list[float]] = {}
        self._selector = selectors.DefaultSelector()
        self._lines: list[socket.socket] = []
        self._over = False
        request = f"GET /live HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n".encode()
        for _ in range(amount):
            line = socket.create_connection((host, int(port)), timeout=_PATIENCE)
            line.sendall(request)
            head = line.recv(4096)
            assert b" 200 " in head.split(b"\r\n", 1)[0], head
            line.setblocking(False)
            self._selector.register(line, selectors.EVENT_READ)
            self._lines.append(line)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def wait_for(self, name: str, amount: int) -> None:
        """Until all were told, or patience is over."""
        deadline = time.monotonic() + _PATIENCE
        while len(self.told.get(name, ())) < amount and time.monotonic() < deadline:
            time.sleep(0.005)

    def close(self) -> None:
        """Leave."""
        self._over = True
        self._thread.join()
        for line in self._lines:
            line.close()

    def _read(self) -> None:
        while not self._over:
            for key, _ in self._selector.select(timeout=0.1):
                line = key.fileobj
                assert isinstance(line, socket.socket)
                piece = line.recv(65536)
                if not piece:
                    self._selector.unregister(line)
                now = time.monotonic()
                for name in re.findall(rb'data: {"id":"([^"]+)"}', piece):
                    self.told.setdefault(name.decode(), []).append(now)


def main(argv: list[str]) -> dict[str, Any]:
    """A real `serve`, streams on raw sockets, and commits by another process and its own."""
    parser = argparse.ArgumentParser(prog="scripts/bench live --")
    parser.add_argument("--desks", type=int, default=200)
    arguments = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as directory, _served(Path(directory)) as (server, service):
        return report(_measure(server, service, arguments.desks))


def _measure(server: DemoServer, service: Service, amount: int) -> list[Figure]:
    desk_id, email = _scene(service)
    browser = _signed_in(server, service, email)
    cookie = "; ".join(f"{one.name}={one.value}" for one in browser.cookies)
    alone = _page_times(browser, server)
    desks = Desks(server.url, cookie, amount)
    late: list[float] = []
    lost = 0
    for n in range(_ROUNDS):
        name = f"round-{n}"
        told = nudges.Told(kind=NudgeKind.QUEUE, public_id=name, desk_id=desk_id)
        with service.sessions.write() as session:
            nudges.tell(session, told)
        committed = time.monotonic()
        desks.wait_for(name, amount)
        heard = desks.told.get(name, [])
        lost += amount - len(heard)
        late += [1000 * (at - committed) for at in heard]
        time.sleep(_PAUSE_SECONDS)
    among = _page_times(browser, server)
    desks.close()
    return [
        Figure(name=f"changes that one of {amount} desks missed", figure=lost, unit="", limit=0),
        Figure(name="from commit to desk, p50", figure=percentile(late, 0.5), unit="ms"),
        Figure(
            name="from commit to desk, p99", figure=percentile(late, 0.99), unit="ms", limit=1000
        ),
        Figure(name="from commit to desk, the worst", figure=max(late), unit="ms"),
        Figure(name="a page without streams, p50", figure=percentile(alone, 0.5), unit="ms"),
        Figure(
            name=f"a page beside {amount} streams, p50", figure=percentile(among, 0.5), unit="ms"
        ),
        Figure(
            name="the one against the other",
            figure=percentile(among, 0.5) / percentile(alone, 0.5),
            unit="x",
            limit=2,
        ),
    ]


def _page_times(browser: requests.Session, server: DemoServer) -> list[float]:
    times = []
    for _ in range(_ROUNDS):
        began = time.monotonic()
        assert browser.get(f"{server.url}/password", timeout=_PATIENCE).ok
        times.append(1000 * (time.monotonic() - began))
    return times


def _scene(service: Service) -> tuple[int, str]:
    now = datetime.now(UTC)
    with service.sessions.write() as session:
        admin = Viewer(name="the measurement", is_admin=True)
        desk = create_desk(session, service.vault, admin, "Night desk", now=now)
        person = add_person(session, "ann@example.com", Role.OPERATOR, now=now, desk=desk)
        return desk.id, person.email


def _signed_in(server: DemoServer, service: Service, email: str) -> requests.Session:
    with service.sessions.write() as session:
        person = session.scalars(select(Person).where(Person.email == email)).one()
        token = make_sign_in_link(session, person, datetime.now(UTC))
    browser = requests.Session()
    url = f"{server.url}/sign-in/link/{token}"
    found = _TOKEN.search(browser.get(url, timeout=_PATIENCE).text)
    assert found is not None
    browser.post(url, data={"csrf_token": found[1]}, timeout=_PATIENCE).raise_for_status()
    return browser


@contextmanager
def _served(directory: Path) -> Iterator[tuple[DemoServer, Service]]:
    server = DemoServer(directory, free_port(), 1.0, log=directory / "service.log")
    server.start()
    service = build(load_settings({"CALLASSIST_DATA_DIR": str(directory)}, dotenv=None))
    try:
        yield server, service
    finally:
        service.stop()
        server.stop()
