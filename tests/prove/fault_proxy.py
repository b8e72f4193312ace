"""Between the SDK and the network: call creations pass, lose their answer, or end in a kill."""

from __future__ import annotations

import http.client
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urldefrag, urlsplit

HELD_SECONDS = 0.15  # until the service waits for the database that is held
_NOT_PASSED_ON = {"host", "connection", "content-length", "transfer-encoding", "date", "server"}


class Fate(StrEnum):
    """What becomes of the creation of a call, in the order of the instants."""

    ON_THE_WAY = "before the request"  # killed while it is under way; the network never hears it
    DONE = "after the request"  # the network dials, killed before the answer leaves it
    ANSWERED = "after the reply"  # killed as soon as the answer was sent
    UNCOMMITTED = "before the commit"  # it has the answer and waits to write it down
    LOST = "reply lost"  # the network dials, the answer never comes, and nobody is killed
    PASSES = "passes"


KILLS = (Fate.ON_THE_WAY, Fate.DONE, Fate.ANSWERED, Fate.UNCOMMITTED)


@dataclass(frozen=True)
class Creation:
    """One request to place a call."""

    token: str  # of the attempt, out of the address of its callbacks
    at: datetime
    fate: Fate


@dataclass(frozen=True)
class Answer:
    """What the network said."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class FaultProxy:
    """Passes everything on; `arm` lets the next creation end in a kill."""

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        kill: Callable[[], None],
        held: Callable[[], AbstractContextManager[None]],
        lose: float,
        seed: int,
    ) -> None:
        self.target = ""  # set when the network listens
        self.lose = lose
        self.creations: list[Creation] = []
        self.struck = threading.Event()
        self._now, self._kill, self._held = now, kill, held
        self._dice = random.Random(seed)
        self._armed: Fate | None = None
        self._lock = threading.Lock()

    def arm(self, fate: Fate) -> None:
        """The next creation ends so; `struck` is set when it has."""
        self.struck.clear()
        with self._lock:
            self._armed = fate

    def disarm(self) -> bool:
        """Whether no creation came to be struck."""
        with self._lock:
            waited, self._armed = self._armed is not None, None
        return waited

    def draw(self, token: str) -> Fate:
        """What becomes of this creation."""
        with self._lock:
            fate, self._armed = self._armed, None
            if fate is None:
                fate = Fate.LOST if self._dice.random() < self.lose else Fate.PASSES
            self.creations.append(Creation(token, self._now(), fate))
        return fate

    def play(self, fate: Fate, ask: Callable[[], Answer], reply: Callable[[Answer], None]) -> None:
        """Let it happen."""
        if fate in KILLS:
            try:
                self._strike(fate, ask, reply)
            finally:
                self.struck.set()
            return
        answer = ask()
        if fate is Fate.PASSES:
            reply(answer)

    def _strike(
        self, fate: Fate, ask: Callable[[], Answer], reply: Callable[[Answer], None]
    ) -> None:
        answer = None if fate is Fate.ON_THE_WAY else ask()
        if answer is None or fate is Fate.DONE:
            self._kill()
        elif fate is Fate.ANSWERED:
            reply(answer)
            self._kill()
        else:
            with self._held():
                reply(answer)
                time.sleep(HELD_SECONDS)
                self._kill()


@contextmanager
def listening(proxy: FaultProxy) -> Iterator[str]:
    """The proxy on a socket of this machine; its address."""

    class Handler(BaseHTTPRequestHandler):
        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))

            def ask() -> Answer:
                return _asked(proxy.target, self.command, self.path, dict(self.headers), body)

            creates = self.command == "POST" and urlsplit(self.path).path.endswith("/Calls.json")
            fate = proxy.draw(token_in(body)) if creates else Fate.PASSES
            proxy.play(fate, ask, self._reply)

        def _reply(self, answer: Answer) -> None:
            self.send_response_only(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)
            self.wfile.flush()

        do_GET = do_POST = _pass_on

        def log_message(self, *args: Any) -> None:
            pass

    server = _Quiet(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever asked was killed meanwhile: that is the point."""


def token_in(body: bytes) -> str:
    """The attempt's token in the form of a creation."""
    return token_of(parse_qs(body.decode())["StatusCallback"][0])


def token_of(address: str) -> str:
    """The attempt's token in the address of a callback."""
    return urlsplit(urldefrag(address).url).path.split("/")[4]


def _asked(target: str, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
    connection = http.client.HTTPConnection(urlsplit(target).netloc, timeout=10)
    try:
        passed = {name: one for name, one in headers.items() if name.lower() not in _NOT_PASSED_ON}
        connection.request(method, path, body or None, passed)
        got = connection.getresponse()
        kept = [(name, one) for name, one in got.getheaders() if name.lower() not in _NOT_PASSED_ON]
        return Answer(got.status, kept, got.read())
    finally:
        connection.close()
