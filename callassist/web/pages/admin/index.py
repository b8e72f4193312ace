"""Accounts, desks, people and agreements, on one page of forms."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from callassist.accounts import invitations
from callassist.accounts.agreements import agree as make_agreement
from callassist.accounts.agreements import end_agreement
from callassist.accounts.desks import create_desk, find_desk, own_desk
from callassist.accounts.invitations import InvitationInput
from callassist.accounts.people import add_person, create_account, find_account
from callassist.domain.viewer import Role
from callassist.errors import Conflict, InvalidInput
from callassist.models import Account, Desk
from callassist.web import languages, role_words
from callassist.web.pages import asking, inviting
from callassist.web.pages.admin.queries import overview
from callassist.web.pages.forms import Form
from callassist.web.pages.refusals import in_words
from callassist.web.translate import gettext as _

UTC_ZONE = ZoneInfo("UTC")
_ROLES = (Role.OWNER, Role.MANAGER, Role.VIEWER, Role.OPERATOR, Role.SUPERVISOR, Role.ADMIN)
_DEFAULTS = {"languages": "en, fr", "timezone": "UTC"}
_AT_DESKS = frozenset({Role.OPERATOR, Role.SUPERVISOR})


def show() -> ResponseReturnValue:
    """The overview."""
    return _page({})


def add_account() -> ResponseReturnValue:
    """Open an account."""
    form = Form.of_request("account-")
    with form.taking_errors(), asking.writing() as session:
        create_account(
            session,
            form["name"],
            now=asking.now(),
            language=form["language"] or "en",
            timezone=form["timezone"] or "UTC",
        )
    return _done("account", form, _("The account is open. Now give somebody the role of owner."))


def add_desk() -> ResponseReturnValue:
    """Open a desk, for several accounts or as an account's own."""
    form = Form.of_request("desk-")
    with form.taking_errors(), asking.writing() as session:
        create_desk(
            session,
            asking.service().vault,
            asking.viewer(),
            form["name"],
            now=asking.now(),
            languages=form.words("languages"),
            account=_account(session, form["account"]),
            duty_phone=form.optional("duty_phone"),
        )
    return _done("desk", form, _("The desk is open."))


def invite() -> ResponseReturnValue:
    """Give somebody a role; a link to sign in is mailed to them."""
    form = Form.of_request("person-")
    with form.taking_errors(), asking.writing() as session:
        if form["role"] not in _ROLES:
            raise InvalidInput("use owner, manager or viewer", "role")
        role = Role(form["role"])
        account = None if role in (Role.ADMIN, *_AT_DESKS) else _account(session, form["account"])
        desk = _desk_of(session, form) if role in _AT_DESKS else None
        add_person(
            session,
            form["email"],
            role,
            now=asking.now(),
            account=account,
            desk=desk,
            name=form["name"],
            desk_name=form["desk_name"],
            languages=form.words("languages") or ["en"],
        )
        asked = invitations.invite(
            session,
            asking.viewer(),
            _invitation(form),
            now=datetime.now(UTC),
            noted_at=asking.now(),
            account=account,
            desk=desk,
            is_given=True,
        )
        place = account or desk
    if form.is_refused:
        return _page({"person": form})
    inviting.mail_invitation(asked, "" if place is None else place.name)
    return redirect(url_for("admin.index"))


def _invitation(form: Form) -> InvitationInput:
    spoken = [code for code in form.words("languages") if code in languages.LANGUAGES]
    return InvitationInput(
        email=form["email"],
        role=form["role"],
        name=form["name"],
        desk_name=form["desk_name"],
        language=spoken[0] if spoken else languages.language(),
    )


def _desk_of(session: Session, form: Form) -> Desk:
    """The desk that was chosen, else the account's own, which is made when needed."""
    desk = _desk(session, form["desk"])
    if desk is not None:
        return desk
    account = _account(session, form["account"])
    if account is None:
        raise InvalidInput("say at which desk, or in which account", "desk")
    spoken = form.words("languages") or ["en"]
    return own_desk(session, account, languages=spoken, now=asking.now())


def agree() -> ResponseReturnValue:
    """Let a desk serve an account."""
    form = Form.of_request("agreement-")
    with form.taking_errors(), asking.writing() as session:
        desk, account = _desk(session, form["desk"]), _account(session, form["account"])
        if desk is None or account is None:
            raise InvalidInput("say at which desk, or in which account", "desk")
        make_agreement(
            session,
            asking.viewer(),
            desk,
            account,
            starts_at=asking.now(),
            show_call_name_to_guest_desk=form.has("show_call_name"),
        )
    return _done("agreement", form, _("Agreed: the desk serves the account from now on."))


def end(agreement_id: str) -> ResponseReturnValue:
    """End an agreement now."""
    try:
        with asking.writing() as session:
            end_agreement(session, asking.viewer(), agreement_id, asking.now())
        flash(_("The agreement has ended."))
    except (InvalidInput, Conflict) as error:
        flash(in_words(error), "refused")
    return redirect(url_for("admin.index"))


def _account(session: Session, public_id: str) -> Account | None:
    return find_account(session, asking.viewer(), public_id) if public_id else None


def _desk(session: Session, public_id: str) -> Desk | None:
    return find_desk(session, asking.viewer(), public_id) if public_id else None


def _done(name: str, form: Form, told: str) -> ResponseReturnValue:
    if form.is_refused:
        return _page({name: form})
    flash(told)
    return redirect(url_for("admin.index"))


def _page(forms: dict[str, Form]) -> ResponseReturnValue:
    with asking.reading() as session:
        screen = overview(session, asking.viewer())
    page = render_template(
        "admin/index.html",
        screen=screen,
        zone=UTC_ZONE,
        forms={
            name: forms.get(name) or Form(_DEFAULTS, f"{name}-")
            for name in ("account", "desk", "person", "agreement")
        },
        accounts=[("", "–"), *((one.public_id, one.name) for one in screen.accounts)],
        desks=[("", "–"), *((one.public_id, one.name) for one in screen.desks)],
        roles=[(str(role), role_words.name(role)) for role in _ROLES],
        page_languages=list(languages.LANGUAGES.items()),
    )
    return page, 422 if forms else 200
