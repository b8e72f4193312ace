"""Giving a shift away or swapping it, as operators ask and answer; and their own calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from callassist.errors import Conflict, InvalidInput, NotFound
from callassist.models import Operator, ShiftSwap
from callassist.notifications.swap_news import tell_of_swap
from callassist.roster import swaps
from callassist.roster.shift_feed import end_own_feed, renew_own_feed
from callassist.roster.swap_lists import shift_to_give
from callassist.web.pages import asking
from callassist.web.pages.desk import places
from callassist.web.pages.desk.shifts import shift_page
from callassist.web.pages.desk.swap_queries import (
    choices_with,
    colleague_of,
    colleagues_for,
    roster_of,
)
from callassist.web.pages.forms import Form
from callassist.web.pages.refusals import in_words
from callassist.web.translate import gettext as _

Answer = Callable[[Session, Operator, str, datetime], ShiftSwap]


def roster_fragment() -> ResponseReturnValue:
    """What I asked and was asked, and when I come again."""
    now = asking.now()
    with asking.reading() as database:
        roster = roster_of(database, places.me(database), now)
        zone = places.zone(database)
    return render_template("desk/roster.html", roster=roster, zone=zone)


def ask(shift_id: str) -> ResponseReturnValue:
    """Choose a colleague, then what to take in return; sent, they are asked."""
    form, now = Form.of_request() if asking.is_sent() else Form(), asking.now()
    if asking.is_sent():
        with form.taking_errors(), asking.writing() as database:
            operator = places.me(database)
            typed = swaps.SwapInput(
                shift_id=shift_id,
                colleague_id=form["colleague"],
                return_id=form.optional("return"),
                reason=form["reason"],
            )
            swap = swaps.ask(database, operator, typed, now)
            tell_of_swap(database, swap, now)
            name = colleague_of(database, operator, form["colleague"]).desk_name
        if not form.is_refused:
            flash(_("%(who)s is asked. Until it is confirmed the shift stays yours.", who=name))
            return redirect(url_for("desk.shift", _anchor="swaps"))
    return _ask_page(shift_id, form, now)


def agree(swap_id: str) -> ResponseReturnValue:
    """I take it."""
    told = _("You agreed. A supervisor confirms it; until then nothing changes.")
    return _answer(swap_id, swaps.agree, told)


def decline(swap_id: str) -> ResponseReturnValue:
    """I cannot."""

    def move(database: Session, operator: Operator, public_id: str, now: datetime) -> ShiftSwap:
        return swaps.decline(database, operator, public_id, request.form.get("answer", ""), now)

    return _answer(swap_id, move, _("Declined. Nothing changes for you."))


def withdraw(swap_id: str) -> ResponseReturnValue:
    """I keep my shift after all."""
    told = _("Withdrawn. The shift stays yours.")
    return _answer(swap_id, swaps.withdraw, told)


def renew_calendar() -> ResponseReturnValue:
    """A new secret address; it is shown this once, so the page is the answer."""
    with asking.writing() as database:
        operator = places.me(database)
        token = renew_own_feed(database, asking.viewer(), operator, asking.now())
    base = asking.service().settings.service.public_url.rstrip("/")
    return shift_page(new_feed=base + url_for("board_links.calendar", token=token))


def end_calendar() -> ResponseReturnValue:
    """No calendar reads my shifts any more."""
    with asking.writing() as database:
        end_own_feed(database, asking.viewer(), places.me(database), asking.now())
    flash(_("No calendar reads your shifts any more."))
    return redirect(url_for("desk.shift", _anchor="calendar"))


def _answer(swap_id: str, move: Answer, told: str) -> ResponseReturnValue:
    now = asking.now()
    try:
        with asking.writing() as database:
            swap = move(database, places.me(database), swap_id, now)
            tell_of_swap(database, swap, now)
        flash(told)
    except (Conflict, InvalidInput) as error:
        flash(in_words(error), "refused")
    return redirect(url_for("desk.shift", _anchor="swaps"))


def _ask_page(shift_id: str, form: Form, now: datetime) -> ResponseReturnValue:
    wanted = request.args.get("with") or form.optional("colleague")
    with asking.reading() as database:
        around = places.surroundings(database, now)
        operator = places.me(database)
        shift = shift_to_give(database, operator, shift_id)
        chosen = None if wanted is None else _chosen(database, operator, wanted)
        page = render_template(
            "desk/swap.html",
            **around,
            shift=shift,
            has_begun=shift.starts_at <= now,
            chosen=chosen,
            colleagues=[] if chosen else colleagues_for(database, operator, shift),
            choices=choices_with(database, operator, shift, chosen, now) if chosen else None,
            longest=swaps.LONGEST_REASON,
            form=form,
            zone=places.zone(database),
        )
    return page, 422 if form.is_refused else 200


def _chosen(database: Session, operator: Operator, public_id: str) -> Operator | None:
    try:
        return colleague_of(database, operator, public_id)
    except NotFound:
        return None
