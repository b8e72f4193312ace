"""Streams of real processes: `serve` with few threads, and `live` alone."""

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
from pathlib import Path
from urllib.parse import urlencode

import pytest

from callassist.demo.server import free_port

PATIENCE = 90.0
STREAMS = 3
LINK = re.compile(r"(/sign-in/link/\S+)")
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')

pytestmark = pytest.mark.timeout(300)


class Process:
    """One running command, and requests to it."""

    def __init__(self, directory: Path, command: str, port: int) -> None:
        self.port = port
        self._open: list[http.client.HTTPConnection | http.client.HTTPResponse] = []
        self.errors = directory / f"{command}.txt"
        with self.errors.open("wb") as output:
            self.popen = subprocess.Popen(
                [sys.executable, "-m", "callassist", command],
                env={
                    **os.environ,
                    "CALLASSIST_DATA_DIR": str(directory),
                    "CALLASSIST_BIND": f"127.0.0.1:{port}",
                    "CALLASSIST_LIVE_BIND": f"127.0.0.1:{port}",
                    "CALLASSIST_PUBLIC_URL": f"http://127.0.0.1:{port}",
                    "CALLASSIST_WEB_THREADS": "1",
                    "CALLASSIST_LIVE_STREAMS": str(STREAMS),
                },
                stderr=output,
                start_new_session=True,
            )
        self._wait()

    def ask(
        self, path: str, *, cookie: str = "", form: dict[str, str] | None = None
    ) -> http.client.HTTPResponse:
        """The answer, of which only the head has been read."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        self._open.append(connection)
        headers = {"Cookie": cookie} if cookie else {}
        if form is None:
            connection.request("GET", path, headers=headers)
        else:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request("POST", path, urlencode(form), headers)
        answer = connection.getresponse()
        self._open.append(answer)  # a stream's answer has the connection's socket
        return answer

    def sign_in(self) -> str:
        """The cookie of the administrator, by the link that a first start shows."""
        found = LINK.search(self.errors.read_text())
        assert found is not None, self.errors.read_text()
        page = self.ask(found[1])
        token = TOKEN.search(page.read().decode())
        assert token is not None
        answer = self.ask(found[1], cookie=cookie_of(page), form={"csrf_token": token[1]})
        assert answer.status == 302, answer.read()
        return cookie_of(answer)

    def stop(self) -> float:
        """End it; how long that took."""
        began = time.monotonic()
        self.popen.send_signal(signal.SIGTERM)
        self.popen.wait(PATIENCE)
        return time.monotonic() - began

    def kill(self) -> None:
        for one in self._open:
            one.close()
        if self.popen.poll() is None:
            os.killpg(self.popen.pid, signal.SIGKILL)
            self.popen.wait()

    def _wait(self) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            assert self.popen.poll() is None, self.errors.read_text()
            try:
                if self.ask("/healthz").status == 200:
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError(self.errors.read_text())


def cookie_of(answer: http.client.HTTPResponse) -> str:
    cookies = [one.partition(";")[0] for one in answer.headers.get_all("Set-Cookie") or []]
    assert cookies
    return "; ".join(cookies)


@contextmanager
def running(directory: Path, command: str) -> Iterator[Process]:
    process = Process(directory, command, free_port())
    try:
        yield process
    finally:
        process.kill()


def refusal_of_a_second(directory: Path, port: int) -> str:
    second = subprocess.run(
        [sys.executable, "-m", "callassist", "live"],
        env={
            **os.environ,
            "CALLASSIST_DATA_DIR": str(directory),
            "CALLASSIST_LIVE_BIND": f"127.0.0.1:{port}",
        },
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert second.returncode == 2
    return second.stderr


def test_streams_never_take_the_thread_of_pages_and_do_not_hold_up_a_stop(tmp_path: Path) -> None:
    with running(tmp_path, "serve") as serve:
        cookie = serve.sign_in()
        streams = [serve.ask("/live", cookie=cookie) for _ in range(STREAMS)]
        for stream in streams:
            assert (stream.status, stream.readline()) == (200, b"retry: 2000\n")
        refused = serve.ask("/live", cookie=cookie)
        assert (refused.status, refused.headers["Retry-After"]) == (503, "15")
        for _ in range(3):
            assert serve.ask("/password", cookie=cookie).status == 200
        assert serve.stop() < 15, "20 s is when the server would lose patience"
        assert b'"why":"stop"' in streams[0].read()


def test_live_alone_serves_streams_and_nothing_else(tmp_path: Path) -> None:
    with running(tmp_path, "serve") as serve:
        cookie = serve.sign_in()
        with running(tmp_path, "live") as live:
            assert live.ask("/live").status == 401
            assert live.ask("/sign-in").status == 404
            assert "CALLASSIST_LIVE_BIND" in refusal_of_a_second(tmp_path, live.port)
            stream = live.ask("/live", cookie=cookie)
            assert stream.status == 200
            page = serve.ask("/password", cookie=cookie)
            token = TOKEN.search(page.read().decode())
            assert token is not None
            own = cookie_of(page)  # it has the form's secret by now
            assert serve.ask("/sign-out", cookie=own, form={"csrf_token": token[1]}).status == 302
            assert b'"why":"access"' in stream.read(), "heard from the other process"
