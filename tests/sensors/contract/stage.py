"""The service behind a real server, with a clock and a host; one for all tests of the contract."""

from __future__ import annotations

import http.client
import itertools
import math
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from werkzeug.serving import WSGIRequestHandler, make_server

from callassist.clock import ManualClock
from tests.web.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    content_type: str
    body: bytes


class _Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        pass


class Stage:
    """`url` is where it really listens. Its clock begins at the real time, for signatures."""

    def __init__(self, database_url: str, directory: Path) -> None:
        self._server = make_server(
            "127.0.0.1", 0, self._answer, threaded=True, request_handler=_Silent
        )
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.clock = ManualClock(datetime.now(UTC).replace(microsecond=0))
        self.world = World(
            database_url,
            directory,
            self.clock,
            CALLASSIST_PUBLIC_URL=self.url,
            CALLASSIST_MQTT_PRIVATE_BROKERS="true",
        )
        self.service = self.world.service
        self.account = self.world.post("/accounts", self.world.admin, {"name": "Lagoon"})["id"]
        self._hosts = itertools.cycle(self._tokens(10))
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.01,), daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join(10)
        self._server.server_close()
        self.world.close()

    @property
    def host(self) -> str:
        """A token of the host; another each time, since each may ask so often a minute only."""
        return next(self._hosts)

    def _tokens(self, count: int) -> list[str]:
        told = {"scope": "host", "account": self.account}
        post, admin = self.world.post, self.world.admin
        return [str(post("/tokens", admin, told)["token"]) for _ in range(count)]

    def _answer(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        return self.world.app.wsgi_app(environ, start)

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """On a connection of its own."""
        parts = urlsplit(url)
        assert parts.netloc == urlsplit(self.url).netloc, "it leads elsewhere"
        connection = http.client.HTTPConnection(parts.netloc, timeout=20)
        try:
            connection.request("POST", parts.path, body, dict(headers))
            answer = connection.getresponse()
            kind = answer.headers.get("Content-Type", "")
            return Answer(status=answer.status, content_type=kind, body=answer.read())
        finally:
            connection.close()

    def announce(self, url: str, length: int, headers: Mapping[str, str]) -> Answer:
        """Begin to post a body of `length` bytes, and send its first kilobyte only."""
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.netloc, timeout=20)
        try:
            connection.putrequest("POST", parts.path)
            for name, value in {**headers, "Content-Length": str(length)}.items():
                connection.putheader(name, value)
            connection.endheaders(b"[" * 1024)
            answer = connection.getresponse()
            kind = answer.headers.get("Content-Type", "")
            return Answer(status=answer.status, content_type=kind, body=answer.read())
        finally:
            connection.close()

    def wait(self, seconds: float) -> None:
        """Nobody sleeps: the clock goes on, in whole seconds."""
        self.clock.advance(seconds=math.ceil(seconds))

    def pass_minutes(self, minutes: int) -> None:
        """At once; what was due meanwhile is done then."""
        self.clock.advance(minutes=minutes)
        while self.service.timers.run_due():
            pass
