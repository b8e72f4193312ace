"""A brand's cloud on a real socket: sign-in by code, tokens that are replaced, faults on demand."""

from __future__ import annotations

import json
import re
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

CLIENT_ID, CLIENT_SECRET = "client-of-ours", "secret-of-ours"


@dataclass
class Asked:
    """One request as it came in."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def line(self) -> str:
        return f"{self.method} {self.path}"


@dataclass
class Answer:
    """What goes back; `cut` ends the connection in the middle of the body, after `delay`."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    delay: float = 0.0

    def bytes(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return b"" if self.body is None else json.dumps(self.body).encode()


@dataclass
class Fault:
    """An answer to the next requests whose line fits, in place of the real one."""

    line: str
    answer: Answer
    times: int = 1


class Cloud:
    """The state of one brand; subclasses answer `handle`. Tokens hold three hours."""

    token_path = "/oauth/token"
    holds = 10_800

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.faults: list[Fault] = []
        self.codes: dict[str, str] = {}  # code -> redirect address that it was given to
        self.access: set[str] = set()
        self.refresh: str | None = None
        self.refreshed = 0
        self.is_revoked = False
        self.lock = threading.Lock()
        self.url = ""

    def fail(self, line: str, answer: Answer, times: int = 1) -> None:
        """The next `times` requests like `line` (a regular expression) get `answer`."""
        self.faults.append(Fault(line, answer, times))

    def authorize(self, address: str) -> str:
        """The owner says yes on the brand's page: where their browser is sent back to."""
        asked = {key: value[0] for key, value in parse_qs(urlsplit(address).query).items()}
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT_ID
        code = secrets.token_hex(8)
        self.codes[code] = asked["redirect_uri"]
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def revoke(self) -> None:
        """The owner takes the permission back."""
        self.is_revoked = True

    def requests(self, line: str) -> list[Asked]:
        return [one for one in self.asked if re.search(line, one.line)]

    def answer(self, asked: Asked) -> Answer:
        with self.lock:
            self.asked.append(asked)
            for fault in self.faults:
                if fault.times > 0 and re.search(fault.line, asked.line):
                    fault.times -= 1
                    return fault.answer
            if asked.path == self.token_path:
                return self._token(asked)
            return self.handle(asked) if self._is_let_in(asked) else self.stranger()

    def stranger(self) -> Answer:
        return Answer(401, {"error": "invalid token"})

    def handle(self, asked: Asked) -> Answer:
        raise NotImplementedError

    def _is_let_in(self, asked: Asked) -> bool:
        kind, _, token = asked.headers.get("authorization", "").partition(" ")
        return kind == "Bearer" and token in self.access and not self.is_revoked

    def _token(self, asked: Asked) -> Answer:
        form = {key: value[0] for key, value in parse_qs(asked.body.decode()).items()}
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return Answer(400, {"error": "invalid_client"})
        if form.get("grant_type") == "authorization_code":
            is_good = self.codes.pop(form.get("code", ""), None) == form.get("redirect_uri")
        else:
            is_good = form.get("refresh_token") == self.refresh and self.refresh is not None
            self.refreshed += 1
        if not is_good or self.is_revoked:
            return Answer(400, {"error": "invalid_grant"})
        token, self.refresh = secrets.token_hex(12), secrets.token_hex(12)
        self.access = {token}  # the one before is over
        told = {"access_token": token, "refresh_token": self.refresh, "token_type": "bearer"}
        return Answer(200, {**told, "expires_in": self.holds})


def _asked(request: BaseHTTPRequestHandler) -> Asked:
    parts = urlsplit(request.path)
    length = int(request.headers.get("Content-Length") or 0)
    return Asked(
        method=request.command,
        path=parts.path,
        query={key: value[0] for key, value in parse_qs(parts.query).items()},
        headers={key.lower(): value for key, value in request.headers.items()},
        body=request.rfile.read(length),
    )


@contextmanager
def served(cloud: Cloud) -> Iterator[Cloud]:
    """The cloud at `cloud.url`, on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def _run(self) -> None:
            answer = cloud.answer(_asked(self))
            time.sleep(answer.delay)
            body = answer.bytes()
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if answer.cut else body)
            if answer.cut:
                self.close_connection = True

        do_GET = do_POST = do_DELETE = do_PUT = _run

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    cloud.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield cloud
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
