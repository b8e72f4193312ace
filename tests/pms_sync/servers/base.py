"""A system's server on a real socket: what all of them share.

A server of a system subclasses `VendorServer` and answers in `handle`. Hosts share one listening
socket for a whole run of tests (`Host`), each server below a prefix of its own.
"""

from __future__ import annotations

import json
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.pms_sync.servers.faults import Fault, Faults, garble, of_wrong_types
from tests.pms_sync.servers.seed import Seed, SeedBooking, SeedListing, a_seed

__all__ = ["Host", "Reply", "Request", "Seed", "SentHook", "VendorServer", "serving"]

Query = dict[str, list[str]]  # names as they came, brackets and all; empty values are kept
# status, headers, and a body: bytes, text, or anything that becomes JSON; None is empty
Reply = tuple[int, Mapping[str, str], Any]

_HTML = "<!doctype html><title>Maintenance</title><h1>We will be back soon</h1>"


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request as it came in; header names are in small letters."""

    method: str
    path: str
    query: Query
    headers: Mapping[str, str]
    body: bytes

    @property
    def line(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, kw_only=True)
class SentHook:
    """A webhook as the system would send it."""

    body: bytes
    headers: Mapping[str, str]  # names in small letters
    query: Mapping[str, str] = field(default_factory=dict)


class VendorServer(ABC):
    """One system with one customer. Paths in `handle` are those of the system's own host.

    State is plain dicts in the system's own shape, made from the seed in `fill`.
    """

    vendor = ""
    # "METHOD /path" of the request that lists reservations, as a regular expression
    reservations_line = ""
    page_size = 100  # the most that it gives of reservations at once
    speaks_json = True
    signs_hooks = False  # a webhook that was changed on its way can be told
    guards_replay = False  # one that is an hour old as well
    # what the system can say; the contract expects no more and no less
    several_visits = False  # else a booking of two parts is two reservations here
    most_numbers = 1
    says_timezone = False
    says_times = False  # of check-in and check-out, on listing or reservation
    says_language = False
    says_enquiries = True  # False: they are never listed
    says_blocks = True
    says_cancelled = True  # False: a cancelled one disappears

    def __init__(self, seed: Seed | None = None) -> None:
        self.seed = seed or a_seed()
        self.base_url = ""  # where it is mounted: "http://127.0.0.1:1234/m1"
        self.requests: list[Request] = []
        self.faults = Faults()
        self.is_revoked = False  # True: nobody is let in any more, tokens neither
        self.failures: list[str] = []  # mistakes of this server itself; must stay empty
        self.messages: list[tuple[str, str]] = []  # reservation or conversation id, text
        self.notes: list[tuple[str, str]] = []
        self.hooks: list[str] = []  # addresses registered, one entry per subscription
        self._lock = threading.Lock()
        self.fill()

    @abstractmethod
    def fill(self) -> None:
        """Make the system's own records from `self.seed`, throwing away earlier ones."""

    @abstractmethod
    def handle(
        self, method: str, path: str, query: Query, headers: Mapping[str, str], body: bytes
    ) -> Reply:
        """Answer as the system would. Calls come one at a time."""

    @abstractmethod
    def listing_id(self, listing: SeedListing) -> str:
        """The id under which a connector should know this listing."""

    @abstractmethod
    def reservation_ids(self, booking: SeedBooking) -> tuple[str, ...]:
        """The ids under which a connector should know this booking; one per part where the system
        has no reservations of several parts."""

    def hook(self, booking: SeedBooking, *, at: datetime | None = None) -> SentHook:
        """What it sends when the booking changed, signed as always; `at` is now unless given."""
        raise NotImplementedError(f"{self.vendor} sends no webhooks")

    @property
    def hook_secrets(self) -> tuple[str, ...]:
        """What the host would type in with us; empty where nothing is signed."""
        return ()

    def refusal(self, status: int) -> Reply:
        """How the system words a status on demand (401, 403, 429, 5xx)."""
        return status, {}, {"message": "refused on demand"}

    def now(self) -> datetime:
        """Real time: tokens and signatures."""
        return datetime.now(UTC)

    def change(self, booking: SeedBooking) -> None:
        """From now on the booking is like this."""
        with self._lock:
            self.seed = self.seed.with_booking(booking)
            self.fill()

    def asked(self, line: str = "") -> list[Request]:
        """The requests whose "METHOD /path" contains this."""
        return [one for one in self.requests if line in one.line]

    # called by the host

    def answer(self, request: Request) -> tuple[Reply, Fault | None]:
        """The answer to a request, and the fault that spoils it on the wire."""
        with self._lock:
            self.requests.append(request)
            fault = self.faults.due(request.line)
            if fault is not None and fault.kind == "revoked":
                self.is_revoked, fault = True, None
            if fault is not None and fault.kind == "status":
                status, headers, body = self.refusal(fault.status)
                return (status, {**headers, **fault.headers}, body), None
            reply = self.handle(
                request.method, request.path, request.query, request.headers, request.body
            )
            if fault is not None and fault.kind == "same_page":
                reply = self.faults.replay(fault, reply)
            return reply, fault


