"""S1, the wallboard: figures to be read from four metres; also by a secret address for a kiosk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from callassist.domain.supervision import LinkKind
from callassist.models import Desk
from callassist.roster.desk_links import desk_of_link, make_desk_link, revoke_desk_link
from callassist.roster.desks import desk_zone
from callassist.web.pages import asking
from callassist.web.pages.board.desks import chosen
from callassist.web.pages.board.figures import board
from callassist.web.translate import gettext as _


def show() -> ResponseReturnValue:
    """The wallboard of one desk."""
    now = asking.now()
    with asking.reading() as database:
        desk = chosen(database).desk
        return _page(database, desk, now, "board/wall.html", url_for("board.wall_fragment"))


def fragment() -> ResponseReturnValue:
    """The part that changes."""
    now = asking.now()
    with asking.reading() as database:
        return _page(database, chosen(database).desk, now, "board/wall_now.html", "")


def by_link(token: str) -> ResponseReturnValue:
    """The same for a screen on the wall, which nobody signs in to."""
    now = asking.now()
    with asking.reading() as database:
        desk = _desk_of(database, token)
        source = url_for("board_links.wall_fragment", token=token)
        return _page(database, desk, now, "board/wall.html", source, kiosk=True)


def fragment_by_link(token: str) -> ResponseReturnValue:
    """The part that changes, for that screen."""
    now = asking.now()
    with asking.reading() as database:
        return _page(database, _desk_of(database, token), now, "board/wall_now.html", "")


def make_link() -> ResponseReturnValue:
    """Make a secret address; it is shown once."""
    kind = LinkKind(request.form.get("kind", "")) if request.form.get("kind") in _KINDS else None
    if kind is None:
        abort(400)
    with asking.writing() as database:
        desk = chosen(database).desk
        token = make_desk_link(database, asking.viewer(), desk, kind, now=asking.now())
    if kind is LinkKind.WALL:
        address = url_for("board_links.wall", token=token, _external=False)
    else:
        address = url_for("board_links.calendar", token=token, _external=False)
    base = asking.service().settings.service.public_url.rstrip("/")
    return render_template("board/link.html", kind=kind, address=base + address)


def revoke_link(link_id: str) -> ResponseReturnValue:
    """The address stops working at once."""
    with asking.writing() as database:
        revoke_desk_link(database, asking.viewer(), link_id, now=asking.now())
    flash(_("This address does not work any more."))
    return redirect(url_for("board.shifts") if request.form.get("back") else url_for("board.index"))


_KINDS = tuple(str(kind) for kind in LinkKind)


def _desk_of(database: Session, token: str) -> Desk:
    link = desk_of_link(database, token, LinkKind.WALL)
    if link is None:
        abort(404)
    return link.desk


def _page(
    database: Session, desk: Desk, now: datetime, template: str, source: str, **more: Any
) -> str:
    late_after = asking.service().escalation.settings.page_supervisor_after
    return render_template(
        template,
        desk=desk,
        board=board(database, desk, late_after, now),
        board_zone=desk_zone(database, desk),
        source=source,
        moment_now=now,
        **more,
    )
