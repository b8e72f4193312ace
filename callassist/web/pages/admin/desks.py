"""One desk: its operators and their shifts."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from callassist import roster
from callassist.accounts.desks import OperatorInput, find_desk, update_operator
from callassist.web.pages import asking
from callassist.web.pages.admin.index import UTC_ZONE
from callassist.web.pages.admin.queries import desk_page
from callassist.web.pages.forms import Form
from callassist.web.translate import gettext as _


def show(desk_id: str) -> ResponseReturnValue:
    """Operators and shifts."""
    return _page(desk_id, Form())


def add_shift(desk_id: str) -> ResponseReturnValue:
    """Roster somebody."""
    form = Form.of_request()
    with form.taking_errors(), asking.writing() as session:
        find_desk(session, asking.viewer(), desk_id)
        roster.add_shift(
            session,
            asking.viewer(),
            form["operator"],
            form.required_instant("starts_at", UTC_ZONE),
            form.required_instant("ends_at", UTC_ZONE),
        )
    if form.is_refused:
        return _page(desk_id, form)
    flash(_("Rostered."))
    return redirect(url_for("admin.desk", desk_id=desk_id))


def remove_shift(desk_id: str, shift_id: str) -> ResponseReturnValue:
    """Take a shift off the roster."""
    with asking.writing() as session:
        roster.remove_shift(session, asking.viewer(), shift_id)
    flash(_("The shift is removed."))
    return redirect(url_for("admin.desk", desk_id=desk_id))


def set_operator(desk_id: str, operator_id: str) -> ResponseReturnValue:
    """Change an operator's languages, or whether they work here."""
    form = Form.of_request()
    with form.taking_errors(), asking.writing() as session:
        typed = OperatorInput(languages=form.words("languages"), active=form.has("active"))
        vault = asking.service().vault
        update_operator(session, vault, asking.viewer(), operator_id, typed)
    if form.is_refused:
        flash(" ".join(form.errors.values()), "refused")
    else:
        flash(_("Saved."))
    return redirect(url_for("admin.desk", desk_id=desk_id))


def _page(desk_id: str, form: Form) -> ResponseReturnValue:
    with asking.reading() as session:
        screen = desk_page(session, asking.viewer(), desk_id, asking.now())
    page = render_template(
        "admin/desk.html",
        screen=screen,
        form=form,
        zone=UTC_ZONE,
        operators=[
            (one.public_id, one.desk_name) for one, _state in screen.operators if one.active
        ],
    )
    return page, 422 if form.is_refused else 200
