"""`Idempotency-Key`: a POST that is sent again does nothing again and gets the same answer.

The answer is stored in the transaction of what was done, so there is never one without the other.
A refused request did nothing and is not remembered: it may be sent again under its key. What is
done elsewhere before that transaction is done under a key that was claimed, and stored, first.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Request
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from callassist.errors import Conflict, InvalidInput, ServiceBusy
from callassist.models import Idempotency
from callassist.storage.vault import Vault

HEADER = "Idempotency-Key"
KEPT_FOR = timedelta(hours=24)
LONGEST_KEY = 255
WORKED_ON_FOR = timedelta(minutes=5)  # longer than any request: whoever claimed it is gone
_KEY = re.compile(rf"[!-~]{{1,{LONGEST_KEY}}}")


@dataclass(frozen=True, kw_only=True)
class Key:
    """One key of one token, and what was asked for under it."""

    token_id: int
    key: str
    request_hash: str


@dataclass(frozen=True)
class Remembered:
    """The answer that was given before."""

    status: int
    body: str


class InFlight:
    """Keys that this process is working on."""

    def __init__(self) -> None:
        self._keys: set[tuple[int, str]] = set()
        self._lock = threading.Lock()

    @contextmanager
    def claim(self, key: Key) -> Iterator[None]:
        """Work on a key; Conflict while another request of this process does."""
        mine = (key.token_id, key.key)
        with self._lock:
            if mine in self._keys:
                raise Conflict(f"the request with this {HEADER} is being worked on; ask again")
            self._keys.add(mine)
        try:
            yield
        finally:
            with self._lock:
                self._keys.discard(mine)


def key_of(request: Request, token_id: int, body: bytes) -> Key | None:
    """The request's key; None without the header; InvalidInput for one that cannot be used."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        raise InvalidInput(f"1 to {LONGEST_KEY} visible ASCII characters", HEADER)
    asked = b"\x00".join((request.full_path.encode(), body))
    return Key(token_id=token_id, key=key, request_hash=hashlib.sha256(asked).hexdigest())


def recall(session: Session, vault: Vault, key: Key, now: datetime) -> Remembered | None:
    """The answer given before, None for a new key; InvalidInput when it was for something else.

    `now` is real time. A new key is claimed, for this transaction or, once that is stored, for the
    next one too.
    """
    row = _row(session, key)
    if row is not None and row.created_at <= now - (WORKED_ON_FOR if _is_open(row) else KEPT_FOR):
        session.execute(delete(Idempotency).where(Idempotency.id == row.id))
        row = None
    if row is None:
        _claim(session, key, now)
        return None
    if row.request_hash != key.request_hash:
        raise InvalidInput("was used for another request; take a new key", HEADER)
    if row.status is None:
        raise Conflict(f"the request with this {HEADER} is being worked on; ask again")
    return Remembered(row.status, "" if row.body is None else vault.open(row.body))


def forget(session: Session, key: Key) -> None:
    """Give a claimed key back: what was asked for was refused."""
    row = _row(session, key)
    if row is not None and _is_open(row) and row.request_hash == key.request_hash:
        session.delete(row)


def remember(session: Session, vault: Vault, key: Key, status: int, body: str) -> None:
    """Store the answer, sealed: it may hold a secret that is shown once."""
    row = _row(session, key)
    assert row is not None, "claimed at the beginning of this transaction, or before it"
    row.status = status
    row.body = vault.seal(body) if body else None
    session.flush()


def _claim(session: Session, key: Key, now: datetime) -> None:
    session.add(
        Idempotency(
            token_id=key.token_id, key=key.key, request_hash=key.request_hash, created_at=now
        )
    )
    try:
        session.flush()
    except IntegrityError:  # another process was faster and has committed meanwhile
        raise ServiceBusy(f"the request with this {HEADER} has just been done; ask again") from None


def _is_open(row: Idempotency) -> bool:
    return row.status is None


def _row(session: Session, key: Key) -> Idempotency | None:
    return session.scalars(
        select(Idempotency).where(Idempotency.token_id == key.token_id, Idempotency.key == key.key)
    ).first()
