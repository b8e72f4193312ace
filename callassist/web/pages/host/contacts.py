"""Contacts of a home: whom the operator calls when the guest is not reached."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from callassist.accounts.contacts import (
    ContactInput,
    add_contact,
    contacts,
    remove_contact,
    update_contact,
)
from callassist.accounts.properties import find_property
from callassist.errors import NotFound
from callassist.models import HostContact
from callassist.web.languages import language
from callassist.web.pages import asking
from callassist.web.pages.forms import Form
from callassist.web.pages.host.onward import onward
from callassist.web.pages.host.set_up_steps import open_checklist
from callassist.web.translate import gettext as _


def new(home_id: str) -> ResponseReturnValue:
    """Add a contact."""
    return _page(home_id, None)


def edit(home_id: str, contact_id: str) -> ResponseReturnValue:
    """Change a contact or its place in the order."""
    return _page(home_id, contact_id)


def remove(home_id: str, contact_id: str) -> ResponseReturnValue:
    """Take a contact away."""
    with asking.writing() as session:
        remove_contact(session, asking.host(), contact_id)
    flash(_("The contact is removed."))
    return redirect(url_for("host.home_say", home_id=home_id))


def _page(home_id: str, contact_id: str | None) -> ResponseReturnValue:
    viewer, vault = asking.host(), asking.service().vault
    with asking.reading() as session:
        home = find_property(session, viewer, home_id)
        viewer.require_write(home.account_id)
        there = contacts(session, viewer, home_id)
        known = None if contact_id is None else _of(there, contact_id)
    form = Form.of_request() if asking.is_sent() else _filled(known, is_first=not there)
    if form.sent:
        before = open_checklist()
        with form.taking_errors(), asking.writing() as session:
            typed = ContactInput(
                name=form["name"],
                phone=form["phone"],
                languages=form.words("languages"),
                position=form.whole("position"),
            )
            if contact_id is None:
                add_contact(session, vault, viewer, home_id, typed)
            else:
                update_contact(session, vault, viewer, contact_id, typed)
        if not form.is_refused:
            flash(_("The contact is saved."))
            return redirect(onward(before, url_for("host.home_say", home_id=home_id)))
    page = render_template("host/contact_form.html", form=form, home=home, contact=known)
    return page, 422 if form.is_refused else 200


def _of(known: list[HostContact], public_id: str) -> HostContact:
    found = next((one for one in known if one.public_id == public_id), None)
    if found is None:
        raise NotFound("no such contact")
    return found


def _filled(contact: HostContact | None, *, is_first: bool) -> Form:
    """What is known; the first contact of a home is mostly whoever enters it."""
    if contact is None:
        who = asking.person()
        # added without a name, somebody is called by their address
        name = who.name if is_first and who is not None and "@" not in who.name else ""
        return Form({"name": name, "languages": language()})
    return Form(
        {
            "name": contact.name,
            "phone": asking.service().vault.open(contact.phone),
            "languages": ", ".join(contact.languages),
            "position": str(contact.position),
        }
    )
