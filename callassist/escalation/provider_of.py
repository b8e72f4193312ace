"""Which network a call or a text was asked of: another one's word about it does not count."""

from __future__ import annotations

import threading

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from callassist.models import CallAttempt, GuestText, IncomingCall, PhoneRing
from callassist.storage.recent import Recent
from callassist.storage.sessions import Sessions

_REMEMBERED = 20_000  # some hours of calls
_DIAL = select(CallAttempt.provider).where(CallAttempt.dial_token == bindparam("token"))
_OTHERS = tuple(
    select(provider).where(column == bindparam("token"))
    for provider, column in (
        (GuestText.provider, GuestText.token),
        (PhoneRing.provider, PhoneRing.token),
        (IncomingCall.provider, IncomingCall.token),
        (CallAttempt.provider, CallAttempt.public_id),  # which a browser names
    )
)


class Providers:
    """Asks the database once about each dial, of which a dozen reports come: a dial's network
    never changes."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._guard = threading.Lock()
        self._dials: Recent[str, str] = Recent(_REMEMBERED)

    def of(self, token: str) -> str | None:
        """The network's name; None when no call and no text has this token."""
        with self._guard:
            known = self._dials.get(token)
        if known is not None:
            return known
        with self._sessions.read() as session:
            found = _asked(session, _DIAL, token)
            if found is None:
                others = (_asked(session, one, token) for one in _OTHERS)
                return next((one for one in others if one is not None), None)
        with self._guard:
            self._dials.put(token, found)
        return found


def _asked(session: Session, question: Select[str], token: str) -> str | None:
    found: str | None = session.connection().execute(question, {"token": token}).scalar()
    return found
