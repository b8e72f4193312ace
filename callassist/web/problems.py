"""Errors as answers: problem+json (RFC 9457) for programs, a page for people; one table."""

from __future__ import annotations

import math
import uuid
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus

import structlog
from flask import Flask, Response, current_app, json, request
from flask_limiter import RateLimitExceeded
from markupsafe import escape
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as WerkzeugResponse

from callassist.errors import (
    CallAssistError,
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    TransientError,
)

ErrorPage = Callable[[int, str, str], Response]
"""Makes the page of an error from status, title and detail."""

_RETRY_AFTER_SECONDS = 1
_FOR_PROGRAMS = ("/api/", "/hooks/", "/healthz", "/readyz", "/metrics")
_log = structlog.get_logger()

_STATUS: tuple[tuple[type[CallAssistError], HTTPStatus], ...] = (
    (InvalidInput, HTTPStatus.UNPROCESSABLE_ENTITY),
    (NotFound, HTTPStatus.NOT_FOUND),
    (Forbidden, HTTPStatus.FORBIDDEN),
    (Conflict, HTTPStatus.CONFLICT),
    (TransientError, HTTPStatus.SERVICE_UNAVAILABLE),
)

# one sentence for everything that is not there or not yours: the two must not be told apart
NOT_FOUND = "there is nothing here that you may see; check the id"


class Unauthorized(CallAssistError):
    """Nobody is known to ask: no token, or one that is unknown, revoked or expired."""


class Malformed(CallAssistError):
    """The body is not JSON."""


class WrongMediaType(CallAssistError):
    """The body is of a type that is not read here."""


class BadFields(CallAssistError):
    """Some fields were refused; `faults` are (JSON pointer, what to do) pairs."""

    def __init__(self, faults: Iterable[tuple[str, str]]) -> None:
        self.faults = tuple(faults)
        super().__init__("some fields are not right; `errors` names each and what to do")


_WEB_STATUS: tuple[tuple[type[CallAssistError], HTTPStatus], ...] = (
    (Unauthorized, HTTPStatus.UNAUTHORIZED),
    (Malformed, HTTPStatus.BAD_REQUEST),
    (WrongMediaType, HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
    (BadFields, HTTPStatus.UNPROCESSABLE_ENTITY),
    *_STATUS,
)


def register(app: Flask) -> None:
    """Answer every error of `app`; pages may set `app.extensions["callassist_error_page"]`."""
    app.register_error_handler(CallAssistError, answer_to)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _our_mistake)


def answer_to(error: CallAssistError) -> Response:
    """The answer to one of our errors."""
    status = next((status for kind, status in _WEB_STATUS if isinstance(error, kind)), None)
    if status is None:  # nothing that the asker could change
        return _our_mistake(error)
    headers: dict[str, str] = {}
    if isinstance(error, TransientError):
        headers["Retry-After"] = str(math.ceil(error.retry_after or _RETRY_AFTER_SECONDS))
    if status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="Call Assist"'
    detail = NOT_FOUND if isinstance(error, NotFound) else error.detail
    return _answer(status, detail, faults=_faults(error), headers=headers)


def _faults(error: CallAssistError) -> tuple[tuple[str, str], ...]:
    if isinstance(error, BadFields):
        return error.faults
    if isinstance(error, InvalidInput):
        plain = error.detail
        if error.field is None:
            return (("", plain),)
        return ((pointer(error.field.split(".")), plain.removeprefix(f"{error.field}: ")),)
    return ()


def pointer(path: Iterable[object]) -> str:
    """A JSON pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def _http(error: HTTPException) -> WerkzeugResponse:
    if isinstance(error.response, WerkzeugResponse):
        return error.response
    status = HTTPStatus(error.code or 500)
    headers: dict[str, str] = {}
    if isinstance(error, RateLimitExceeded):
        wait = error.limit.limit.get_expiry() if error.limit else 60
        headers["Retry-After"] = str(wait)
        return _answer(status, f"too many requests; at most {error.description}", headers=headers)
    kept = error.get_response()
    if 300 <= status < 400:
        return Response(status=status, headers=list(kept.headers))
    if "Allow" in kept.headers:
        headers["Allow"] = kept.headers["Allow"]
    detail = NOT_FOUND if status is HTTPStatus.NOT_FOUND else _HTTP_DETAIL.get(status)
    return _answer(status, detail or error.description or status.phrase, headers=headers)


_HTTP_DETAIL = {
    HTTPStatus.METHOD_NOT_ALLOWED: "this address takes other methods; see the Allow header",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "a body has at most 1 MiB; send less at once",
}


def _our_mistake(error: Exception) -> Response:
    reference = uuid.uuid4().hex[:12]
    _log.error("request failed", action="request_failed", reference=reference, exc_info=error)
    return _answer(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        f"an error of ours, logged as {reference}; try again later",
    )


def _answer(
    status: HTTPStatus,
    detail: str,
    *,
    faults: tuple[tuple[str, str], ...] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    if request.path.startswith(_FOR_PROGRAMS):
        response = problem(status, detail, faults)
    else:
        response = _page(status, detail)
    response.headers.update(headers or {})
    return response


def problem(status: HTTPStatus, detail: str, faults: Iterable[tuple[str, str]] = ()) -> Response:
    """RFC 9457, with `errors` [{pointer, detail}] where fields were refused."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": status.phrase,
        "status": int(status),
        "detail": detail,
    }
    if faults := tuple(faults):
        body["errors"] = [{"pointer": at, "detail": what} for at, what in faults]
    return Response(json.dumps(body), int(status), mimetype="application/problem+json")


def _page(status: HTTPStatus, detail: str) -> Response:
    make: ErrorPage | None = current_app.extensions.get("callassist_error_page")
    if make is not None:
        try:
            return make(int(status), status.phrase, detail)
        except Exception as error:  # the page of an error must not become another error
            _log.error("error page failed", action="error_page_failed", exc_info=error)
    title, text = escape(status.phrase), escape(detail)
    html = f"<!doctype html><html lang=en><title>{title}</title><h1>{title}</h1><p>{text}</p>"
    return Response(html, int(status), mimetype="text/html")
