"""How the host is told, and who else belongs to the account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from callassist import notifications
from callassist.accounts.people import accounts, add_person, find_account
from callassist.accounts.team import remove_role as take_role_away
from callassist.accounts.team import team
from callassist.domain.viewer import Role, Viewer
from callassist.errors import Conflict, InvalidInput
from callassist.models import Account, NotificationChannel, Person
from callassist.notifications.keeping_channels import (
    ChannelInput,
    add_channel,
    find_channel,
    remove_channel,
)
from callassist.web import languages
from callassist.web.pages import asking, inviting, words
from callassist.web.pages.forms import Form
from callassist.web.pages.host.queries import own_channels
from callassist.web.pages.refusals import in_words
from callassist.web.translate import gettext as _

_TEAM_ROLES = (Role.OWNER, Role.MANAGER, Role.VIEWER)


@dataclass(frozen=True, kw_only=True)
class Place:
    """One account of the viewer with its people."""

    account: Account
    people: tuple[tuple[Person, Role], ...]
    may_write: bool


def show() -> ResponseReturnValue:
    """Channels and team."""
    return _page(Form(), Form(prefix="team-"))


def add() -> ResponseReturnValue:
    """Add a channel of mine; a test message goes out to it."""
    form, viewer = Form.of_request(), asking.host()
    with form.taking_errors(), asking.writing() as session:
        account = find_account(session, viewer, form["account"])
        typed = ChannelInput(
            kind=form["kind"],
            address=form["address"],
            language=languages.language(),
            person_public_id=_me(),
        )
        channel = add_channel(
            session, asking.service().vault, viewer, typed, now=asking.now(), account=account
        )
        notifications.test_channel(session, channel.id, asking.now())
    if form.is_refused:
        return _page(form, Form(prefix="team-"))
    flash(_("Added. A test message is on its way; its arrival proves the channel."))
    return redirect(url_for("host.settings"))


def test(channel_id: str) -> ResponseReturnValue:
    """Send a test to one of my channels."""
    return _do(channel_id, _send_test, _("A test message is on its way."))


def remove(channel_id: str) -> ResponseReturnValue:
    """Remove one of my channels."""
    return _do(channel_id, _remove, _("Removed."))


def invite() -> ResponseReturnValue:
    """Give somebody a role; a link to sign in is mailed to them."""
    form, viewer = Form.of_request("team-"), asking.host()
    with form.taking_errors(), asking.writing() as session:
        account = find_account(session, viewer, form["team_account"])
        viewer.require_write(account.id)
        if form["role"] not in _TEAM_ROLES:
            raise InvalidInput("use owner, manager or viewer", "role")
        add_person(
            session,
            form["email"],
            Role(form["role"]),
            now=asking.now(),
            account=account,
            name=form["name"],
            languages=[languages.language()],
        )
    if form.is_refused:
        return _page(Form(), form)
    inviting.invite(form["email"])
    return redirect(url_for("host.settings"))


def remove_role() -> ResponseReturnValue:
    """Take somebody's role in an account away."""
    try:
        with asking.writing() as session:
            account = find_account(session, asking.host(), request.form.get("account", ""))
            role = Role(request.form.get("role", ""))
            take_role_away(
                session,
                asking.host(),
                request.form.get("person", ""),
                role,
                account,
                asking.now(),
            )
        flash(_("Removed."))
    except ValueError:
        flash(_("Choose a role."), "refused")
    except (InvalidInput, Conflict) as error:
        flash(in_words(error), "refused")
    return redirect(url_for("host.settings"))


def _page(channel_form: Form, team_form: Form) -> ResponseReturnValue:
    viewer = asking.host()
    with asking.reading() as session:
        places = _places(session, viewer)
        channels = own_channels(session, viewer)
    page = render_template(
        "host/settings.html",
        channels=channels,
        places=places,
        channel_form=channel_form,
        team_form=team_form,
        accounts=[(one.account.public_id, one.account.name) for one in places if one.may_write],
        kinds=[("email", _("E-mail")), ("apprise", _("Chat or other service (Apprise address)"))],
        roles=[(str(role), words.of(words.ROLE, role)) for role in reversed(_TEAM_ROLES)],
    )
    return page, 422 if channel_form.is_refused or team_form.is_refused else 200


def _places(session: Session, viewer: Viewer) -> list[Place]:
    return [
        Place(
            account=account,
            people=tuple((one.person, one.role) for one in team(session, viewer, account)),
            may_write=viewer.can_write(account.id),
        )
        for account in accounts(session, viewer)
    ]


def _me() -> str:
    who = asking.person()
    assert who is not None, "a guard lets nobody else in"
    return who.person.public_id


def _send_test(session: Session, channel: NotificationChannel, now: datetime) -> None:
    notifications.test_channel(session, channel.id, now)


def _remove(session: Session, channel: NotificationChannel, now: datetime) -> None:
    vault = asking.service().vault
    remove_channel(session, vault, asking.host(), channel.public_id, now=now)


def _do(channel_id: str, run: object, told: str) -> ResponseReturnValue:
    assert callable(run)
    try:
        with asking.writing() as session:
            run(
                session,
                find_channel(session, asking.host(), channel_id, to_change=True),
                asking.now(),
            )
        flash(told)
    except (InvalidInput, Conflict) as error:
        flash(in_words(error), "refused")
    return redirect(url_for("host.settings"))