class Host:
    """A listening socket of this machine that servers are mounted on."""

    def __init__(self) -> None:
        self._mounted: dict[str, VendorServer] = {}
        self._http = _HttpServer(("127.0.0.1", 0), _Handler)
        self._http.host = self
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._thread.start()

    def mount(self, server: VendorServer) -> str:
        """Serve it below a new prefix; the address of its root, without a slash at the end."""
        name = f"m{len(self._mounted) + 1}"
        self._mounted[name] = server
        server.base_url = f"{self.url}/{name}"
        return server.base_url

    def find(self, name: str) -> VendorServer | None:
        return self._mounted.get(name)

    def close(self) -> None:
        """Stop listening and end every connection."""
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


@contextmanager
def serving(*servers: VendorServer) -> Iterator[Host]:
    """A host with these servers, for as long as the block lasts."""
    host = Host()
    try:
        for server in servers:
            host.mount(server)
        yield host
    finally:
        host.close()


class _HttpServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    host: Host

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    # one packet for headers and body: two would wait for each other's acknowledgement
    wbufsize = -1
    disable_nagle_algorithm = True
    server: _HttpServer

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        self._serve()

    do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_GET

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        _, name, rest = [*parts.path.split("/", 2), ""][:3]
        vendor = self.server.host.find(name)
        if vendor is None:
            return self._send(404, {}, b"no server is mounted here")
        request = Request(
            method=self.command,
            path="/" + unquote(rest),
            query=parse_qs(parts.query, keep_blank_values=True),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
        )
        try:
            (status, headers, said), fault = vendor.answer(request)
        except Exception as error:  # a mistake in the server must be seen by the test
            vendor.failures.append(f"{request.line}: {error!r}")
            return self._send(599, {}, f"the test's server failed: {error!r}".encode())
        raw = _as_bytes(said)
        if fault is None:
            return self._send(status, _typed(headers, said), raw)
        return self._spoil(fault, status, dict(_typed(headers, said)), raw)

    def _spoil(self, fault: Fault, status: int, headers: dict[str, str], raw: bytes) -> None:
        if fault.kind == "slow":
            time.sleep(fault.seconds)
        elif fault.kind == "html":
            status, headers, raw = 200, {"Content-Type": "text/html"}, _HTML.encode()
        elif fault.kind == "empty":
            status, raw = 200, b""
        elif fault.kind == "wrong_types":
            raw = of_wrong_types(raw)
        elif fault.kind == "garbled":
            raw = garble(raw, fault.status)
        self._send(status, headers, raw, cut=fault.kind == "cut_off")

    def _send(
        self, status: int, headers: Mapping[str, str], raw: bytes, *, cut: bool = False
    ) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(raw[: len(raw) // 2] if cut else raw)
        self.wfile.flush()
        self.close_connection = self.close_connection or cut


def _as_bytes(said: Any) -> bytes:
    if said is None:
        return b""
    if isinstance(said, bytes):
        return said
    return (said if isinstance(said, str) else json.dumps(said)).encode()


def _typed(headers: Mapping[str, str], said: Any) -> Mapping[str, str]:
    """With the type of the body where the server does not say one."""
    if any(name.lower() == "content-type" for name in headers) or said is None:
        return headers
    kind = "text/plain" if isinstance(said, bytes | str) else "application/json"
    return {**headers, "Content-Type": kind}
