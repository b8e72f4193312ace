"""Signing in with a password or a one-time link, signing out, passwords, language."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from flask import abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_limiter.util import get_remote_address
from flask_security import login_user, logout_user

from callassist.accounts.people import set_language
from callassist.accounts.sign_in_links import use_sign_in_link
from callassist.web import languages
from callassist.web.datastore import SignedIn
from callassist.web.pages import asking, inviting
from callassist.web.pages.entry import passwords
from callassist.web.pages.forms import Form
from callassist.web.translate import gettext as _

PER_ADDRESS = "60 per 5 minutes"
PER_NAME = "10 per 5 minutes"  # from one address
PER_NAME_ANYWHERE = "100 per hour"
MAILS_PER_NAME = "6 per hour"
LINK_COUNTS_FOR = 15 * 60  # seconds in which a used link stands for the old password
_BY_LINK = "by_link_at"


def typed_name() -> str:
    """The address that was typed: guessing at one person is limited wherever it comes from."""
    return request.form.get("email", "").strip().lower()[:254]


def name_and_address() -> str:
    """The typed address and where the request comes from."""
    return f"{get_remote_address()} {typed_name()}"


def sign_in() -> ResponseReturnValue:
    """E-mail address and password."""
    if request.method == "GET":
        if asking.person() is not None:
            return redirect(_next())
        return render_template("entry/sign_in.html", form=Form(), next=_next())
    form = Form.of_request()
    found = passwords.person_of(form["email"], form["password"])
    if found is None:
        form.errors[""] = _("Address or password are not right.")
        return render_template("entry/sign_in.html", form=form, next=_next()), 401
    _let_in(found)
    return redirect(_next())


def link(token: str) -> ResponseReturnValue:
    """A one-time link. Looking at it uses nothing up: previews and scanners do that too."""
    if request.method == "GET":
        return render_template("entry/link.html", token=token)
    with asking.writing() as database:
        person = use_sign_in_link(database, token, datetime.now(UTC))
    if person is None:
        return render_template("entry/link.html", token=None), 410
    _let_in(SignedIn(person))
    session[_BY_LINK] = time.time()
    return redirect(url_for("entry.password"))


def forgotten() -> ResponseReturnValue:
    """Mail a link; the answer is the same for addresses that nobody has."""
    if request.method == "GET":
        return render_template("entry/forgotten.html", form=Form(), sent=False)
    form = Form.of_request()
    if not form.has("email"):
        form.errors["email"] = _("Give your e-mail address.")
        return render_template("entry/forgotten.html", form=form, sent=False), 422
    inviting.mail_link(form["email"])
    return render_template("entry/forgotten.html", form=form, sent=True)


def sign_out() -> ResponseReturnValue:
    """Forget who this browser is."""
    logout_user()
    _forget()
    return redirect(url_for("entry.sign_in"))


def password() -> ResponseReturnValue:
    """Choose or change the password; every other browser of the person is signed out by it."""
    guarded = asking.sign_in_first()
    if guarded is not None:
        return guarded
    who = asking.person()
    assert who is not None
    by_link = time.time() - float(session.get(_BY_LINK, 0)) < LINK_COUNTS_FOR
    asks_old = who.password is not None and not by_link
    form = Form() if request.method == "GET" else Form.of_request()
    if form.sent:
        with form.taking_errors():
            passwords.change(who, form, asks_old=asks_old)
            session.pop(_BY_LINK, None)
            flash(_("Your password is set."))
            return redirect("/")
    page = render_template(
        "entry/password.html",
        form=form,
        asks_old=asks_old,
        is_new=who.password is None,
        by_link=by_link,
        least=passwords.least(),
    )
    return page, 422 if form.sent else 200


def language() -> ResponseReturnValue:
    """Change the language of the pages; for a signed-in person also of their account."""
    code = request.form.get("language", "")
    if not languages.choose(code):
        abort(404)
    who = asking.person()
    if who is not None:
        with asking.writing() as database:
            set_language(database, who.id, code)
    return redirect(_local(request.form.get("back", "/")))


def _let_in(person: SignedIn) -> None:
    _forget()
    session.permanent = True
    login_user(person)


def _forget() -> None:
    """A fresh session: nothing of the one before but the chosen language."""
    chosen = languages.chosen()
    session.clear()
    if chosen is not None:
        languages.choose(chosen)


def _next() -> str:
    return _local(request.values.get("next", "/"))


def _local(path: str) -> str:
    """A path of this site; anything that could lead elsewhere becomes the first page."""
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if is_ours and "\\" not in path else "/"
