"""Switching the second step on and off; recovery codes are shown once."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import segno
from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from callassist.accounts import second_factor
from callassist.accounts.team_changes import TeamAction, note_change
from callassist.errors import InvalidInput
from callassist.web.pages import asking
from callassist.web.pages.forms import Form
from callassist.web.pages.people import mine
from callassist.web.translate import gettext as _


def set_up() -> ResponseReturnValue:
    """Show the secret, take the first code, then show the recovery codes once."""
    person = mine.me()
    form = Form.of_request() if asking.is_sent() else Form()
    now = datetime.now(UTC)
    with asking.reading() as session:
        if second_factor.is_on(session, person.id):
            return redirect(url_for("people.ways_in"))
    if form.sent:
        codes: tuple[str, ...] = ()
        with form.taking_errors(), asking.writing() as session:
            vault = asking.service().vault
            codes = second_factor.confirm(session, vault, person.id, form["code"], now)
            _note(session, TeamAction.SECOND_FACTOR_ON)
        if codes:
            return render_template("people/recovery_codes.html", codes=codes, is_new=True)
    with asking.writing() as session:
        enrolment = second_factor.prepare(
            session, asking.service().vault, person.id, person.email, now
        )
    page = render_template(
        "people/second_step.html", form=form, enrolment=enrolment, drawing=_drawing(enrolment.uri)
    )
    return page, 422 if form.is_refused else 200


def switch_off() -> ResponseReturnValue:
    """Take the second step away; asks for a code once more, so that a borrowed browser cannot."""
    person = mine.me()
    form = Form.of_request() if asking.is_sent() else Form()
    if form.sent:
        with form.taking_errors(), asking.writing() as session:
            _require_code(session, person.id, form["code"])
            second_factor.remove(session, person.id)
            _note(session, TeamAction.SECOND_FACTOR_OFF)
        if not form.is_refused:
            flash(_("The second step is off."), "watch")
            return redirect(url_for("people.ways_in"))
    page = render_template("people/second_step_off.html", form=form)
    return page, 422 if form.is_refused else 200


def new_codes() -> ResponseReturnValue:
    """New recovery codes in place of the old ones; asks for a code of the app first."""
    person, form = mine.me(), Form.of_request()
    codes: tuple[str, ...] = ()
    with form.taking_errors(), asking.writing() as session:
        _require_code(session, person.id, form["code"])
        codes = second_factor.renew_recovery_codes(session, person.id, datetime.now(UTC))
    if not codes:
        flash(" ".join(form.errors.values()), "refused")
        return redirect(url_for("people.ways_in"))
    return render_template("people/recovery_codes.html", codes=codes, is_new=False)


def _require_code(session: Session, person_id: int, code: str) -> None:
    vault = asking.service().vault
    if not second_factor.passes(session, vault, person_id, code, datetime.now(UTC)):
        raise InvalidInput(
            _("This code is not right, or was used already. Wait for the next one."), "code"
        )


def _note(session: Session, action: TeamAction) -> None:
    viewer = asking.viewer()
    places: list[int | None] = [*sorted(viewer.account_ids)]
    for account_id in places or [None]:
        note_change(
            session,
            viewer,
            action,
            now=asking.now(),
            account_id=account_id,
            person_id=viewer.person_id,
        )


def _drawing(uri: str) -> str:
    """The secret for a phone's camera."""
    drawn = io.BytesIO()
    segno.make(uri, error="m").save(
        drawn, kind="svg", xmldecl=False, svgns=True, border=2, omitsize=True, light="#fff"
    )
    return drawn.getvalue().decode()
