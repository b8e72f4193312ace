"""Access of programs to an account: tokens that are shown once and can be taken back."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from callassist.accounts.people import find_account
from callassist.accounts.team_changes import TeamAction, note_change
from callassist.accounts.tokens import issue_token_as, revoke_token
from callassist.domain.viewer import Role
from callassist.models import ApiToken
from callassist.web.pages import asking
from callassist.web.pages.forms import Form
from callassist.web.pages.people import mine
from callassist.web.translate import gettext as _


def show() -> ResponseReturnValue:
    """The account's tokens; a new one's text is shown this once."""
    form = Form.of_request() if asking.is_sent() else Form()
    text = None
    if form.sent:
        with form.taking_errors(), asking.writing() as session:
            viewer = asking.host()
            account = find_account(session, viewer, form["account"])
            text = issue_token_as(
                session,
                viewer,
                Role.HOST,
                now=datetime.now(UTC),
                account=account,
                name=form["name"],
            )
            note_change(
                session,
                viewer,
                TeamAction.TOKEN_MADE,
                now=asking.now(),
                account_id=account.id,
                name=form["name"] or "host token",
            )
    return _page(form, text)


def revoke(token_id: str) -> ResponseReturnValue:
    """End a token at once."""
    with asking.writing() as session:
        token = revoke_token(session, asking.host(), token_id, datetime.now(UTC))
        note_change(
            session,
            asking.host(),
            TeamAction.TOKEN_REVOKED,
            now=asking.now(),
            account_id=token.account_id,
            name=token.name,
        )
    flash(_("The program has no access any more."))
    return redirect(url_for("people.programs", account=request.form.get("account") or None))


def _page(form: Form, text: str | None) -> ResponseReturnValue:
    viewer = asking.host()
    with asking.reading() as session:
        account, all_mine = mine.chosen_account(session, viewer)
        query = select(ApiToken).where(ApiToken.account_id == account.id)
        tokens = list(session.scalars(query.order_by(ApiToken.id.desc()).limit(200)))
    page = render_template(
        "people/programs.html",
        form=form,
        text=text,
        tokens=tokens,
        account=account,
        accounts=all_mine,
        may_write=viewer.can_write(account.id),
        zone=mine.zone_of(mine.me(), account),
        real_now=datetime.now(UTC),
    )
    return page, 422 if form.is_refused else 200
