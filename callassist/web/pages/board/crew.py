"""Who works at a desk: inviting operators, taking calls oneself, who works here no more."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.accounts import invitations
from callassist.accounts.desks import OperatorInput, update_operator
from callassist.accounts.invitation_list import waiting
from callassist.accounts.invitations import InvitationInput
from callassist.accounts.people import add_person
from callassist.accounts.team_changes import TeamAction, note_change
from callassist.domain.viewer import Role
from callassist.models import Desk, Invitation, Operator
from callassist.web import languages
from callassist.web.pages import asking, inviting
from callassist.web.pages.board.desks import DeskChoice, chosen
from callassist.web.pages.forms import Form
from callassist.web.translate import gettext as _


def show() -> ResponseReturnValue:
    """The desk's operators and who is invited."""
    return _page(Form({"language": languages.language()}))


def invite() -> ResponseReturnValue:
    """Ask somebody to take calls here; they do so when they accept."""
    form = Form.of_request()
    with form.taking_errors(), asking.writing() as session:
        desk = chosen(session).desk
        asked = invitations.invite(
            session,
            asking.viewer(),
            InvitationInput(
                email=form["email"],
                role=str(Role.OPERATOR),
                name=form["name"],
                language=form["language"] or languages.language(),
            ),
            now=datetime.now(UTC),
            noted_at=asking.now(),
            desk=desk,
        )
        place = desk.name
    if form.is_refused:
        return _page(form)
    inviting.mail_invitation(asked, place)
    return redirect(url_for("board.crew"))


def take_part() -> ResponseReturnValue:
    """Whoever runs the desk takes calls there too, in the language in which they read this."""
    with asking.writing() as session:
        desk = chosen(session).desk
        asking.viewer().require_run_desk(desk.id, desk.account_id)
        if asking.viewer().person_id not in {one.person_id for one in _crew(session, desk)}:
            _take_part(session, desk)
    flash(_("You are an operator of this desk. Now say when."))
    return redirect(url_for("board.shifts"))


def change(operator_id: str) -> ResponseReturnValue:
    """What somebody speaks, and whether they work here."""
    form = Form.of_request()
    with form.taking_errors(), asking.writing() as session:
        typed = OperatorInput(languages=form.words("languages"), active=form.has("active"))
        update_operator(session, asking.service().vault, asking.viewer(), operator_id, typed)
    if form.is_refused:
        flash(" ".join(form.errors.values()), "refused")
    else:
        flash(_("Saved."))
    return redirect(url_for("board.crew"))


def _take_part(session: Session, desk: Desk) -> None:
    who, now = asking.person(), asking.now()
    assert who is not None
    # which others they speak they say themselves: a night is covered by those alone
    spoken = [languages.language()]
    add_person(
        session, who.email, Role.OPERATOR, now=now, desk=desk, name=who.name, languages=spoken
    )
    note_change(
        session,
        asking.viewer(),
        TeamAction.TAKES_CALLS,
        now=now,
        desk_id=desk.id,
        person_id=who.id,
        role=str(Role.OPERATOR),
    )


def _page(form: Form) -> ResponseReturnValue:
    with asking.reading() as session:
        choice = chosen(session)
        crew = _crew(session, choice.desk)
        invited = _invited(session, choice)
    me = asking.viewer().person_id
    page = render_template(
        "board/crew.html",
        choice=choice,
        crew=crew,
        invited=invited,
        takes_part=any(one.person_id == me for one in crew),
        page_languages=list(languages.LANGUAGES.items()),
        form=form,
    )
    return page, 422 if form.is_refused else 200


def _crew(session: Session, desk: Desk) -> list[Operator]:
    query = select(Operator).where(Operator.desk_id == desk.id)
    return list(session.scalars(query.order_by(Operator.desk_name, Operator.id)))


def _invited(session: Session, choice: DeskChoice) -> list[Invitation]:
    mine = waiting(asking.viewer(), datetime.now(UTC))
    here = mine.where(Invitation.desk_id == choice.desk.id)
    return list(session.scalars(here.order_by(Invitation.id.desc())))
