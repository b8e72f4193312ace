"""The demo's own service: a real `callassist serve` in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import requests

from callassist.errors import TransientError

START_SECONDS = 30.0
REACTION_SECONDS = 0.5  # real, of a robot
# at that speed every quarter of an hour would be every second
_BOOKINGS_ARE_READ = tuple(
    f"CALLASSIST_TRANSFERS_{name}" for name in ("FRESH_WITHIN", "EVERY", "WHOLE_EVERY")
)
_ALL_NIGHT = "1d"
_HANDED_ON = ("CALLASSIST_CONFIG_DIR", "CALLASSIST_DEVELOPMENT")  # all else is the demo's own


class DemoServer:
    """Starts, watches, kills and restarts the service on one address and data directory."""

    def __init__(
        self,
        data_dir: Path,
        port: int,
        speed: float,
        *,
        log: Path | None = None,
        with_stage: bool = False,
        booking_systems: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._serve = ["serve", "--stage"] if with_stage else ["serve"]
        self.url = f"http://127.0.0.1:{port}"
        self._log = log
        self._environment = {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith("CALLASSIST_") or name in _HANDED_ON
            },
            "CALLASSIST_DATA_DIR": str(data_dir),
            "CALLASSIST_BIND": f"127.0.0.1:{port}",
            "CALLASSIST_PUBLIC_URL": self.url,
            "CALLASSIST_CLOCK_SPEED": f"{speed:g}",
            "CALLASSIST_TELEPHONY": "simulated",
            "CALLASSIST_LOG_LEVEL": "WARNING",
            "CALLASSIST_PMS_BASE_URLS": json.dumps(dict(booking_systems)),
            **({} if with_stage else _reaction_times(speed)),  # the stage has a clock for visitors
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until the first request is answered; TransientError if it is not."""
        output = self._log.open("ab") if self._log else None
        try:
            self._process = subprocess.Popen(  # noqa: S603 our own program
                [sys.executable, "-m", "callassist", *self._serve],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        finally:
            if output is not None:
                output.close()
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if self._answers():
                return
            if self._process.poll() is not None:
                break
            time.sleep(0.05)
        self.stop()
        raise TransientError(f"the demo's service did not start; see {self._log or 'its output'}")

    def is_running(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """kill -9 to the whole process group: no goodbye."""
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        """Ask to stop, then insist."""
        if self.is_running():
            self._signal(signal.SIGTERM)
            try:
                assert self._process is not None
                self._process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        if self._process is None:
            return
        try:
            os.killpg(self._process.pid, number)
        except ProcessLookupError:
            return
        if number == signal.SIGKILL:
            self._process.wait()

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/healthz", timeout=2).ok
        except requests.RequestException:
            return False


def _reaction_times(speed: float) -> dict[str, str]:
    """What a person has 45 seconds or a minute for lasts as long as a robot needs at least.

    At 600 times the speed an offer would last 75 real milliseconds, less than a request takes.
    """
    least = REACTION_SECONDS * speed
    return {
        f"CALLASSIST_ESCALATION_{name}": f"{max(usual, least):.0f}s"
        for name, usual in (("OFFER_FOR", 45), ("ASSIGNED_WITHOUT_DIAL", 120), ("WRAP_UP_FOR", 60))
    } | dict.fromkeys(_BOOKINGS_ARE_READ, _ALL_NIGHT)


def free_port() -> int:
    """A port of this machine that nothing uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
