"""Signing in with a password or a one-time link, signing out, passwords, language."""

from __future__ import annotations

import math
import time
from datetime import UTC, datetime

from flask import (
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_limiter import RateLimitExceeded
from flask_limiter.util import get_remote_address

from callassist.accounts import sign_in_sessions
from callassist.accounts.people import set_language
from callassist.accounts.sign_in_links import use_sign_in_link
from callassist.accounts.sign_in_sessions import Way
from callassist.web import languages
from callassist.web.datastore import SignedIn
from callassist.web.pages import asking, inviting
from callassist.web.pages.entry import demo, firm, letting_in, passwords
from callassist.web.pages.entry.local_paths import local_path
from callassist.web.pages.forms import Form
from callassist.web.translate import gettext as _

PER_ADDRESS = "60 per 5 minutes"
PER_NAME = "10 per 5 minutes"  # from one address
PER_NAME_ANYWHERE = "100 per hour"
MAILS_PER_NAME = "6 per hour"
CODES_PER_PERSON = "10 per 10 minutes; 60 per day"


def typed_name() -> str:
    """The address that was typed: guessing at one person is limited wherever it comes from."""
    return request.form.get("email", "").strip().lower()[:254]


def name_and_address() -> str:
    """The typed address and where the request comes from."""
    return f"{get_remote_address()} {typed_name()}"


def waiting_name() -> str:
    """Of whom a code is expected: guessing codes is limited wherever it comes from."""
    return f"code {letting_in.waiting()}"


def sign_in() -> ResponseReturnValue:
    """E-mail address and password; then, for who has one, the second step."""
    if request.method == "GET":
        if asking.person() is not None:
            return redirect(_next())
        return _sign_in_page(Form())
    form = Form.of_request()
    found = passwords.person_of(form["email"], form["password"])
    if found is None or not firm.may_use_password(found.email):
        form.errors[""] = _("Address or password are not right.")
        return _sign_in_page(form), 401
    return letting_in.come_in(found, Way.PASSWORD, _next())


def code() -> ResponseReturnValue:
    """The second step: a code of the app, or a recovery code."""
    if letting_in.waiting() is None:
        return redirect(url_for("entry.sign_in"))
    form = Form.of_request() if request.method == "POST" else Form()
    if form.sent:
        answer = letting_in.finish(form["code"])
        if answer is not None:
            return answer
        form.errors["code"] = _(
            "This code is not right, or was used already. Wait for the next one."
        )
    page = render_template("entry/code.html", form=form)
    return page, 401 if form.sent else 200


def link(token: str) -> ResponseReturnValue:
    """A one-time link. Looking at it uses nothing up: previews and scanners do that too."""
    if request.method == "GET":
        return render_template("entry/link.html", token=token)
    with asking.writing() as database:
        person = use_sign_in_link(database, token, datetime.now(UTC))
    if person is None or not firm.may_use_password(person.email):
        return render_template("entry/link.html", token=None), 410
    return letting_in.come_in(SignedIn(person), Way.LINK, url_for("entry.password"))


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
    letting_in.go_out()
    return redirect(url_for("entry.sign_in"))


def password() -> ResponseReturnValue:
    """Choose or change the password; every other browser of the person is signed out by it."""
    guarded = asking.sign_in_first()
    if guarded is not None:
        return guarded
    who = asking.person()
    assert who is not None
    by_link = letting_in.came_by_link()
    asks_old = who.password is not None and not by_link
    form = Form() if request.method == "GET" else Form.of_request()
    if form.sent:
        with form.taking_errors():
            passwords.change(who, form, asks_old=asks_old)
            letting_in.forget_link()
            _end_other_sessions(who)
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
    return redirect(local_path(request.form.get("back", "/")))


def too_many(error: RateLimitExceeded) -> ResponseReturnValue:
    """Say when the next try is possible; whether anybody has the address makes no difference."""
    limit = current_app.extensions["callassist_sign_in_limiter"].current_limit
    seconds = 60.0 if limit is None else max(limit.reset_at - time.time(), 1.0)
    page = render_template("entry/too_many.html", minutes=math.ceil(seconds / 60))
    answer = make_response(page, 429)
    answer.headers["Retry-After"] = str(math.ceil(seconds))
    return answer


def _sign_in_page(form: Form) -> str:
    return render_template(
        "entry/sign_in.html", form=form, next=_next(), firm=firm.button(), demo=demo.roles()
    )


def _end_other_sessions(who: SignedIn) -> None:
    with asking.writing() as database:
        token = letting_in.this_token()
        sign_in_sessions.end_others(database, who.id, token, datetime.now(UTC))


def _next() -> str:
    return local_path(request.values.get("next", "/"))
