"""A connection, opened: asks its system with rate, time-outs and limits kept, and says in words
what went wrong."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
import structlog
from requests_hardened.ip_filter import InvalidIPAddress
from urllib3.exceptions import NewConnectionError

from callassist.errors import PermanentError, TransientError
from callassist.pms_sync.answers import LARGEST, CutOff, Received, read_answer
from callassist.pms_sync.budget import Budget
from callassist.pms_sync.rate_words import pause_after_429, pause_announced
from callassist.pms_sync.tokens import Tokens
from callassist.ports.pms_access import (
    BadAnswer,
    CredentialsRefused,
    NotReached,
    NotThere,
    NotUnderstood,
    RateLimited,
    Token,
)

log = structlog.get_logger(__name__)

CONNECT_SECONDS = 5.0
READ_SECONDS = 30.0  # some systems search for long
LARGEST_OF_AN_ADDRESS = 6 * 1024 * 1024  # of a calendar at an address that a host typed
_REPEATED = ("GET", "HEAD")


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long one call waits in real time."""

    turn: float = 5.0  # seconds for the rate to allow it, in all; a long read has more of its own
    tries: int = 3
    pause: float = 1.0  # seconds before it is asked again after a fault, then twice as many
    connect: float = CONNECT_SECONDS
    read: float = READ_SECONDS


def real_now() -> datetime:
    """Real time, whatever the service's clock says."""
    return datetime.now(UTC)


