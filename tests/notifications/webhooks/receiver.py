"""A host's own system: a real HTTP server that keeps what it got and answers what it is told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Got:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> Any:
        return json.loads(self.body)

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


Act = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Receiver:
    """Answers 204 unless `answers` has something for the next request, or `always` for all."""

    port: int = 0
    got: list[Got] = field(default_factory=list)
    answers: list[int | Act] = field(default_factory=list)
    always: int | Act = 204

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks/call-assist?key=abc123"


def answer(handler: BaseHTTPRequestHandler, status: int, body: bytes = b"", **headers: str) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def says(status: int, body: bytes = b"", **headers: str) -> Act:
    return lambda handler: answer(handler, status, body, **headers)


def echoes(handler: BaseHTTPRequestHandler) -> None:
    """What debugging services do: the whole request comes back."""
    lines = "\n".join(f"{name}: {value}" for name, value in handler.headers.items())
    answer(handler, 200, f"{handler.path}\n{lines}".encode())


def never_ends(status: int) -> Act:
    def act(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(10**9))
        handler.end_headers()
        try:
            for _ in range(20_000):
                handler.wfile.write(b"x" * 65_536)
        except OSError:
            handler.close_connection = True

    return act


def breaks_off(**headers: str) -> Act:
    """Takes the message, and its answer ends in the middle."""

    def act(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(b"ok")
        handler.close_connection = True

    return act


def drips(handler: BaseHTTPRequestHandler) -> None:
    """A byte now and then: no time-out of a socket ever comes."""
    try:
        for _ in range(200):
            handler.wfile.write(b"H")
            time.sleep(0.05)
    except OSError:
        pass
    handler.close_connection = True


def hangs_up(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver on 127.0.0.1."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.got.append(Got(path=self.path, headers=headers, body=body))
            act = receiver.answers.pop(0) if receiver.answers else receiver.always
            if isinstance(act, int):
                act = says(act)
            act(self)

        do_GET = do_POST

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    receiver.port = server.server_port
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
