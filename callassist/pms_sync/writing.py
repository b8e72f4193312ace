"""Writing into a system: what went wrong, told apart by whether something may stand there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from callassist.errors import NotFound, PermanentError, TransientError
from callassist.pms_sync.sync import OpenAccess
from callassist.pms_sync.vendors.reading import Unreadable
from callassist.ports.conversations import NotWritten, WriteInDoubt, WriteRefused
from callassist.ports.pms_access import (
    Access,
    Answer,
    NotReached,
    NotUnderstood,
    RateLimited,
    Token,
)

_READS = ("GET", "HEAD")


def write(
    open_access: OpenAccess,
    connection_id: int,
    do: Callable[[Access], None],
    *,
    urgent: bool = False,
) -> None:
    """Have `do` write through a connection. Raises NotWritten, WriteRefused or WriteInDoubt."""
    watched: _Watched | None = None
    try:
        with open_access(connection_id, urgent=urgent) as access:
            watched = _Watched(access)
            do(watched)
    except NotFound as gone:
        raise WriteRefused("the connection was removed") from gone
    except PermanentError as refused:
        raise WriteRefused(refused.detail) from refused
    except (TransientError, Unreadable) as error:
        detail = getattr(error, "detail", str(error))
        if watched is not None and watched.may_have_written:
            raise WriteInDoubt(detail) from error
        if isinstance(error, NotUnderstood | Unreadable):
            raise WriteRefused(detail) from error
        raise NotWritten(detail, getattr(error, "retry_after", None)) from error


class _Watched:
    """An Access that remembers whether a request that changes something may have arrived."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._fetches = False
        self.may_have_written = False

    def call(self, method: str, path: str, **asked: Any) -> Answer:
        """See ports.pms_access.Access."""
        before = self.may_have_written
        if method.upper() not in _READS and not self._fetches:
            self.may_have_written = True
        try:
            return self._access.call(method, path, **asked)
        except (PermanentError, RateLimited, NotReached, NotUnderstood):
            self.may_have_written = before  # that one was not taken
            raise

    def token(self, fetch: Callable[[], Token], *, most_a_day: int | None = None) -> str:
        """The same; fetching one writes nothing into a booking."""

        def watched() -> Token:
            self._fetches = True
            try:
                return fetch()
            finally:
                self._fetches = False

        return self._access.token(watched, most_a_day=most_a_day)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._access, name)
