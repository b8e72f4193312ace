"""The people of an account: who, in which role, last seen when; inviting and removing them."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from callassist.accounts import invitations
from callassist.accounts.invitation_list import pending
from callassist.accounts.invitations import InvitationInput
from callassist.accounts.people import find_account
from callassist.accounts.team import TEAM_ROLES, change_role, may_give, remove_role, team
from callassist.domain.viewer import Role
from callassist.errors import Conflict, Forbidden, InvalidInput
from callassist.models import Account
from callassist.web import languages, role_words
from callassist.web.pages import asking, inviting
from callassist.web.pages.forms import Form
from callassist.web.pages.people import mine
from callassist.web.pages.refusals import in_words
from callassist.web.translate import gettext as _


def show() -> ResponseReturnValue:
    """The team and who is invited."""
    return _page(Form({"role": str(Role.VIEWER), "language": languages.language()}))


def invite() -> ResponseReturnValue:
    """Ask somebody to join; they have the role when they accept."""
    form = Form.of_request()
    with form.taking_errors(), asking.writing() as session:
        account = find_account(session, asking.host(), form["account"])
        typed = InvitationInput(
            email=form["email"],
            role=form["role"],
            name=form["name"],
            language=form["language"] or languages.language(),
        )
        if typed.role not in TEAM_ROLES:
            raise InvalidInput("use owner, manager or viewer", "role")
        asked = invitations.invite(
            session,
            asking.host(),
            typed,
            now=datetime.now(UTC),
            noted_at=asking.now(),
            account=account,
        )
        place = account.name
    if form.is_refused:
        return _page(form)
    inviting.mail_invitation(asked, place)
    return _back(account)


def resend(invitation_id: str) -> ResponseReturnValue:
    """Mail a new link; the one before works no more."""
    try:
        with asking.writing() as session:
            account = find_account(session, asking.host(), request.form.get("account", ""))
            asked = invitations.send_again(
                session,
                asking.host(),
                invitation_id,
                now=datetime.now(UTC),
                noted_at=asking.now(),
            )
            place = account.name
    except (InvalidInput, Conflict) as error:
        return _refused(error)
    inviting.mail_invitation(asked, place)
    return _back(account)


def revoke(invitation_id: str) -> ResponseReturnValue:
    """Take an invitation back."""

    def run(session: Session, account: Account) -> None:
        invitations.revoke(
            session,
            asking.host(),
            invitation_id,
            now=datetime.now(UTC),
            noted_at=asking.now(),
        )

    return _do(run, _("The invitation is taken back; its link works no more."))


def change(person_id: str) -> ResponseReturnValue:
    """Give somebody another role."""

    def run(session: Session, account: Account) -> None:
        role, new = _role(request.form.get("was")), _role(request.form.get("role"))
        change_role(session, asking.host(), account, person_id, role, new, asking.now())

    return _do(run, _("Saved."))


def remove(person_id: str) -> ResponseReturnValue:
    """Take somebody's role away."""

    def run(session: Session, account: Account) -> None:
        role = _role(request.form.get("was"))
        remove_role(session, asking.host(), person_id, role, account, asking.now())

    return _do(run, _("Removed."))


def _do(run: object, told: str) -> ResponseReturnValue:
    assert callable(run)
    try:
        with asking.writing() as session:
            account = find_account(session, asking.host(), request.form.get("account", ""))
            run(session, account)
    except (InvalidInput, Conflict, Forbidden) as error:
        return _refused(error)
    flash(told)
    return _back(account)


def _refused(error: InvalidInput | Conflict | Forbidden) -> Response:
    flash(in_words(error), "refused")
    return redirect(url_for("people.team", account=request.form.get("account") or None))


def _back(account: Account) -> Response:
    several = len(asking.host().account_ids) > 1
    return redirect(url_for("people.team", account=account.public_id if several else None))


def _role(typed: str | None) -> Role:
    if typed not in TEAM_ROLES:
        raise InvalidInput("use owner, manager or viewer", "role")
    return Role(typed)


def _page(form: Form) -> ResponseReturnValue:
    viewer = asking.host()
    with asking.reading() as session:
        account, all_mine = mine.chosen_account(session, viewer)
        members = team(session, viewer, account)
        asked = pending(session, viewer, account, datetime.now(UTC))
    may_write = viewer.can_write(account.id)
    page = render_template(
        "people/team.html",
        form=form,
        account=account,
        accounts=all_mine,
        members=members,
        asked=asked,
        may_write=may_write,
        may_give=lambda role: may_give(viewer, account.id, Role(role)),
        me=viewer.person_id,
        roles=[
            (str(role), role_words.name(role).capitalize())
            for role in reversed(TEAM_ROLES)
            if may_give(viewer, account.id, role)
        ],
        role_words=role_words,
        page_languages=list(languages.LANGUAGES.items()),
        real_now=datetime.now(UTC),
        zone=mine.zone_of(mine.me(), account),
    )
    return page, 422 if form.is_refused else 200
