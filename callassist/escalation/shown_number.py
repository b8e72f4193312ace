"""Which number a call or a text shows; None is the one that its network has for itself."""

from __future__ import annotations

from sqlalchemy.orm import Session

from callassist.domain.own_network import is_own
from callassist.models import Account


def shown_number(session: Session, account_id: int, provider: str) -> str | None:
    """The account's number at the service's network; over its own network, that one's own:
    a number of one provider account cannot be shown over another."""
    if is_own(provider):
        return None
    return session.get_one(Account, account_id).caller_id
