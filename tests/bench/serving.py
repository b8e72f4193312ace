"""A real server in a process of its own, and raw sockets to it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.bench.ingest_world import World

ROOT = Path(__file__).parents[2]


@dataclass
class Served:
    """A running server on the loopback."""

    process: subprocess.Popen[bytes]
    port: int

    def connect(self) -> socket.socket:
        """A new connection; answers come within 20 s or fail the test."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def exchange(self, *pieces: bytes) -> bytes:
        """Send, then read until the server has answered and stopped."""
        with self.connect() as sock:
            for piece in pieces:
                sock.sendall(piece)
            return read_answer(sock)

    def kill(self) -> None:
        """-9, the whole tree, in the middle of whatever it does."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Ask it to end."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()

    def pids(self) -> list[int]:
        """The server and its workers."""
        return _group(self.process.pid)

    def cpu_seconds(self) -> float:
        """Processor time of the server and its workers so far."""
        return sum(_cpu_seconds(pid) for pid in self.pids())


def serve(world: World, kind: str = "ours") -> Served:
    """Start `tests.bench.ingest_servers` on a free port and wait until it listens."""
    port = _free_port()
    environment = {
        **os.environ,
        "BENCH_SERVER": kind,
        "BENCH_DATABASE": world.url,
        "BENCH_KEY": world.key,
    }
    command = f"granian --interface wsgi --workers 1 --blocking-threads 32 --no-ws --port {port}"
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            *command.split(),
            "--log-level",
            "error",
            "tests.bench.ingest_servers:app",
        ],
        env=environment,
        cwd=ROOT,
        start_new_session=True,
    )
    served = Served(process, port)
    deadline = time.monotonic() + 60
    while True:
        try:
            served.connect().close()
            return served
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                served.stop()
                raise
            time.sleep(0.05)


def read_answer(sock: socket.socket) -> bytes:
    """One whole answer, or what came before the connection ended."""
    received = b""
    while True:
        try:
            piece = sock.recv(65536)
        except ConnectionError:
            return received
        received += piece
        head, found, body = received.partition(b"\r\n\r\n")
        if not piece:
            return received
        if found:
            lower = head.lower()
            length = int(lower.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
            if len(body) >= length:
                return received


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _group(leader: int) -> list[int]:
    members = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if os.getpgid(int(entry.name)) == leader:
                    members.append(int(entry.name))
            except ProcessLookupError:
                continue
    return members


def _cpu_seconds(pid: int) -> float:
    try:
        columns = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(columns[11]) + int(columns[12])) / os.sysconf("SC_CLK_TCK")
