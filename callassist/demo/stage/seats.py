"""Three people in one browser: each frame of the stage has cookies of its own.

Below `/as/<seat>/` the real application answers as everywhere; only the names of its cookies carry
the seat, so that a browser can be host, operator and wallboard at the same time. What a page of a
seat asks for without that prefix (files, the live stream) is known by the page that asks for it.
Pages may be framed by the stage, and by nothing else. Real servers have none of this.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SEATS = ("host", "desk", "wall")
_PREFIXES = {f"/as/{seat}": seat for seat in SEATS}
_DOCUMENTS = ("document", "iframe", "frame")


class Seats:
    """The application with seats around it."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        prefix = _prefix_of(path)
        if prefix is not None:
            environ["SCRIPT_NAME"] = prefix
            environ["PATH_INFO"] = path[len(prefix) :] or "/"
            return self._sit(prefix, environ, start_response)
        prefix = _prefix_of(_asked_from(environ))
        if prefix is None:
            return self._application(environ, _framed_here(start_response))
        if _is_page(environ):
            return _lead_back(prefix, environ, start_response)
        return self._sit(prefix, environ, start_response)

    def _sit(
        self, prefix: str, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        seat = _PREFIXES[prefix]
        environ["HTTP_COOKIE"] = _own_cookies(environ.get("HTTP_COOKIE", ""), seat)

        def start(
            status: str, headers: list[tuple[str, str]], *exc_info: Any
        ) -> Callable[[bytes], object]:
            return start_response(status, list(_of_seat(headers, prefix, seat)), *exc_info)

        return self._application(environ, _framed_here(start))


def _prefix_of(path: str) -> str | None:
    return next((each for each in _PREFIXES if path == each or path.startswith(f"{each}/")), None)


def _asked_from(environ: WSGIEnvironment) -> str:
    """The path of the page that asks, if it is one of ours."""
    page = urlsplit(environ.get("HTTP_REFERER", ""))
    return page.path if page.netloc == environ.get("HTTP_HOST") else ""


def _is_page(environ: WSGIEnvironment) -> bool:
    is_read = environ.get("REQUEST_METHOD") == "GET"
    return is_read and environ.get("HTTP_SEC_FETCH_DEST") in _DOCUMENTS


def _lead_back(
    prefix: str, environ: WSGIEnvironment, start_response: StartResponse
) -> Iterable[bytes]:
    """A link that names no seat was followed in a frame: stay in the seat."""
    query = environ.get("QUERY_STRING", "")
    there = f"{prefix}{environ['PATH_INFO']}" + (f"?{query}" if query else "")
    start_response("307 Temporary Redirect", [("Location", there), ("Content-Length", "0")])
    return []


def _own_cookies(cookies: str, seat: str) -> str:
    own = (one.strip() for one in cookies.split(";"))
    start = f"{seat}."
    return "; ".join(one[len(start) :] for one in own if one.startswith(start))


def _of_seat(
    headers: Iterable[tuple[str, str]], prefix: str, seat: str
) -> Iterator[tuple[str, str]]:
    for name, value in headers:
        if name.lower() == "set-cookie":
            yield name, f"{seat}.{value}"
        elif name.lower() == "location" and value.startswith("/") and _prefix_of(value) is None:
            yield name, prefix + value
        else:
            yield name, value


def _framed_here(start_response: StartResponse) -> StartResponse:
    def start(
        status: str, headers: list[tuple[str, str]], *exc_info: Any
    ) -> Callable[[bytes], object]:
        return start_response(status, [_relaxed(*each) for each in headers], *exc_info)

    return start


def _relaxed(name: str, value: str) -> tuple[str, str]:
    if name.lower() == "x-frame-options":
        return name, "SAMEORIGIN"
    if name.lower() == "content-security-policy":
        framed = value.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
        return name, f"{framed}; frame-src 'self'"
    return name, value
