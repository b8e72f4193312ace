"""Accepting an invitation: who asks, for what; a password; then the first page of the role."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from callassist import notifications
from callassist.accounts import invitations
from callassist.accounts.invitations import OpenInvitation
from callassist.accounts.people import viewer_for_person
from callassist.accounts.sign_in_sessions import Way
from callassist.domain.viewer import WRITERS, Role
from callassist.errors import InvalidInput
from callassist.models import Account, Invitation, Person
from callassist.notifications.keeping_channels import ChannelInput
from callassist.notifications.own_channels import add_own_channel
from callassist.web import languages, role_words
from callassist.web.datastore import SignedIn
from callassist.web.pages import asking
from callassist.web.pages.entry import firm, letting_in, passwords
from callassist.web.pages.forms import Form
from callassist.web.translate import gettext as _


def join(token: str) -> ResponseReturnValue:
    """The invitation; looking at it uses nothing up."""
    now = datetime.now(UTC)
    with asking.reading() as session:
        found = invitations.look_at(session, token, now)
    if found is None:
        return render_template("entry/invitation_gone.html"), 410
    known = {"name": found.invitation.name, "told": "yes"}
    form = Form.of_request() if asking.is_sent() else Form(known)
    if form.sent:
        answer = _accept(token, found, form, now)
        if answer is not None:
            return answer
    return _page(token, found, form), 422 if form.is_refused else 200


def _accept(
    token: str, found: OpenInvitation, form: Form, now: datetime
) -> ResponseReturnValue | None:
    """Where to go on; None when something has to be corrected first."""
    who = asking.person()
    if _must_sign_in(found):
        if who is None or who.id != (found.person.id if found.person else None):
            return None
        return None if _taken(token, "", now) is None else redirect("/")
    with form.taking_errors():
        password = passwords.check_new(form, found.invitation.email)
        if not form.has("name"):
            raise InvalidInput(_("Give your name."), "name")
    if form.is_refused:
        return None
    person = _taken(token, form["name"], now)
    if person is None:
        return None
    signed = SignedIn(person)
    passwords.set_first(signed, password)
    if form.has("told") and _may_be_told(found.invitation):
        _tell_by_mail(person, found.invitation)
    return letting_in.come_in(signed, Way.INVITATION, "/")


def _taken(token: str, name: str, now: datetime) -> Person | None:
    with asking.writing() as session:
        return invitations.accept(session, token, name=name, now=now, noted_at=asking.now())


def _may_be_told(invitation: Invitation) -> bool:
    """Whether messages of an account come with the role."""
    return invitation.account_id is not None and Role(invitation.role) in WRITERS


def _tell_by_mail(person: Person, invitation: Invitation) -> None:
    """What happens is mailed to them from now on; a test, which is sent at once, proves it."""
    now = asking.now()
    with asking.writing() as session:
        channel = add_own_channel(
            session,
            asking.service().vault,
            viewer_for_person(session, person),
            ChannelInput(
                kind="email",
                address=invitation.email,
                language=languages.language(),
                person_public_id=person.public_id,
            ),
            now=now,
            account=session.get_one(Account, invitation.account_id),
        )
        notifications.start_test(session, channel, now)


def _must_sign_in(found: OpenInvitation) -> bool:
    """Somebody who has a way in already uses it: an invitation never sets a password anew."""
    if not firm.may_use_password(found.invitation.email):
        return True
    return found.person is not None and (
        found.person.password is not None or found.person.firm_subject is not None
    )


def _page(token: str, found: OpenInvitation, form: Form) -> str:
    who = asking.person()
    is_me = who is not None and found.person is not None and who.id == found.person.id
    return render_template(
        "entry/join.html",
        form=form,
        invitation=found.invitation,
        place=found.place,
        invited_by=found.invited_by,
        role_name=role_words.name(found.invitation.role),
        role_means=role_words.means(found.invitation.role),
        must_sign_in=_must_sign_in(found),
        may_be_told=_may_be_told(found.invitation),
        is_me=is_me,
        is_other=who is not None and not is_me,
        least=passwords.least(),
        back=url_for("entry.join", token=token),
        here_again=request.path,
    )
