"""Where a host fills a night that nobody has; a desk that works for others fills it itself."""

from __future__ import annotations

from flask import url_for
from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session

from callassist.domain.call_takers import CallTakers
from callassist.domain.coverage import Coverage, MissingPart
from callassist.models import Account, Desk

OF_A_ROSTER = frozenset({MissingPart.OPERATOR, MissingPart.OPERATOR_LANGUAGE})
_TAKERS = select(Account.calls_by, exists().where(Desk.account_id == Account.id)).where(
    Account.id == bindparam("account")
)


def roster_url(session: Session, account_id: int) -> str:
    """The page of the account's own roster or rota; empty when another's desk answers."""
    calls_by, own = session.execute(_TAKERS, {"account": account_id}).one()
    if calls_by == CallTakers.ON_CALL:
        return url_for("host.duty")
    return url_for("board.shifts") if own and calls_by != CallTakers.SERVICED else ""


def roster_url_if_lacking(session: Session, account_id: int, coverage: Coverage) -> str:
    """The same where somebody is lacking, else empty without asking."""
    is_lacking = not OF_A_ROSTER.isdisjoint(coverage.missing)
    return roster_url(session, account_id) if is_lacking else ""
