"""Streams of the stage's people, read as a browser would; the clock of the beats is real."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from callassist.live import Hub, Live
from callassist.web.live_viewers import viewers_of
from tests.web.pages.browser import Browser
from tests.web.pages.stage import Stage

BEAT = 0.15
MOST_EVENTS = 200


class Answer:
    """One answer to GET /live, frame by frame."""

    def __init__(self, live: Live, cookie: str, tab: str, method: str) -> None:
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": "/live",
            "QUERY_STRING": f"tab={tab}",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "HTTP_HOST": "localhost",
            "HTTP_COOKIE": cookie,
            "wsgi.url_scheme": "http",
        }
        self.raw = b""
        self._body = live(environ, self._start)
        self._pieces = iter(self._body)

    def _start(self, status: str, headers: list[tuple[str, str]], *_: object) -> Any:
        self.status, self.headers = int(status.split()[0]), dict(headers)
        return lambda _: None

    def events(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """What comes, until the stream ends."""
        for piece in self._pieces:
            self.raw += piece
            for block in piece.decode().split("\n\n"):
                lines = dict(row.split(": ", 1) for row in block.split("\n") if ": " in row)
                if "event" in lines:
                    yield lines["event"], json.loads(lines["data"])

    def until(self, wanted: str) -> list[tuple[str, dict[str, Any]]]:
        """Everything up to and with the first event of that name."""
        found: list[tuple[str, dict[str, Any]]] = []
        for name, data in self.events():
            found.append((name, data))
            if name == wanted:
                return found
            if len(found) > MOST_EVENTS:
                break
        raise AssertionError(f"no {wanted}: {[name for name, _ in found]}")

    def close(self) -> None:
        """The browser has gone."""
        close = getattr(self._body, "close", None)
        if close is not None:
            close()


class LiveStage:
    """The stage with a hub."""

    def __init__(self, stage: Stage, **options: Any) -> None:
        self.stage = stage
        service = stage.world.service
        limit = options.pop("limit", 10)
        self.hub = Hub(service.sessions, service.clock, limit=limit, look_every=0.02)
        self.hub.start()
        settings: dict[str, Any] = {"max_age": timedelta(minutes=1), "beat_seconds": BEAT}
        self.live = Live(
            self.hub,
            service.sessions,
            service.clock,
            viewers_of(stage.world.app),
            version="1",
            common_headers=lambda: [("X-Common", "yes")],
            **(settings | options),
        )
        self._answers: list[Answer] = []

    def cookie(self, email: str) -> str:
        """What the browser of somebody who has just signed in sends."""
        return cookie_of(self.stage.sign_in(email))

    def ask(self, cookie: str, tab: str = "", method: str = "GET") -> Answer:
        answer = Answer(self.live, cookie, tab, method)
        self._answers.append(answer)
        return answer

    def open(self, email: str) -> Answer:
        """A stream that has said hello."""
        answer = self.ask(self.cookie(email))
        assert answer.status == 200
        answer.until("hello")
        return answer

    def close(self) -> None:
        for answer in self._answers:
            answer.close()
        self.hub.stop()


def cookie_of(browser: Browser) -> str:
    """The session's cookie."""
    found = browser._client.get_cookie("callassist")
    assert found is not None
    return f"callassist={found.value}"
