"""Deleting an account after a waiting time, taking that back, and leaving for good oneself."""

from __future__ import annotations

from datetime import timedelta

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from callassist.accounts.account_deletion import (
    ask_for_deletion,
    has_open_incident,
    is_owner,
    undo_deletion,
)
from callassist.accounts.erasure_journal import NAME, Departed, ErasureJournal
from callassist.accounts.person_erasing import leave_for_good
from callassist.accounts.team import owners_of
from callassist.errors import Forbidden
from callassist.models import Account
from callassist.web import role_words
from callassist.web.pages import asking, times
from callassist.web.pages.entry import letting_in
from callassist.web.pages.forms import Form
from callassist.web.pages.people import mine, places, proof, retention_words
from callassist.web.pages.people.deletion_mail import tell_owners
from callassist.web.pages.refusals import in_words
from callassist.web.translate import gettext as _


def ask() -> ResponseReturnValue:
    """What deletion means, and the form that asks for it; owners only."""
    viewer, now = asking.host(), asking.now()
    form = Form.of_request() if asking.is_sent() else Form({"name": "", "password": ""})
    with asking.reading() as session:
        account, _others = mine.chosen_account(session, viewer)
        is_busy = has_open_incident(session, account.id)
    if not is_owner(viewer, account.id):
        abort(403)
    if form.sent:
        with form.taking_errors():
            proof.require(form)
            with asking.writing() as session:
                asked = ask_for_deletion(
                    session, viewer, account.public_id, form["name"], now=now, wait=_wait()
                )
                due_at = asked.due_at
                owners = owners_of(session, account)
        if not form.is_refused:
            tell_owners(owners, account, due_at, viewer.name)
            at = times.moment(due_at, mine.zone_of(mine.me(), account))
            flash(_("The account will be deleted on %(at)s. Until then you can undo it.", at=at))
            return _back(account)
    page = render_template(
        "people/delete_account.html",
        form=form,
        account=account,
        is_busy=is_busy,
        wait=retention_words.span(_wait()),
        asks_password=proof.asks_password(),
        is_fresh=proof.signed_in_lately(),
    )
    return page, 422 if form.is_refused else 200


def undo(account_id: str) -> ResponseReturnValue:
    """Keep the account after all."""
    try:
        with asking.writing() as session:
            account = undo_deletion(session, asking.host(), account_id, now=asking.now())
    except Forbidden as error:
        flash(in_words(error), "refused")
        return redirect(url_for("people.data"))
    flash(_("%(account)s stays. Nothing was deleted.", account=account.name))
    return redirect(url_for("host.tonight"))


def leave() -> ResponseReturnValue:
    """What leaving for good means, and the form that asks for it."""
    viewer, person = asking.viewer(), mine.me()
    form = Form.of_request() if asking.is_sent() else Form({"email": "", "password": ""})
    if form.sent:
        with form.taking_errors():
            proof.require(form)
            with asking.writing() as session:
                vault = asking.service().vault
                leave_for_good(session, vault, viewer, form["email"], now=asking.now())
        if not form.is_refused:
            _journal().departed(Departed.PERSON, person.public_id, asking.now())
            letting_in.go_out()
            flash(_("You are erased: nothing here says any more who you were."))
            return redirect(url_for("entry.sign_in"))
    with asking.reading() as session:
        where = places.places(session, viewer)
    page = render_template(
        "people/leave.html",
        form=form,
        person=person,
        places=where,
        role_words=role_words,
        asks_password=proof.asks_password(),
        is_fresh=proof.signed_in_lately(),
    )
    return page, 422 if form.is_refused else 200


def _journal() -> ErasureJournal:
    return ErasureJournal(asking.service().settings.service.data_dir / NAME)


def _wait() -> timedelta:
    return asking.service().settings.retention.account_deletion_after


def _back(account: Account) -> ResponseReturnValue:
    several = len(asking.host().account_ids) > 1
    return redirect(url_for("people.data", account=account.public_id if several else None))
