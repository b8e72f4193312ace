"""How a connector asks its system: requests with its rate kept, tokens shared, errors in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from callassist.errors import PermanentError, TransientError


class FieldKind(StrEnum):
    """How a credential is typed."""

    TEXT = "text"
    SECRET = "secret"  # noqa: S105 never shown again
    CHOICE = "choice"
    ADDRESS = "address"  # a URL that the host chose: only through the safe client


@dataclass(frozen=True, kw_only=True)
class FormField:
    """One credential; label, help and choices' texts are marked with `said`."""

    name: str
    label: str
    help: str  # what it looks like and where to find it
    kind: FieldKind = FieldKind.TEXT
    required: bool = True
    choices: tuple[tuple[str, str], ...] = ()  # (value, text)
    default: str = ""


@dataclass(frozen=True, kw_only=True)
class OAuth:
    """An authorization-code flow; client id and secret are the administrator's settings."""

    authorize_url: str
    token_url: str
    scopes: tuple[str, ...] = ()
    client_in_body: bool = False  # else the client shows itself by HTTP Basic


@dataclass(frozen=True, kw_only=True)
class Form:
    """What connects a host: fields to type, or a sign-in there, or either."""

    fields: tuple[FormField, ...] = ()
    oauth: OAuth | None = None
    where: str = ""  # the path through the system's menus, marked with `said`


@dataclass(frozen=True, kw_only=True)
class Rate:
    """At most `requests` in any `span`, counted per `scope` by all processes together."""

    requests: int
    span: timedelta
    scope: str = "connection"  # or "service": the system counts by our address


@dataclass(frozen=True, kw_only=True)
class Token:
    """An access token as it was given; `refresh` where the system hands one out."""

    access: str
    expires_at: datetime
    refresh: str | None = None


class Answer(Protocol):
    """A system's answer with a status below 400 (or one that the caller asked to see)."""

    @property
    def status(self) -> int:
        """Of HTTP."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """Names in small letters."""
        ...

    @property
    def text(self) -> str:
        """The body as text."""
        ...

    def json(self) -> Any:
        """The body as JSON; BadAnswer when it is none (a page of HTML, cut off, empty)."""
        ...


class Access(Protocol):
    """One connection, opened: credentials, address, clock and requests."""

    @property
    def credentials(self) -> Mapping[str, str]:
        """By the names of the form's fields."""
        ...

    @property
    def options(self) -> Mapping[str, Any]:
        """The vendor's own choices; nothing secret."""
        ...

    @property
    def base_url(self) -> str:
        """Without a slash at the end; the vendor's, or the administrator's for tests."""
        ...

    def now(self) -> datetime:
        """Real time, aware UTC: for signatures and tokens."""
        ...

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
    ) -> Answer:
        """Ask once the rate allows it. `path` is joined to `base_url`; a whole URL must be below
        it. Redirects are not followed. `body` is sent as it is, for what is signed byte by byte.

        A status in `see` is returned whatever it is. Else 401 and 403 raise CredentialsRefused,
        404 NotThere, 429 RateLimited, 408 and 5xx, time-outs and broken connections
        TransientError, other 4xx and redirects BadAnswer. A short 429 is waited for, and a GET is
        asked again after a fault, before it is raised.
        """
        ...

    def token(self, fetch: Callable[[], Token], *, most_a_day: int | None = None) -> str:
        """The shared access token; `fetch` is called by one process only when there is none that
        holds for another five minutes. RateLimited when `most_a_day` were fetched."""
        ...

    def refresh_token(self) -> str | None:
        """What `fetch` may use to get a new one."""
        ...

    def forget_token(self) -> None:
        """The system refused it: the next `token` fetches a new one."""
        ...


@dataclass(frozen=True, kw_only=True)
class HookRequest:
    """A webhook as it came in: raw bytes, headers in small letters, query, and real time."""

    body: bytes
    headers: Mapping[str, str]
    query: Mapping[str, str]
    now: datetime


class CredentialsRefused(PermanentError):
    """The system does not let us in; `field` names what to correct, the detail where to get it."""

    def __init__(self, detail: str, field: str | None = None) -> None:
        super().__init__(detail)
        self.field = field


class NotThere(PermanentError):
    """The system knows no such thing (404)."""


class BadAnswer(TransientError):
    """Not what the system's description says: HTML, cut off, another shape."""


class NotUnderstood(BadAnswer):
    """The system refuses the request as it stands (a status of 400 and more): nothing was done."""


class NotReached(TransientError):
    """No connection came about, so nothing was asked."""


class PageLoop(BadAnswer):
    """Its pages never end or come again: nothing read so far counts as complete."""


class RateLimited(TransientError):
    """Too many requests; `retry_after` says in how many seconds more are allowed."""


class BadHook(PermanentError):
    """A webhook that nothing proves, or that cannot be read; answered 401 or 400, kept nowhere."""

    def __init__(self, detail: str, *, is_unsigned: bool = False) -> None:
        super().__init__(detail)
        self.is_unsigned = is_unsigned
