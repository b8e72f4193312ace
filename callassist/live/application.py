"""`GET /live` for a WSGI server, before the pages or in a process of its own.

A stream keeps one thread of the server. So the server has threads for streams on top of those for
pages, here both are counted: neither can ever take the other's.
"""

from __future__ import annotations

import io
import json
import re
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from callassist.clock import Clock
from callassist.domain.viewer import Viewer
from callassist.errors import CallAssistError, Forbidden
from callassist.live import frames
from callassist.live.hub import Hub
from callassist.live.scope import Scope, scope_of
from callassist.live.stream import Stream
from callassist.storage.sessions import Sessions

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATH = "/live"
CALLS = "/hooks/telephony/"  # where phone networks report and ask
BEAT_SECONDS = 10.0
RETRY_AFTER_SECONDS = 15
_TAB = re.compile(r"[A-Za-z0-9-]{1,40}")
_OF_REQUEST = (
    "REQUEST_METHOD",
    "PATH_INFO",
    "QUERY_STRING",
    "REMOTE_ADDR",
    "SCRIPT_NAME",
    "SERVER_NAME",
    "SERVER_PORT",
    "SERVER_PROTOCOL",
    "wsgi.url_scheme",
)

Who = Callable[["WSGIEnvironment"], Viewer | None]
CommonHeaders = Callable[[], Sequence[tuple[str, str]]]


class Live:
    """Answers `GET /live`. `who` says who is signed in, from the cookies of a request."""

    def __init__(
        self,
        hub: Hub,
        sessions: Sessions,
        clock: Clock,
        who: Who,
        *,
        version: str,
        common_headers: CommonHeaders,
        max_age: timedelta,
        beat_seconds: float = BEAT_SECONDS,
    ) -> None:
        self._hub = hub
        self._sessions = sessions
        self._clock = clock
        self._who = who
        self._version = version
        self._common_headers = common_headers
        self._max_age = max_age
        self._beat_seconds = beat_seconds

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "GET":
            return self._refuse(start_response, "405 Method Not Allowed", "GET it", Allow="GET")
        request = _kept(environ)
        try:
            since = self._hub.newest()
            scope = self._scope(request)
        except CallAssistError as busy:
            return self._busy(start_response, busy.detail)
        if scope is None:
            return self._refuse(start_response, "401 Unauthorized", "sign in first")
        subscription = self._hub.subscribe(scope, _tab(environ), since)
        if subscription is None:
            return self._busy(start_response, "there are as many live pages as this server takes")
        start_response(
            "200 OK",
            [
                ("Content-Type", "text/event-stream; charset=utf-8"),
                ("X-Accel-Buffering", "no"),
                *self._headers(),
            ],
        )
        return Stream(
            self._hub,
            subscription,
            lambda: self._scope(request),
            clock=self._clock,
            hello=frames.hello(self._clock, self._beat_seconds, self._version),
            beat_seconds=self._beat_seconds,
            max_age=self._max_age,
        )

    def _scope(self, request: WSGIEnvironment) -> Scope | None:
        try:
            viewer = self._who(request)
        except Forbidden:
            return None
        if viewer is None:
            return None
        with self._sessions.read() as session:
            return scope_of(session, viewer)

    def _busy(self, start_response: StartResponse, why: str) -> Iterable[bytes]:
        return self._refuse(
            start_response, "503 Service Unavailable", why, Retry_After=str(RETRY_AFTER_SECONDS)
        )

    def _refuse(
        self, start_response: StartResponse, status: str, detail: str, **headers: str
    ) -> Iterable[bytes]:
        own = [(name.replace("_", "-"), value) for name, value in headers.items()]
        return _problem(start_response, status, detail, [*own, *self._headers()])

    def _headers(self) -> list[tuple[str, str]]:
        return [("Cache-Control", "no-store"), *self._common_headers()]


class LiveFirst:
    """Put it around the pages: they keep their `page_threads` however many streams there are.

    Phone networks have `call_threads` of their own: their questions never wait for pages.
    """

    def __init__(
        self,
        pages: WSGIApplication,
        live: WSGIApplication,
        page_threads: int,
        call_threads: int,
    ) -> None:
        self._pages = pages
        self._live = live
        self._turns = threading.Semaphore(page_threads)
        self._call_turns = threading.Semaphore(call_threads)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] == PATH:
            return self._live(environ, start_response)
        of_a_call = environ["PATH_INFO"].startswith(CALLS)
        with self._call_turns if of_a_call else self._turns:
            return self._pages(environ, start_response)


class LiveAlone:
    """What `callassist live` serves: the streams, and whether the process is there."""

    def __init__(self, live: WSGIApplication) -> None:
        self._live = live

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] == PATH:
            return self._live(environ, start_response)
        if environ["PATH_INFO"] == "/healthz":
            start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "3")])
            return [b"ok\n"]
        return _problem(start_response, "404 Not Found", f"only {PATH} is served here", [])


def _problem(
    start_response: StartResponse, status: str, detail: str, headers: list[tuple[str, str]]
) -> Iterable[bytes]:
    number, _, title = status.partition(" ")
    body = json.dumps({"title": title, "status": int(number), "detail": detail}).encode()
    start_response(
        status,
        [
            ("Content-Type", "application/problem+json"),
            ("Content-Length", str(len(body))),
            *headers,
        ],
    )
    return [body]


def _tab(environ: WSGIEnvironment) -> str:
    given = parse_qs(environ.get("QUERY_STRING", "")).get("tab", [""])[0]
    return given if _TAB.fullmatch(given) else ""


def _kept(environ: WSGIEnvironment) -> WSGIEnvironment:
    """What says who asks; the server's own objects of the request end with its beginning."""
    kept = {
        name: value
        for name, value in environ.items()
        if name in _OF_REQUEST or name.startswith("HTTP_")
    }
    return {**kept, "wsgi.input": io.BytesIO()}
