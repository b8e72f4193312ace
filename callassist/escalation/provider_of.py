"""Which network a call or a text was asked of: another one's word about it does not count."""

from __future__ import annotations

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from callassist.models import CallAttempt, GuestText, IncomingCall, PhoneRing

_ASKED = tuple(
    select(provider).where(column == bindparam("token"))
    for provider, column in (
        (CallAttempt.provider, CallAttempt.dial_token),
        (GuestText.provider, GuestText.token),
        (PhoneRing.provider, PhoneRing.token),
        (IncomingCall.provider, IncomingCall.token),
        (CallAttempt.provider, CallAttempt.public_id),  # which a browser names
    )
)


def provider_of(session: Session, token: str) -> str | None:
    """The network's name; None when no call and no text has this token."""
    for asked in _ASKED:
        found: str | None = session.connection().execute(asked, {"token": token}).scalar()
        if found is not None:
            return found
    return None
