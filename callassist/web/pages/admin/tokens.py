"""Tokens for programs: issued once, revoked at any time."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from callassist.accounts.desks import find_desk
from callassist.accounts.people import find_account
from callassist.accounts.tokens import SCOPES, issue_token_as, revoke_token, tokens
from callassist.domain.viewer import Role
from callassist.errors import InvalidInput
from callassist.web import role_words
from callassist.web.pages import asking
from callassist.web.pages.admin.index import UTC_ZONE
from callassist.web.pages.admin.queries import overview
from callassist.web.pages.forms import Form
from callassist.web.translate import gettext as _


def show() -> ResponseReturnValue:
    """Every token; a new one's text is shown this once."""
    form = Form.of_request() if asking.is_sent() else Form()
    text = None
    if form.sent:
        with form.taking_errors(), asking.writing() as session:
            if form["scope"] not in SCOPES:
                raise InvalidInput("use host, operator, supervisor or admin", "scope")
            if form["scope"] == Role.HOST and not form["account"]:
                raise InvalidInput("say for which account", "account")
            viewer = asking.viewer()
            text = issue_token_as(
                session,
                viewer,
                Role(form["scope"]),
                now=datetime.now(UTC),
                account=find_account(session, viewer, form["account"]) if form["account"] else None,
                desk=find_desk(session, viewer, form["desk"]) if form["desk"] else None,
                name=form["name"],
            )
    with asking.reading() as session:
        known = tokens(session, asking.viewer())
        screen = overview(session, asking.viewer())
    page = render_template(
        "admin/tokens.html",
        form=form,
        text=text,
        tokens=known,
        zone=UTC_ZONE,
        scopes=[(str(scope), role_words.name(scope)) for scope in SCOPES],
        role_words=role_words,
        accounts=[("", "–"), *((one.public_id, one.name) for one in screen.accounts)],
        desks=[("", "–"), *((one.public_id, one.name) for one in screen.desks)],
    )
    return page, 422 if form.is_refused else 200


def revoke(token_id: str) -> ResponseReturnValue:
    """End a token at once."""
    with asking.writing() as session:
        revoke_token(session, asking.viewer(), token_id, datetime.now(UTC))
    flash(_("The token is revoked."))
    return redirect(url_for("admin.tokens"))
