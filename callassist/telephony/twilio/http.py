"""How the SDK reaches the network: one place for address, tokens, time-outs and what went wrong.

The SDK's own client is not used. It keeps the latest answer on itself, so that of two threads one
may get the other's; it waits for ever unless told otherwise; and it logs numbers and addresses.
A custom client is the SDK's documented way to another host:
https://github.com/twilio/twilio-python/blob/main/advanced-examples/custom-http-client.md
"""

from __future__ import annotations

import json
import logging
import ssl
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import requests
from twilio.http import HttpClient
from twilio.http.response import Response
from urllib3.exceptions import MaxRetryError, NewConnectionError, SSLError

from callassist.telephony.twilio.refusals import NoAnswer, Refused

CONNECT_SECONDS = 3.5
READ_SECONDS = 6.0
_LONGEST_WAIT_SECONDS = 300.0

Read = TypeVar("Read")


class RebasedHttp(HttpClient):  # type: ignore[misc] # the SDK is not typed
    """Asks `base_url` + `path_prefix` whatever the SDK addresses to Twilio; safe in any thread.

    Raises Refused or NoAnswer instead of returning what is no success; what is returned is a JSON
    object. Never asks twice, but for a second token when the first was not accepted. Each request
    has a connection of its own: one that was idle may be dead, and a dial sent into it is a doubt
    of thirty seconds.
    """

    def __init__(
        self, base_url: str, path_prefix: str, account_sid: str, tokens: Sequence[str]
    ) -> None:
        super().__init__(logging.getLogger(__name__), is_async=False, timeout=READ_SECONDS)
        # its debug lines hold the numbers that are looked up
        logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)
        self._base = urlsplit(base_url) if base_url else None
        self._prefix = path_prefix
        self._account = account_sid
        self._tokens = tuple(token for token in tokens if token)
        self._accepted = 0  # which token was the latest to be

    def request(
        self,
        method: str,
        url: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """One request of the SDK; its own idea of time-outs and sign-in does not count."""
        return self._asked(_understood, method, url, params=params, data=data, headers=headers)

    def download(self, url: str, most_bytes: int) -> bytes | None:
        """What is no JSON, read in pieces; None for what is not there. NoAnswer when it is longer
        than `most_bytes`: nobody sends so much in good faith."""

        def read(answer: requests.Response) -> bytes | None:
            if answer.status_code == 404:
                return None
            if answer.status_code != 200:
                _understood(answer)
                raise NoAnswer(f"HTTP {answer.status_code} instead of a file", sent=True)
            if len(answer.content) > most_bytes:
                raise NoAnswer("a file that is too long", sent=True)
            return answer.content

        return self._asked(read, "GET", url)

    def delete(self, url: str) -> None:
        """Have something deleted; fine when it is not there."""

        def read(answer: requests.Response) -> None:
            if answer.status_code not in (204, 404):
                _understood(answer)
                raise NoAnswer(f"HTTP {answer.status_code} instead of an end", sent=True)

        self._asked(read, "DELETE", url)

    def _asked(
        self, read: Callable[[requests.Response], Read], method: str, url: str, **fields: Any
    ) -> Read:
        order = sorted(range(len(self._tokens)), key=lambda each: each != self._accepted)
        refused: Refused | None = None
        for place in order:
            answer = _send(
                method,
                self.rebased(url),
                auth=(self._account, self._tokens[place]),
                **fields,
            )
            try:
                response = read(answer)
            except Refused as error:
                if answer.status_code != 401:
                    raise
                refused = error  # never processed, so it may be asked with the other token
                continue
            self._accepted = place
            return response
        assert refused is not None
        raise refused

    def rebased(self, url: str) -> str:
        """Where a request really goes; SignalWire's pages have the prefix in their address."""
        if self._base is None:
            return url
        parts = urlsplit(url)
        path = parts.path
        while self._prefix and path.startswith(self._prefix + "/"):
            path = path.removeprefix(self._prefix)
        return urlunsplit(
            (self._base.scheme, self._base.netloc, self._prefix + path, parts.query, "")
        )


def _send(method: str, url: str, **asked: Any) -> requests.Response:
    try:
        with requests.Session() as session:
            return session.request(
                method.upper(),
                url,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                **asked,
            )
    # without the cause: its text holds the address, and that the number
    except requests.RequestException as error:
        raise NoAnswer(type(error).__name__, sent=not _never_connected(error)) from None


def _never_connected(error: requests.RequestException) -> bool:
    """Whether no connection came about, so that nothing can have arrived."""
    if isinstance(error, requests.exceptions.ProxyError):
        return False  # a proxy in between may have passed it on
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else None
    if isinstance(reason, SSLError):
        return bool(reason.args) and isinstance(reason.args[0], ssl.SSLCertVerificationError)
    return isinstance(reason, NewConnectionError)


def _understood(answer: requests.Response) -> Response:
    status = answer.status_code
    body = _json_object(answer)
    if 200 <= status < 300 and body is not None:
        return Response(status, answer.content.decode("utf-8"), answer.headers)
    if status in (401, 429) or (400 <= status < 500 and status != 408 and body is not None):
        raise Refused(status, _code(body, status), _retry_after(answer))
    if 200 <= status < 300 or 400 <= status < 500:
        raise NoAnswer(f"HTTP {status} that is not Twilio's", sent=True)
    raise NoAnswer(f"HTTP {status}", sent=True)


def _json_object(answer: requests.Response) -> dict[str, Any] | None:
    try:
        found = json.loads(answer.content.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _code(body: dict[str, Any] | None, status: int) -> int:
    code = (body or {}).get("code")
    return code if isinstance(code, int) and not isinstance(code, bool) else status


def _retry_after(answer: requests.Response) -> float | None:
    """Seconds, from either form of the header; None where there is none or it makes no sense."""
    text = answer.headers.get("Retry-After", "").strip()
    if not text:
        return None
    try:
        if text.isascii() and text.isdigit():
            seconds = float(text)
        else:
            at = parsedate_to_datetime(text)
            seconds = (at - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(seconds, 0.0), _LONGEST_WAIT_SECONDS)
