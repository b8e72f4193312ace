"""A socket that answers what a test wrote down, and an account that asks it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from callassist.clock import ManualClock
from callassist.ports.telephony import PlaceCall
from callassist.settings import MachineDetection, TwilioSettings
from callassist.telephony.twilio.network import TwilioNetwork

PUBLIC_URL = "https://desk.example"
START = datetime(2026, 5, 1, 23, 0, tzinfo=UTC)
GUEST = "+12025550101"
OPERATOR = "+12025550177"
SID = "AC" + "1" * 32
CALL = "CA" + "2" * 32
CHILD = "CA" + "3" * 32
TOKEN = "the-first-token"
SECOND = "the-second-token"
SETTINGS = TwilioSettings(
    account_sid=SID,
    auth_token=TOKEN,
    auth_token_secondary="",
    api_key_sid="SK" + "4" * 32,
    api_key_secret="the-secret-of-the-key-that-signs-grants",
    application_sid="AP" + "5" * 32,
    caller_id="+12025550100",
    base_url="http://127.0.0.1:9",
    path_prefix="",
    signature_header="X-Twilio-Signature",
    signing_key="",
    machine_detection=MachineDetection.OFF,
)
DIAL = PlaceCall(
    attempt_id="ATT-1",
    to=OPERATOR,
    caller_id=None,
    callback_url=f"{PUBLIC_URL}/hooks/telephony/twilio/token/operator",
    answer_url=f"{PUBLIC_URL}/hooks/telephony/twilio/token/ask",
    ring_timeout_seconds=25,
)


@dataclass
class Said:
    """One answer, in full."""

    status: int = 200
    body: Any = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    then_hang_up: bool = False  # the connection breaks instead of an answer
    after: threading.Event | None = None  # answers only then


@dataclass
class Wire:
    """Answers in turn, the last again and again; keeps what was asked."""

    says: list[Said]
    asked: list[tuple[str, str, str, dict[str, str]]] = field(default_factory=list)
    url: str = ""

    def next(self) -> Said:
        return self.says.pop(0) if len(self.says) > 1 else self.says[0]


def refusal(code: int, status: int = 400, **headers: str) -> Said:
    """Twilio's error body; its sentence names the number, as the real one does."""
    body = {"code": code, "message": f"The number {OPERATOR} is not right", "status": status}
    return Said(status, body, headers)


def call_body(status: str, **fields: Any) -> dict[str, Any]:
    """A call resource with what the adapter reads of it."""
    at = "Fri, 01 May 2026 23:00:00 +0000"
    return {"sid": CALL, "status": status, "date_created": at, "date_updated": at} | fields


@contextmanager
def wire(*says: Said) -> Iterator[Wire]:
    told = Wire(list(says))

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(length).decode()
            told.asked.append((self.command, self.path, body, dict(self.headers)))
            said = told.next()
            if said.after is not None:
                said.after.wait(30)
            if said.then_hang_up:
                self.close_connection = True
                return
            text = said.body if isinstance(said.body, str) else json.dumps(said.body)
            self.send_response(said.status)
            for name, value in said.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = _answer

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    told.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def network(base_url: str, environ: dict[str, str] | None = None, **changed: Any) -> TwilioNetwork:
    """The adapter of an account at that address."""
    settings = replace(SETTINGS, base_url=base_url, **changed)
    return TwilioNetwork(settings, ManualClock(START), public_url=PUBLIC_URL, environ=environ or {})
