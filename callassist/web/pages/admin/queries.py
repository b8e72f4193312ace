"""What the administration's screens list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import roster
from callassist.accounts.agreements import agreements
from callassist.accounts.desks import desks, find_desk, operators
from callassist.accounts.people import accounts
from callassist.domain.viewer import Viewer
from callassist.models import Account, Desk, Operator, Presence, ServiceAgreement, Shift

_SHIFTS_FROM, _SHIFTS_TO = timedelta(days=1), timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Overview:
    """Accounts, desks and agreements."""

    accounts: Sequence[Account]
    desks: Sequence[Desk]
    agreements: Sequence[tuple[ServiceAgreement, Desk, Account]]
    account_names: dict[int, str]


@dataclass(frozen=True, kw_only=True)
class DeskPage:
    """One desk: who works there, what they do now, who is rostered."""

    desk: Desk
    operators: Sequence[tuple[Operator, str]]
    shifts: Sequence[tuple[Shift, Operator]]


def overview(session: Session, viewer: Viewer) -> Overview:
    """Everything that the viewer administers."""
    all_accounts, all_desks = accounts(session, viewer), desks(session, viewer)
    by_account = {one.id: one for one in all_accounts}
    by_desk = {one.id: one for one in all_desks}
    return Overview(
        accounts=all_accounts,
        desks=all_desks,
        agreements=[
            (one, by_desk[one.desk_id], by_account[one.account_id])
            for one in agreements(session, viewer)
            if one.desk_id in by_desk and one.account_id in by_account
        ],
        account_names={one.id: one.name for one in all_accounts},
    )


def desk_page(session: Session, viewer: Viewer, desk_id: str, now: datetime) -> DeskPage:
    """One desk with the shifts of the coming weeks."""
    desk = find_desk(session, viewer, desk_id)
    workers = operators(session, viewer, desk)
    rows = session.scalars(
        select(Presence).where(Presence.operator_id.in_([one.id for one in workers]))
    )
    states = {row.operator_id: row.state for row in rows}
    return DeskPage(
        desk=desk,
        operators=[(one, states.get(one.id, "offline")) for one in workers],
        shifts=roster.shifts(session, viewer, desk, now - _SHIFTS_FROM, now + _SHIFTS_TO),
    )
