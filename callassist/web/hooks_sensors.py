"""`POST /hooks/sensors/<adapter>/<token>`: a Flask view, and a faster way to the same handler.

Flask's dispatch costs more than storing a reading does, so a thin wrapper around the application
answers this one route. Whatever it does not know for sure it leaves to Flask.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request

from callassist.ingest.answer import HookAnswer
from callassist.ingest.body import Stream
from callassist.ingest.hook import HookRequest, SensorHook

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREFIX = "/hooks/sensors/"

CommonHeaders = Callable[[], Sequence[tuple[str, str]]]


def sensor_hooks(hook: SensorHook) -> Blueprint:
    """The blueprint; exempt it from CSRF, a sensor has no session."""
    blueprint = Blueprint("hooks_sensors", __name__)

    @blueprint.post(f"{PREFIX}<adapter>/<token>")
    def take_readings(adapter: str, token: str) -> Response:
        answer = _answer(hook, request.environ, adapter, token)
        return Response(
            answer.body,
            status=f"{answer.status} {answer.reason}",
            headers=list(answer.headers),
            content_type=answer.content_type,
        )

    return blueprint


class SensorHooksFirst:
    """Put it around `app.wsgi_app`. `common_headers` are those that every response carries."""

    def __init__(
        self, application: WSGIApplication, hook: SensorHook, common_headers: CommonHeaders
    ) -> None:
        self._application = application
        self._hook = hook
        self._common_headers = common_headers

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        if environ["REQUEST_METHOD"] != "POST" or not path.startswith(PREFIX):
            return self._application(environ, start_response)
        adapter, _, token = path[len(PREFIX) :].partition("/")
        if not adapter or not token or "/" in token or not path.isascii():
            return self._application(environ, start_response)
        answer = _answer(self._hook, environ, adapter, token)
        headers = [
            ("Content-Type", answer.content_type),
            ("Content-Length", str(len(answer.body))),
            *answer.headers,
            *self._common_headers(),
        ]
        start_response(f"{answer.status} {answer.reason}", headers)
        return [answer.body]


class _Headers:
    """Headers out of a WSGI environ."""

    __slots__ = ("_environ",)

    _NAMES: dict[str, str] = {  # noqa: RUF012 a fixed table
        "content-type": "CONTENT_TYPE",
        "content-length": "CONTENT_LENGTH",
        "content-encoding": "HTTP_CONTENT_ENCODING",
        "webhook-id": "HTTP_WEBHOOK_ID",
        "webhook-timestamp": "HTTP_WEBHOOK_TIMESTAMP",
        "webhook-signature": "HTTP_WEBHOOK_SIGNATURE",
    }

    def __init__(self, environ: WSGIEnvironment) -> None:
        self._environ = environ

    def get(self, name: str, /) -> str | None:
        key = self._NAMES.get(name) or f"HTTP_{name.upper().replace('-', '_')}"
        return self._environ.get(key)


def _answer(hook: SensorHook, environ: WSGIEnvironment, adapter: str, token: str) -> HookAnswer:
    return hook.answer(
        HookRequest(
            adapter=adapter, token=token, headers=_Headers(environ), stream=_stream(environ)
        )
    )


def _stream(environ: WSGIEnvironment) -> Stream:
    """The body; an empty one where reading would wait for an end that never comes."""
    has_end = (
        environ.get("CONTENT_LENGTH")
        or environ.get("wsgi.input_terminated")
        or "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
    )
    stream: Stream = environ["wsgi.input"]
    return stream if has_end else io.BytesIO()
