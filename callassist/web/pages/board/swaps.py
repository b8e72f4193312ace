"""Swaps of shifts that two operators agreed on: a supervisor confirms or refuses them."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from callassist.errors import Conflict, InvalidInput
from callassist.notifications.swap_news import tell_of_swap
from callassist.roster import swaps
from callassist.roster.desks import desk_zone
from callassist.roster.local_days import monday_of
from callassist.roster.swap_lists import desk_swaps
from callassist.web.pages import asking
from callassist.web.pages.board.desks import chosen
from callassist.web.pages.refusals import in_words
from callassist.web.translate import gettext as _


def fragment() -> ResponseReturnValue:
    """The requests alone."""
    now = asking.now()
    with asking.reading() as database:
        desk = chosen(database).desk
        lines = desk_swaps(database, asking.viewer(), desk, now)
        zone = desk_zone(database, desk)
    return render_template("board/swaps.html", swaps=lines, zone=zone)


def confirm(swap_id: str) -> ResponseReturnValue:
    """Change the roster as the two agreed."""
    now = asking.now()
    try:
        with asking.writing() as database:
            swap = swaps.confirm(database, asking.viewer(), swap_id, now)
            tell_of_swap(database, swap, now)
            zone = desk_zone(database, chosen(database).desk)
        flash(_("The swap is on the roster; both are told."))
        week = monday_of(swap.starts_at.astimezone(zone).date())
        return redirect(url_for("board.shifts", week=week))
    except (Conflict, InvalidInput) as error:
        flash(in_words(error), "refused")
    return redirect(url_for("board.shifts", _anchor="swaps"))


def refuse(swap_id: str) -> ResponseReturnValue:
    """Leave the roster as it is."""
    now = asking.now()
    try:
        with asking.writing() as database:
            answer = request.form.get("answer", "")
            swap = swaps.refuse(database, asking.viewer(), swap_id, answer, now)
            tell_of_swap(database, swap, now)
        flash(_("Refused; both are told why."))
    except (Conflict, InvalidInput) as error:
        flash(in_words(error), "refused")
    return redirect(url_for("board.shifts", _anchor="swaps"))
