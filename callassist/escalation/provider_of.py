"""Which network a call or a text was asked of: another one's word about it does not count."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from callassist.domain.dial import DialMode
from callassist.models import CallAttempt, GuestText, IncomingCall, PhoneRing
from callassist.storage.recent import Recent
from callassist.storage.sessions import Sessions

_REMEMBERED = 20_000  # some hours of calls
_DIAL = select(CallAttempt.id, CallAttempt.provider, CallAttempt.mode).where(
    CallAttempt.dial_token == bindparam("token")
)
_OTHERS = tuple(
    select(provider).where(column == bindparam("token"))
    for provider, column in (
        (GuestText.provider, GuestText.token),
        (PhoneRing.provider, PhoneRing.token),
        (IncomingCall.provider, IncomingCall.token),
        (CallAttempt.provider, CallAttempt.public_id),  # which a browser names
    )
)


@dataclass(frozen=True, slots=True)
class _Dial:
    id: int
    provider: str
    has_operator: bool


class Providers:
    """Asks the database once about each dial, of which a dozen reports come: which one has a token,
    and on which network it is made, never changes."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._guard = threading.Lock()
        self._dials: Recent[str, _Dial] = Recent(_REMEMBERED)

    def of(self, token: str) -> str | None:
        """The network's name; None when no call and no text has this token."""
        known = self._known(token)
        if known is not None:
            return known.provider
        with self._sessions.read() as session:
            row = session.connection().execute(_DIAL, {"token": token}).one_or_none()
            if row is None:
                others = (_asked(session, one, token) for one in _OTHERS)
                return next((one for one in others if one is not None), None)
        found = _Dial(row.id, row.provider, row.mode != DialMode.AUTOMATIC)
        with self._guard:
            self._dials.put(token, found)
        return found.provider

    def operators_dial(self, token: str) -> int | None:
        """The id of an operator's dial whose network was asked for before; None: nobody knows."""
        known = self._known(token)
        return known.id if known is not None and known.has_operator else None

    def _known(self, token: str) -> _Dial | None:
        with self._guard:
            return self._dials.get(token)


def _asked(session: Session, question: Select[str], token: str) -> str | None:
    found: str | None = session.connection().execute(question, {"token": token}).scalar()
    return found
