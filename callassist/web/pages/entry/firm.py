"""A firm's own sign-in (OpenID Connect): who its provider says somebody is."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import abort, current_app, render_template, request, session
from flask.typing import ResponseReturnValue

from callassist.accounts import firm_sign_in
from callassist.accounts.sign_in_sessions import Way
from callassist.errors import Forbidden, TransientError
from callassist.web.datastore import SignedIn
from callassist.web.firm_client import EXTENSION, FirmClient
from callassist.web.pages import asking
from callassist.web.pages.entry import letting_in
from callassist.web.pages.entry.local_paths import local_path
from callassist.web.pages.refusals import sentence
from callassist.web.translate import gettext as _

_THERE = "firm_next"


def button() -> str:
    """The words on the button; empty when no provider is set."""
    client = _client()
    if not client.is_set:
        return ""
    return client.settings.name or _("Sign in with your firm’s account")


def may_use_password(email: str) -> bool:
    """Whether this address may come in without the firm's sign-in."""
    return _client().may_use_password(email)


def leave() -> ResponseReturnValue:
    """To the provider; a link, since a form must not lead to another site."""
    if not _client().is_set:
        abort(404)
    try:
        answer = _client().leave()
    except TransientError as error:
        return _failed(error.detail), 503
    session[_THERE] = local_path(request.args.get("next", "/"))
    return answer


def come_back() -> ResponseReturnValue:
    """From the provider, with a code that is good once and for this browser only."""
    if not _client().is_set:
        abort(404)
    there = local_path(str(session.get(_THERE, "/")))
    now = datetime.now(UTC)
    try:
        claims = _client().come_back()
        with asking.writing() as database:
            person = firm_sign_in.person_of(
                database,
                claims,
                _client().rules,
                break_glass=_client().settings.break_glass,
                now=now,
            )
    except (Forbidden, TransientError) as error:
        return _failed(error.detail), 403 if isinstance(error, Forbidden) else 503
    return letting_in.come_in(SignedIn(person), Way.FIRM, there)


def _failed(detail: str) -> str:
    return render_template("entry/firm_failed.html", why=sentence(detail), firm=button())


def _client() -> FirmClient:
    found = current_app.extensions[EXTENSION]
    assert isinstance(found, FirmClient)
    return found
