"""Invitations that wait to be accepted, for those who may send them again or take them back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Select, or_, select, true
from sqlalchemy.orm import Session

from callassist.accounts.invitations import VALID_FOR
from callassist.domain.viewer import Role, Viewer
from callassist.errors import NotFound
from callassist.models import Account, Desk, Invitation

_SHOWN_FOR = VALID_FOR * 4  # also those that have expired meanwhile


def pending(session: Session, viewer: Viewer, account: Account, now: datetime) -> list[Invitation]:
    """Invitations to one of the viewer's accounts that wait or have expired, newest first."""
    if not (viewer.is_admin or account.id in viewer.account_ids):
        raise NotFound("no such account")
    mine = _waiting(Invitation.account_id == account.id, now)
    return list(session.scalars(mine.order_by(Invitation.id.desc())))


def waiting(viewer: Viewer, now: datetime) -> Select[Invitation]:
    """Every invitation that the viewer may see: to their accounts, and to desks that they run."""
    if viewer.is_admin:
        return _waiting(true(), now)
    supervised = [desk for desk, roles in viewer.desk_roles.items() if Role.SUPERVISOR in roles]
    written = [account for account in viewer.account_ids if viewer.can_write(account)]
    own_desks = select(Desk.id).where(Desk.account_id.in_(written))
    mine = or_(
        Invitation.account_id.in_(viewer.account_ids),
        Invitation.desk_id.in_(supervised),
        Invitation.desk_id.in_(own_desks),
    )
    return _waiting(mine, now)


def _waiting(where: ColumnElement[bool], now: datetime) -> Select[Invitation]:
    return select(Invitation).where(
        where,
        Invitation.accepted_at.is_(None),
        Invitation.revoked_at.is_(None),
        Invitation.expires_at > now - _SHOWN_FOR,
    )
