"""Where somebody can be told things: in one of their accounts, or at a desk of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.accounts.people import accounts
from callassist.domain.viewer import Viewer
from callassist.errors import NotFound
from callassist.models import Account, Desk


@dataclass(frozen=True, kw_only=True)
class ToldAt:
    """One account or one desk."""

    key: str  # in addresses and forms
    name: str
    account: Account | None = None
    desk: Desk | None = None


def places(session: Session, viewer: Viewer) -> list[ToldAt]:
    """Accounts first, then desks."""
    found = [
        ToldAt(key=f"account-{one.public_id}", name=one.name, account=one)
        for one in accounts(session, viewer)
    ]
    desks = select(Desk).where(Desk.id.in_(viewer.desk_ids)).order_by(Desk.name, Desk.id)
    found += [ToldAt(key=desk_key(one), name=one.name, desk=one) for one in session.scalars(desks)]
    return found


def desk_key(desk: Desk) -> str:
    """A desk's key in addresses and forms."""
    return f"desk-{desk.public_id}"


def chosen(session: Session, viewer: Viewer) -> tuple[ToldAt | None, Sequence[ToldAt]]:
    """The place that the request names, else the first; None for who has none."""
    mine = places(session, viewer)
    named = request.values.get("place", "")
    if not named:
        return (mine[0] if mine else None), mine
    for place in mine:
        if place.key == named:
            return place, mine
    raise NotFound("no such place")
