"""`callassist serve` in processes of its own: its start, crash and stop as people see them."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from callassist.demo.server import free_port
from callassist.storage.vault import Vault

PATIENCE = 60.0
LINK = re.compile(r"http://127\.0\.0\.1:(\d+)(/sign-in/link/\S+)")


@dataclass(frozen=True)
class Service:
    """A data directory and an address; nothing runs until it is started."""

    data_dir: Path
    port: int

    def run(self, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "callassist", *words],
            env=self.environment(**settings),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def environment(self, **settings: str) -> dict[str, str]:
        return {
            **os.environ,
            "CALLASSIST_DATA_DIR": str(self.data_dir),
            "CALLASSIST_BIND": f"127.0.0.1:{self.port}",
            "CALLASSIST_PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            **settings,
        }

    @contextmanager
    def serving(self) -> Iterator[subprocess.Popen[bytes]]:
        """`callassist serve`, answering; killed at the end unless it has ended before."""
        with (self.data_dir / "stderr.txt").open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "callassist", "serve"],
                env=self.environment(),
                stderr=output,
                start_new_session=True,
            )
        try:
            self.wait_until_it_answers(process)
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def wait_until_it_answers(self, process: subprocess.Popen[bytes]) -> None:
        end = time.monotonic() + PATIENCE
        while self.status("/healthz") != 200:
            assert process.poll() is None, self.said()
            assert time.monotonic() < end, self.said()

    def status(self, path: str) -> int | None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return None
        finally:
            connection.close()

    def said(self) -> str:
        return (self.data_dir / "stderr.txt").read_text()


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return Service(tmp_path, free_port())


def test_a_new_installation_shows_a_link_answers_and_stops_when_told(
    service: Service,
) -> None:
    with service.serving() as process:
        link = LINK.search(service.said())
        assert link is not None, service.said()
        assert int(link[1]) == service.port
        assert service.status(link[2]) == 200
        second = service.run("serve")
        assert second.returncode == 2
        assert "CALLASSIST_BIND: cannot listen on 127.0.0.1" in second.stderr
        process.terminate()
        assert process.wait(PATIENCE) == 0
    assert "Traceback" not in service.said()
    refused = service.run("serve", CALLASSIST_SECRET_KEY=Vault.generate_key())
    assert refused.returncode == 2
    assert "this database was sealed with another key" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_serving_process_that_crashes_is_started_again(service: Service) -> None:
    with service.serving() as process:
        [serving] = children(process.pid)
        os.kill(serving, signal.SIGKILL)
        while serving in children(process.pid):
            assert process.poll() is None, service.said()
        service.wait_until_it_answers(process)
        assert children(process.pid) != [serving]


@pytest.mark.parametrize("words", [("serve",), ("web",), ("worker",), ("db", "upgrade")])
def test_a_bad_setting_is_one_sentence_and_code_two(
    service: Service, words: tuple[str, ...]
) -> None:
    done = service.run(*words, CALLASSIST_CLOCK_SPEED="fast")
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert line.startswith("callassist: CALLASSIST_CLOCK_SPEED: must be a number")


def test_help_names_every_command(service: Service) -> None:
    done = service.run("--help")
    assert done.returncode == 0
    for command in ("serve", "web", "worker", "demo", "doctor", "token"):
        assert re.search(rf"^  {command} ", done.stdout, re.MULTILINE)


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("callassist.cli.entry", {"sqlalchemy", "flask", "cryptography", "structlog", "pydantic"}),
        ("callassist.cli.applications", {"alembic", "aiohttp", "typst", "callassist.demo"}),
    ],
)
def test_no_process_holds_what_it_does_not_need(module: str, unwanted: set[str]) -> None:
    code = f"import sys, {module}; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert unwanted.isdisjoint(loaded)


def children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in listed.split()]
