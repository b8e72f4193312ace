"""A page with live parts behind a real port: real scripts, stream and sign-in; faults on call."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Flask, render_template_string
from werkzeug.serving import BaseWSGIServer, make_server

from callassist.domain.nudge import NudgeKind
from callassist.live import Hub, Live, LiveFirst
from callassist.storage import nudges
from callassist.web.live_viewers import viewers_of
from tests.web.pages.stage import Stage

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

BEAT = 0.4
PAGE = """{% extends "base.html" %}
{% block title %}Live{% endblock %}
{% block content %}
<h1>Live</h1>
<section id="queue" data-live="queue task" data-src="/try/part">{{ part | safe }}</section>
<form method="post" action="/nowhere"><textarea id="outside" name="outside"></textarea>
<button data-needs-server id="save">Save</button></form>
{% endblock %}"""


@dataclass
class Part:
    """What the server would write now in the live part."""

    html: str = "<p id='line'>0 calls</p>"
    asked: int = 0


@dataclass
class Site:
    """The stage's application with live pages, on one port; it can be stopped and started."""

    stage: Stage
    page_threads: int = 8
    limit: int = 50
    part: Part = field(default_factory=Part)
    fault: str = ""  # "503": no stream is accepted; "silent": streams say hello and no more
    port: int = 0

    def __post_init__(self) -> None:
        app = self.stage.world.app
        add_pages(app, self.part)
        self._pages = app.wsgi_app
        self._start_hub()
        self.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listen, on the same port as before."""
        if self.hub.has_stopped:
            self._start_hub()
        self._server: BaseWSGIServer = make_server("127.0.0.1", self.port, self, threaded=True)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def stop(self) -> None:
        """Stop listening; streams end, connections are refused."""
        self.hub.stop()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def nudge(self, kind: NudgeKind = NudgeKind.QUEUE, public_id: str = "abc") -> None:
        """Commit a change that everybody at the stage's desk hears."""
        told = nudges.Told(kind=kind, public_id=public_id, desk_id=self.stage.desk.id)
        with self.stage.world.service.sessions.write() as session:
            nudges.tell(session, told)

    def change(self, html: str) -> None:
        """Let the server write something else from now on, and say so."""
        self.part.html = html
        self.nudge()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/live" and self.fault == "503":
            start_response("503 Service Unavailable", [("Retry-After", "1")])
            return [b""]
        answer = self._app(environ, start_response)
        if environ["PATH_INFO"] == "/live" and self.fault == "silent":
            return only_hello(answer)
        return answer

    def _start_hub(self) -> None:
        service = self.stage.world.service
        self.hub = Hub(service.sessions, service.clock, limit=self.limit, look_every=0.05)
        self.hub.start()
        live = Live(
            self.hub,
            service.sessions,
            service.clock,
            viewers_of(self.stage.world.app),
            version="1",
            common_headers=list,
            max_age=timedelta(minutes=5),
            beat_seconds=BEAT,
        )
        self._app: WSGIApplication = LiveFirst(self._pages, live, self.page_threads, 4)


def only_hello(answer: Iterable[bytes]) -> Iterator[bytes]:
    """A line on which nothing comes any more, though it is open."""
    yield next(iter(answer))
    threading.Event().wait(30)


def add_pages(app: Flask, part: Part) -> None:
    """The page and its part."""

    def page() -> str:
        return render_template_string(PAGE, part=part.html)

    def fragment() -> str:
        part.asked += 1
        return part.html

    app.add_url_rule("/try", "try_page", page)
    app.add_url_rule("/try/part", "try_part", fragment)


@contextmanager
def live_site(stage: Stage) -> Iterator[Site]:
    """A site that is stopped at the end."""
    site = Site(stage)
    try:
        yield site
    finally:
        site.fault = ""
        if not site.hub.has_stopped:
            site.stop()
