"""Many open desks, played by one thread: each has a stream and fetches the parts of its page."""

from __future__ import annotations

import re
import selectors
import socket
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.bench.live_scene import BROWSER

_PATIENCE = 20.0
_NUDGE = re.compile(rb'event: (queue|task|presence)\ndata: {"id":"([^"]*)"}')
_ROW = re.compile(rb'data-row="([^"]+)"')


@dataclass(eq=False)
class _Desk:
    """As js/regions.js has it: one fetch of the parts at a time, once more if told meanwhile."""

    cookie: str
    sources: Sequence[str]
    parts: socket.socket
    waiting: list[str] = field(default_factory=list)
    received: bytes = b""
    again: bool = False

    def told(self) -> None:
        if self.waiting:
            self.again = True
        else:
            self.ask(list(self.sources))

    def ask(self, sources: list[str]) -> None:
        self.waiting = sources
        self.parts.sendall(
            f"GET {sources[0]} HTTP/1.1\r\nHost: desk\r\nX-Fragment: 1\r\n"
            f"User-Agent: {BROWSER}\r\nAccept: text/html\r\nCookie: {self.cookie}\r\n\r\n".encode()
        )

    def answered(self) -> bytes:
        """The whole answer, once it is there; then asks for what is next."""
        head, found, body = self.received.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return b""
        assert head.startswith(b"HTTP/1.1 200"), head
        answer, self.received = self.received, b""
        rest = self.waiting[1:]
        if rest:
            self.ask(rest)
        else:
            self.waiting = []
            if self.again:
                self.again = False
                self.ask(list(self.sources))
        return answer


class Desks:
    """Notes when each one was told of a call and when it had a list with the call in it."""

    def __init__(self, port: int, sources: Mapping[str, Sequence[str]]) -> None:
        """`sources`: what each of them fetches, by its cookie."""
        self.told: dict[str, list[float]] = {}
        self.drawn: dict[str, list[float]] = {}
        self.fetched = self.bytes = 0
        self._over = False
        self._selector = selectors.DefaultSelector()
        self._lines: list[socket.socket] = []
        for cookie, wanted in sources.items():
            desk = _Desk(cookie, wanted, self._connected(port))
            stream = self._connected(port)
            stream.sendall(
                f"GET /live HTTP/1.1\r\nHost: desk\r\nUser-Agent: {BROWSER}\r\n"
                f"Cookie: {cookie}\r\n\r\n".encode()
            )
            head = stream.recv(4096)
            assert b" 200 " in head.split(b"\r\n", 1)[0], head
            self._selector.register(stream, selectors.EVENT_READ, (desk, True))
            self._selector.register(desk.parts, selectors.EVENT_READ, (desk, False))
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def wait_for(self, call: str, amount: int) -> None:
        """Until all of them show it, or patience is over."""
        deadline = time.monotonic() + _PATIENCE
        while len(self.drawn.get(call, ())) < amount and time.monotonic() < deadline:
            time.sleep(0.005)

    def close(self) -> None:
        """Leave."""
        self._over = True
        self._thread.join()
        for line in self._lines:
            line.close()

    def _connected(self, port: int) -> socket.socket:
        line = socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._lines.append(line)
        return line

    def _read(self) -> None:
        shown: dict[_Desk, set[bytes]] = {}
        while not self._over:
            for key, _ in self._selector.select(timeout=0.1):
                line = key.fileobj
                assert isinstance(line, socket.socket)
                desk, is_stream = key.data
                piece = line.recv(65536)
                now = time.monotonic()
                if not piece:
                    self._selector.unregister(line)
                elif is_stream:
                    self._hear(desk, piece, now)
                else:
                    desk.received += piece
                    self._look(desk, shown.setdefault(desk, set()), now)

    def _hear(self, desk: _Desk, piece: bytes, now: float) -> None:
        nudges = _NUDGE.findall(piece)
        for kind, name in nudges:
            if kind == b"task":
                self.told.setdefault(name.decode(), []).append(now)
        if nudges:
            desk.told()

    def _look(self, desk: _Desk, shown: set[bytes], now: float) -> None:
        answer = desk.answered()
        if not answer:
            return
        self.fetched += 1
        self.bytes += len(answer)
        for call in set(_ROW.findall(answer)) - shown:
            shown.add(call)
            self.drawn.setdefault(call.decode(), []).append(now)


def _length(head: bytes) -> int:
    lower = head.lower()
    at = lower.index(b"content-length:") + len(b"content-length:")
    return int(lower[at:].split(b"\r\n", 1)[0])