@dataclass(kw_only=True)
class PmsAccess:
    """Satisfies ports.pms_access.Access."""

    vendor: str
    system: str  # its name for people
    base_url: str
    credentials: Mapping[str, str] = field(repr=False)
    options: Mapping[str, Any]
    session: requests.Session = field(repr=False)
    budget: Budget
    tokens: Tokens
    renew: Callable[[PmsAccess], Token] | None = None  # of a connection by sign-in
    patience: Patience = Patience()
    clock: Callable[[], datetime] = real_now
    sleep: Callable[[float], None] = time.sleep
    requests_made: int = 0

    def now(self) -> datetime:
        """Real time, aware UTC."""
        return self.clock()

    def call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | Sequence[tuple[str, Any]] | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        see: Sequence[int] = (),
        cost: int = 1,
    ) -> Received:
        """See ports.pms_access.Access. A 429 is waited for where it is short; what only reads is
        asked again after a fault."""
        asked = requests.Request(
            method.upper(),
            self._below(path),
            params=_plain(params),
            json=json,
            data=body if body is not None else form,
            headers={"Accept": "application/json, */*;q=0.5", **(headers or {})},
            auth=auth,
        )
        asked.headers["Accept-Encoding"] = "gzip"
        return self._tried(asked, see, cost)

    def token(self, fetch: Callable[[], Token], *, most_a_day: int | None = None) -> str:
        """See ports.pms_access.Access; a connection by sign-in renews its own."""
        renew = self.renew
        if renew is not None:
            return self.tokens.get(lambda: renew(self), None)
        return self.tokens.get(fetch, most_a_day)

    def refresh_token(self) -> str | None:
        """What `fetch` may use to get a new one."""
        return self.tokens.refresh()

    def forget_token(self) -> None:
        """The system refused it."""
        self.tokens.forget()

    def _tried(self, asked: requests.Request, see: Sequence[int], cost: int) -> Received:
        waits_until = time.monotonic() + self.patience.turn
        for tries_left in range(self.patience.tries - 1, -1, -1):
            self._wait_for_turn(cost, waits_until)
            try:
                answer = self._ask(asked)
                if answer.status not in see:
                    self._judge(answer)
                return answer
            except RateLimited:
                if not tries_left:
                    raise
            except TransientError as error:
                is_passing = isinstance(error, CutOff) or not isinstance(error, BadAnswer)
                if not tries_left or not is_passing or asked.method not in _REPEATED:
                    raise
                self.sleep(self.patience.pause * 2 ** (self.patience.tries - 1 - tries_left))
        raise AssertionError("the last try returns or raises")

    def _below(self, path: str) -> str:
        """The whole address, which must be below the base; any public one where there is none."""
        parts = urlsplit(path)
        url = path if parts.scheme else f"{self.base_url}{path}"
        inside = not self.base_url or _is_below(url, self.base_url)
        steps = unquote(urlsplit(url).path).split("/")
        if not inside or urlsplit(url).scheme not in ("http", "https") or ".." in steps:
            raise BadAnswer(f"{self.system} leads to another address, which we do not follow")
        if urlsplit(url).username is not None:
            raise PermanentError("an address with a name or password in it is not asked")
        return url

    def _wait_for_turn(self, cost: int, waits_until: float) -> None:
        while (seconds := self.budget.take(cost, self.now())) > 0:
            if time.monotonic() + seconds > waits_until:
                raise RateLimited(_used_up(self.system), retry_after=seconds)
            self.sleep(seconds)

    def _ask(self, asked: requests.Request) -> Received:
        self.requests_made += 1
        began = time.monotonic()
        try:
            with self.session.send(
                self.session.prepare_request(asked),
                stream=True,
                timeout=(self.patience.connect, self.patience.read),
                allow_redirects=False,
            ) as response:
                largest = LARGEST if self.base_url else LARGEST_OF_AN_ADDRESS
                answer = read_answer(self.system, response, largest=largest)
        except InvalidIPAddress:
            raise PermanentError(
                "the address leads into a private network; use a public one"
            ) from None
        except requests.ConnectTimeout:
            raise NotReached(f"{self.system} does not answer in time") from None
        except requests.Timeout:
            raise TransientError(f"{self.system} does not answer in time") from None
        except (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema, UnicodeError):
            raise PermanentError("the address cannot be read; copy it once more") from None
        except (requests.RequestException, OSError) as error:
            # its own words hold the whole address, and with it what was asked for
            lost = NotReached if _never_connected(error) else TransientError
            raise lost(f"{self.system} cannot be reached") from None
        took = round((time.monotonic() - began) * 1000)
        log.debug("system_asked", system=self.system, status=answer.status, milliseconds=took)
        if answer.status != 429 and (pause := pause_announced(answer.headers, self.now())):
            self.budget.block(pause, self.now())
        return answer

    def _judge(self, answer: Received) -> None:
        """Raise what a status means; below 300 nothing."""
        status, system = answer.status, self.system
        if status < 300:
            return
        if status == 429:
            pause = pause_after_429(answer.headers, self.now())
            self.budget.block(pause, self.now())
            raise RateLimited(_used_up(system), retry_after=pause)
        if status == 408 or status >= 500:
            raise TransientError(f"{system} has a fault of its own ({status})")
        if status == 404:
            raise NotThere(f"{system} does not know this (404)")
        if status == 401:
            raise CredentialsRefused(_not_accepted(system))
        if status == 403:
            raise CredentialsRefused(_not_allowed(system))
        if status < 400:
            raise BadAnswer(f"{system} leads to another address, which we do not follow")
        raise NotUnderstood(f"{system} does not understand what we ask ({status})")


def _never_connected(error: Exception) -> bool:
    """Whether a request failed before a byte of it could leave."""
    cause = error.args[0] if error.args else None
    return isinstance(getattr(cause, "reason", None), NewConnectionError)


def _not_accepted(system: str) -> str:
    return (
        f"{system} does not accept these credentials (401); look them up there and type them again"
    )


def _not_allowed(system: str) -> str:
    return (
        f"{system} does not allow this with these credentials (403); give them the rights that "
        "are asked for, or make new ones there"
    )


def _used_up(system: str) -> str:
    return f"{system} allows no more requests for now; we ask again by ourselves"


def _is_below(url: str, base_url: str) -> bool:
    return url == base_url or url.startswith((f"{base_url}/", f"{base_url}?"))


def _plain(
    params: Mapping[str, Any] | Sequence[tuple[str, Any]] | None,
) -> list[tuple[str, str]]:
    """Names and values as text, in their order; what is None is left out."""
    pairs = params.items() if isinstance(params, Mapping) else params or ()
    several = (
        (name, value if isinstance(value, list | tuple) else [value]) for name, value in pairs
    )
    return [(name, str(one)) for name, values in several for one in values if one is not None]
