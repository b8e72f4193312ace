"""A connection's token, sealed and shared: one process fetches a new one, the others wait for it.

Brands replace the refresh token each time and forget the old one, so two that fetch at once would
lose the permission.
"""

from __future__ import annotations

import json
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.errors import NotFound, TransientError
from callassist.models import SensorAccess
from callassist.ports.pms_access import CredentialsRefused, Token
from callassist.sensors.asked.brands import TITLES, Asking
from callassist.sensors.asked.permission import refresh
from callassist.storage.vault import Vault

LEFT = timedelta(minutes=5)  # a token that holds no longer is replaced
CLAIM = timedelta(seconds=40)  # longer than the request for a token may take
_TURNS, _PAUSE = 100, 0.2


def keep_token(vault: Vault, row: SensorAccess, token: Token) -> None:
    """Seal it into the row; it is not refused any more."""
    row.token = vault.seal(json.dumps({"access": token.access, "refresh": token.refresh}))
    row.expires_at = token.expires_at
    row.token_claimed_until = None
    row.refused_at = None


def access_token(asking: Asking, brand: str, connection_id: int, *, not_this: str = "") -> str:
    """The token to ask with; `not_this` is one that the brand refused.

    CredentialsRefused when the owner has to connect again.
    """
    for _ in range(_TURNS):
        held, must_fetch = _look(asking, brand, connection_id, not_this)
        if held is not None and must_fetch:
            return _fetch(asking, brand, connection_id, held)
        if held is not None:
            return held.access
        asking.sleep(_PAUSE)
    raise TransientError(f"{TITLES[brand]}: another process still fetches a token")


def _look(
    asking: Asking, brand: str, connection_id: int, not_this: str
) -> tuple[Token | None, bool]:
    """What is held, and whether this process is to replace it; None: another one does."""
    now = asking.now_real()
    with asking.sessions.read() as session:
        held = _held(asking.vault, _row(session, connection_id), brand)
    if held.expires_at > now + LEFT and held.access != not_this:
        return held, False
    with asking.sessions.write() as session:
        row = _row(session, connection_id, locked=True)
        held = _held(asking.vault, row, brand)
        if held.expires_at > now + LEFT and held.access != not_this:
            return held, False
        if row.token_claimed_until is not None and row.token_claimed_until > now:
            return None, False
        row.token_claimed_until = now + CLAIM
        return held, True


def _fetch(asking: Asking, brand: str, connection_id: int, held: Token) -> str:
    try:
        if held.refresh is None:
            raise CredentialsRefused(f"{TITLES[brand]} gave no permission that lasts")
        token = refresh(asking, brand, held.refresh)
    except BaseException:
        with asking.sessions.write() as session:
            _row(session, connection_id, locked=True).token_claimed_until = None
        raise
    with asking.sessions.write() as session:
        keep_token(asking.vault, _row(session, connection_id, locked=True), token)
    return token.access


def _held(vault: Vault, row: SensorAccess, brand: str) -> Token:
    if row.token is None or row.refused_at is not None or row.expires_at is None:
        raise CredentialsRefused(f"{TITLES[brand]} has to be connected again")
    told = json.loads(vault.open(row.token))
    return Token(access=told["access"], refresh=told["refresh"], expires_at=row.expires_at)


def _row(session: Session, connection_id: int, *, locked: bool = False) -> SensorAccess:
    query = select(SensorAccess).where(SensorAccess.connection_id == connection_id)
    row = session.scalars(query.with_for_update() if locked else query).first()
    if row is None:
        raise NotFound("this connection was removed")
    return row
