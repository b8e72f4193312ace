"""How I sign in, and where I am signed in: each browser can be signed out from here."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from callassist.accounts import second_factor, sign_in_sessions
from callassist.web.pages import asking
from callassist.web.pages.entry import firm, letting_in
from callassist.web.pages.people import mine, way_words
from callassist.web.translate import gettext as _
from callassist.web.translate import ngettext


def show() -> ResponseReturnValue:
    """Password, second step, browsers."""
    person, now = mine.me(), datetime.now(UTC)
    with asking.reading() as session:
        open_ones = sign_in_sessions.sessions_of(session, person.id, letting_in.this_token(), now)
        is_on = second_factor.is_on(session, person.id)
        codes_left = second_factor.recovery_codes_left(session, person.id)
        zone = mine.my_zone(session)
    return render_template(
        "people/ways_in.html",
        sessions=open_ones,
        second_step=is_on,
        codes_left=codes_left,
        has_password=person.password is not None,
        by_firm=person.firm_subject is not None,
        firm=firm.button(),
        may_use_password=firm.may_use_password(person.email),
        way_words=way_words,
        zone=zone,
        real_now=now,
    )


def end(session_id: str) -> ResponseReturnValue:
    """Sign one browser out."""
    with asking.writing() as session:
        sign_in_sessions.end(session, mine.me().id, session_id, datetime.now(UTC))
    flash(_("Signed out there."))
    return redirect(url_for("people.ways_in"))


def end_others() -> ResponseReturnValue:
    """Sign every other browser out."""
    with asking.writing() as session:
        count = sign_in_sessions.end_others(
            session, mine.me().id, letting_in.this_token(), datetime.now(UTC)
        )
    flash(
        ngettext("Signed out in %(num)s browser.", "Signed out in %(num)s browsers.", count)
        if count
        else _("You were signed in nowhere else.")
    )
    return redirect(url_for("people.ways_in"))
