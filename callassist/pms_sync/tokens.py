"""Access tokens: sealed, one for all processes, and fetched by one of them at a time."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from callassist.errors import TransientError
from callassist.models import PmsToken
from callassist.models.types import from_micros, to_micros
from callassist.ports.pms_access import CredentialsRefused, RateLimited, Token
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault

FRESH_FOR = timedelta(minutes=5)  # a token that ends sooner is not used any more
A_DAY = timedelta(days=1)
_CLAIMED_FOR = timedelta(seconds=90)  # longer than any fetch; a process that died holds it no more
_LOOK_AGAIN = 0.2  # seconds, while another process fetches
_WAIT = 60.0
_INSERTS = {
    "sqlite": sqlite.insert(PmsToken).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(PmsToken).on_conflict_do_nothing(),
}


class Tokens(Protocol):
    """Keeps the token of one connection."""

    def get(self, fetch: Callable[[], Token], most_a_day: int | None) -> str:
        """A token that holds for five minutes at least, fetched when there is none."""
        ...

    def refresh(self) -> str | None:
        """The refresh token that came with the last one."""
        ...

    def forget(self) -> None:
        """The system refused the one that `get` gave."""
        ...


class OwnTokens:
    """Held in memory by one Access: for credentials that are only tried. `current` is what came
    of it."""

    def __init__(self, current: Token | None = None, *, clock: Callable[[], datetime]) -> None:
        self.current = current
        self._clock = clock

    def get(self, fetch: Callable[[], Token], most_a_day: int | None) -> str:
        if self.current is None or not _holds(self.current, self._clock()):
            self.current = _with_refresh(fetch(), self.refresh())
        return self.current.access

    def refresh(self) -> str | None:
        return self.current.refresh if self.current else None

    def forget(self) -> None:
        if self.current is not None:
            self.current = _spent(self.current)


@dataclass(kw_only=True)
class SharedTokens:
    """The token of a stored connection, in the database."""

    sessions: Sessions
    vault: Vault
    connection_id: int
    system: str
    clock: Callable[[], datetime]
    sleep: Callable[[float], None] = time.sleep
    _known: Token | None = field(default=None, repr=False)  # spares a look per request

    def get(self, fetch: Callable[[], Token], most_a_day: int | None) -> str:
        waits_until = time.monotonic() + _WAIT
        while self._known is None or not _holds(self._known, self.clock()):
            self._known = self._stored()
            if self._known is not None and _holds(self._known, self.clock()):
                break
            if self._claim(most_a_day):
                self._known = self._fetched(fetch)
                break
            if time.monotonic() > waits_until:
                raise TransientError(f"another process fetches a token from {self.system}")
            self.sleep(_LOOK_AGAIN)
        return self._known.access

    def refresh(self) -> str | None:
        stored = self._stored()
        return stored.refresh if stored else None

    def forget(self) -> None:
        refused, self._known = self._known, None
        with self.sessions.write() as session:
            row = session.get(PmsToken, self.connection_id, with_for_update=True)
            if row is None or refused is None:
                return
            stored = _opened(self.vault, row)
            # another process may have fetched a new one already
            if stored is not None and stored.access == refused.access:
                row.expires_at = None

    def _stored(self) -> Token | None:
        with self.sessions.read() as session:
            row = session.get(PmsToken, self.connection_id)
            return _opened(self.vault, row) if row is not None else None

    def _claim(self, most_a_day: int | None) -> bool:
        """Whether this process may fetch now. It counts already: the system counts a token whose
        answer was lost too."""
        now = self.clock()
        with self.sessions.write() as session:
            row = _row(session, self.connection_id)
            stored = _opened(self.vault, row)
            is_claimed = row.claimed_until is not None and row.claimed_until > now
            if is_claimed or (stored is not None and _holds(stored, now)):
                return False
            lately = _lately(row.fetched, now)
            if most_a_day is not None and len(lately) >= most_a_day:
                free_at = from_micros(lately[-most_a_day]) + A_DAY
                raise RateLimited(
                    f"{self.system} gives no more access tokens today; we ask again by ourselves",
                    retry_after=(free_at - now).total_seconds(),
                )
            row.claimed_until = now + _CLAIMED_FOR
            row.fetched = [*lately, to_micros(now)]
            return True

    def _fetched(self, fetch: Callable[[], Token]) -> Token:
        try:
            token = _with_refresh(fetch(), self.refresh())
        except CredentialsRefused:
            # whoever types the right ones in shall not wait for tomorrow
            self._release(is_counted=False)
            raise
        except BaseException:
            self._release(is_counted=True)
            raise
        with self.sessions.write() as session:
            keep_token(session, self.vault, self.connection_id, token)
        return token

    def _release(self, *, is_counted: bool) -> None:
        with self.sessions.write() as session:
            row = session.get(PmsToken, self.connection_id, with_for_update=True)
            if row is not None:
                row.claimed_until = None
                row.fetched = row.fetched if is_counted else row.fetched[:-1]


def keep_token(
    session: Session,
    vault: Vault,
    connection_id: int,
    token: Token,
    *,
    fetched_at: datetime | None = None,
) -> None:
    """Store a token that was fetched, and let others use it; `fetched_at` where it does not count
    yet."""
    row = _row(session, connection_id)
    if fetched_at is not None:
        row.fetched = [*_lately(row.fetched, fetched_at), to_micros(fetched_at)]
    row.token = vault.seal(json.dumps({"access": token.access, "refresh": token.refresh}))
    row.expires_at = token.expires_at
    row.claimed_until = None


def drop_token(session: Session, connection_id: int, *, are_counted: bool) -> None:
    """What came of earlier credentials is not used any more; `are_counted`: the tokens of today
    still count, since the credentials are the same."""
    row = _row(session, connection_id)
    row.token = row.expires_at = row.claimed_until = None
    if not are_counted:
        row.fetched = []


def _row(session: Session, connection_id: int) -> PmsToken:
    row = session.get(PmsToken, connection_id, with_for_update=True)
    if row is None:
        insert = _INSERTS[session.get_bind().dialect.name]
        session.execute(insert, [{"connection_id": connection_id, "fetched": []}])
        row = session.get(PmsToken, connection_id, with_for_update=True)
    assert row is not None
    return row


def _opened(vault: Vault, row: PmsToken) -> Token | None:
    if row.token is None:
        return None
    said = json.loads(vault.open(row.token))
    ended = datetime.fromtimestamp(0, UTC)
    return Token(access=said["access"], refresh=said["refresh"], expires_at=row.expires_at or ended)


def _holds(token: Token, now: datetime) -> bool:
    return token.expires_at - now > FRESH_FOR


def _with_refresh(token: Token, earlier: str | None) -> Token:
    """Some systems give a refresh token once and not with each renewal."""
    if token.refresh or not earlier:
        return token
    return Token(access=token.access, expires_at=token.expires_at, refresh=earlier)


def _spent(token: Token) -> Token:
    return Token(
        access=token.access, expires_at=datetime.fromtimestamp(0, UTC), refresh=token.refresh
    )


def _lately(fetched: Sequence[int], now: datetime) -> list[int]:
    after = to_micros(now - A_DAY)
    return [instant for instant in fetched if instant > after]
