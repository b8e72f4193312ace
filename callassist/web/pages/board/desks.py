"""Which desks somebody runs, and which of them a page is about."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g, request, session
from sqlalchemy import bindparam, false, or_, select, true
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from callassist.domain.call_takers import CallTakers
from callassist.domain.viewer import Role, Viewer
from callassist.errors import NotFound
from callassist.models import Account, Desk
from callassist.roster.swap_lists import swaps_to_decide
from callassist.web.pages import asking

_CHOSEN = "board_desk"
_BY_PHONE = select(Account.id).where(Account.calls_by == CallTakers.ON_CALL)
_MANNED = select(Desk.id).where(or_(Desk.account_id.is_(None), Desk.account_id.not_in(_BY_PHONE)))
_MANNED_HERE = _MANNED.where(
    or_(
        Desk.id.in_(bindparam("supervised", expanding=True)),
        Desk.account_id.in_(bindparam("owned", expanding=True)),
    )
).limit(1)


@dataclass(frozen=True, kw_only=True)
class DeskChoice:
    """The desk of a page, and the others that could be chosen."""

    desk: Desk
    others: tuple[Desk, ...]
    swaps_waiting: int  # shift swaps to confirm or refuse


def runs_any() -> bool:
    """Whether the signed-in person runs a desk at which people sit."""
    if "runs_desk" not in g:
        g.runs_desk = _runs_any(asking.viewer())
    return bool(g.runs_desk)


def _runs_any(viewer: Viewer) -> bool:
    supervised, owned = _reach(viewer)
    if not (viewer.is_admin or supervised or owned):
        return False
    with asking.reading() as database:
        if viewer.is_admin:
            found = database.execute(_MANNED.limit(1))
        else:
            found = database.execute(_MANNED_HERE, {"supervised": supervised, "owned": owned})
        return found.first() is not None


def runs(viewer: Viewer) -> ColumnElement[bool]:
    """The condition that a desk is run by `viewer`."""
    if viewer.is_admin:
        return true()
    supervised, owned = _reach(viewer)
    if not supervised and not owned:
        return false()
    return or_(Desk.id.in_(supervised), Desk.account_id.in_(owned))


def _reach(viewer: Viewer) -> tuple[list[int], list[int]]:
    """The desks that somebody supervises, and the accounts whose own desks they run."""
    supervised = [
        desk_id for desk_id, roles in viewer.desk_roles.items() if Role.SUPERVISOR in roles
    ]
    return supervised, [one for one in viewer.account_roles if viewer.can_write(one)]


def chosen(database: Session) -> DeskChoice:
    """The desk that was asked for, else the one looked at last, else the first."""
    wanted = request.values.get("desk") or session.get(_CHOSEN)
    mine = list(
        database.scalars(select(Desk).where(runs(asking.viewer())).order_by(Desk.name, Desk.id))
    )
    if not mine:
        raise NotFound("no such desk")
    desk = next((one for one in mine if one.public_id == wanted), None)
    if desk is None:
        if request.values.get("desk"):
            raise NotFound("no such desk")
        desk = mine[0]
    if session.get(_CHOSEN) != desk.public_id:
        session[_CHOSEN] = desk.public_id
    return DeskChoice(
        desk=desk,
        others=tuple(one for one in mine if one.id != desk.id),
        swaps_waiting=swaps_to_decide(database, desk, asking.now()),
    )
