"""Browsers at the desk: one that looks at it again and again, and those that press call."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

import requests

from tests.bench.live_scene import BROWSER

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_PAGE_EVERY = 0.25  # seconds


@dataclass(frozen=True)
class Browser:
    """An operator's; its desk is open."""

    port: int
    public_url: str
    cookie: str
    token: str = ""

    def opened(self) -> Browser:
        """With the desk looked at, which brings what protects its forms."""
        found = _TOKEN.search(self._asked("GET", "/desk").text)
        assert found is not None
        return Browser(self.port, self.public_url, self.cookie, found[1])

    def press_call(self, task: str) -> float:
        """Press call and see what comes of it; milliseconds until both are answered."""
        began = time.monotonic()
        answer = self._asked("POST", f"/desk/tasks/{task}/dial", csrf_token=self.token)
        assert answer.status_code == 302, answer.status_code
        assert self._asked("GET", f"/desk/tasks/{task}").status_code == 200
        return 1000 * (time.monotonic() - began)

    def desk_times(self, seconds: float) -> list[float]:
        """Milliseconds that the desk takes, again and again for so long."""
        times, end = [], time.monotonic() + seconds
        with requests.Session() as kept:
            while time.monotonic() < end:
                began = time.monotonic()
                assert self._asked("GET", "/desk", kept).status_code == 200
                times.append(1000 * (time.monotonic() - began))
                time.sleep(_PAGE_EVERY)
        return times

    def _asked(
        self, method: str, path: str, kept: requests.Session | None = None, **form: str
    ) -> requests.Response:
        headers = {"Cookie": self.cookie, "User-Agent": BROWSER, "Referer": self.public_url}
        return (kept or requests).request(
            method,
            f"http://127.0.0.1:{self.port}{path}",
            headers=headers,
            data=form or None,
            timeout=30,
            allow_redirects=False,
        )
