"""Who asked, and under which address, when proxies stand in front: only those that are trusted say.

With none trusted the headers `X-Forwarded-...` mean nothing, for anybody can write them. That they
arrive all the same from this machine or its own network is noted for `callassist doctor`: a proxy
is there, all visitors look like one, and the limits for one visitor hold for all together.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING

import structlog
from werkzeug.middleware.proxy_fix import ProxyFix

from callassist.errors import CallAssistError
from callassist.storage.facts import put_fact
from callassist.storage.sessions import Sessions

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

UNTRUSTED_PROXY = "untrusted_proxy"  # the fact: {"headers": [...], "at": "..."}
NOTED_EVERY = 3600.0  # seconds, in each process
_HEADERS = {
    "HTTP_X_FORWARDED_FOR": "X-Forwarded-For",
    "HTTP_X_FORWARDED_PROTO": "X-Forwarded-Proto",
    "HTTP_X_FORWARDED_HOST": "X-Forwarded-Host",
}
_log = structlog.get_logger()


def behind_proxies(
    application: WSGIApplication, sessions: Sessions, trusted: int
) -> ProxyFix | NoneTrusted:
    """`application` as seen through so many trusted proxies, each of which adds its own values."""
    if trusted:
        return ProxyFix(application, x_for=trusted, x_proto=trusted, x_host=trusted)
    return NoneTrusted(application, sessions)


class NoneTrusted:
    """Lets every request through as it came, and notes when a proxy seems to be in front."""

    def __init__(
        self,
        application: WSGIApplication,
        sessions: Sessions,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._application = application
        self._sessions = sessions
        self._monotonic = monotonic
        self._next_note_at = 0.0

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        sent = [shown for name, shown in _HEADERS.items() if name in environ]
        if sent and self._monotonic() >= self._next_note_at and _is_near(environ):
            self._next_note_at = self._monotonic() + NOTED_EVERY
            self._note(sent)
        return self._application(environ, start_response)

    def _note(self, headers: list[str]) -> None:
        said = ", ".join(headers)
        _log.warning("a proxy is not trusted", action="untrusted_proxy", headers=said)
        now = datetime.now(UTC)
        seen = {"headers": headers, "at": now.isoformat()}
        try:
            with self._sessions.write() as session:
                put_fact(session, UNTRUSTED_PROXY, seen, now=now)
        except CallAssistError as error:  # the request itself is fine
            _log.warning("proxy not noted", action="untrusted_proxy", reason=error.detail)


def _is_near(environ: WSGIEnvironment) -> bool:
    """Whether the other end may be a proxy of ours; from elsewhere the headers prove nothing."""
    try:
        return ip_address(environ.get("REMOTE_ADDR") or "127.0.0.1").is_private
    except ValueError:  # a socket of this machine
        return True
