"""The link of a guest's page: seen, copied, made anew; and the house rule that stands there."""

from __future__ import annotations

import segno
from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from callassist import stays
from callassist.errors import Conflict, InvalidInput
from callassist.models import Property
from callassist.stays.guest_words import LANGUAGES
from callassist.web.pages import asking
from callassist.web.pages.forms import Form
from callassist.web.translate import gettext as _

LONGEST_RULE = 255


def show(stay_id: str) -> ResponseReturnValue:
    """The link, and what the guest can do with it; a stay that is over has none."""
    form = Form.of_request() if asking.is_sent() else None
    viewer, now = asking.host(), asking.now()
    if form is not None:
        with form.taking_errors(), asking.writing() as session:
            stay = stays.find_stay(session, viewer, stay_id)
            viewer.require_write(stay.account_id)
            _set_rule(session.get_one(Property, stay.property_id), form)
        if not form.is_refused:
            flash(_("Saved."))
            return redirect(url_for("host.guest_link", stay_id=stay_id))
    refused, address = "", ""
    with asking.writing() as session:
        stay = stays.find_stay(session, viewer, stay_id)
        home = session.get_one(Property, stay.property_id)
        try:
            token = stays.guest_link(session, asking.service().vault, viewer, stay_id, now=now)
            address = _address(token)
        except Conflict:
            refused = _("This stay is over, so its guest has no page any more.")
    page = render_template(
        "host/guest_link.html",
        form=form or Form({"house_rule": home.house_rule}),
        home=home,
        stay=stay,
        address=address,
        refused=refused,
        qr=segno.make(address).svg_inline(border=2, omitsize=True) if address else "",
        language_count=len(LANGUAGES),
        may_write=viewer.can_write(home.account_id),
    )
    return page, 422 if form is not None and form.is_refused else 200


def renew(stay_id: str) -> ResponseReturnValue:
    """Another link: the one before ends."""
    with asking.writing() as session:
        stays.renew_guest_link(
            session, asking.service().vault, asking.host(), stay_id, now=asking.now()
        )
    flash(_("This is the new link; the old one opens nothing any more."))
    return redirect(url_for("host.guest_link", stay_id=stay_id))


def _set_rule(home: Property, form: Form) -> None:
    rule = " ".join(form["house_rule"].split())
    if len(rule) > LONGEST_RULE:
        raise InvalidInput(f"at most {LONGEST_RULE} characters", "house_rule")
    home.house_rule = rule


def _address(token: str) -> str:
    base = asking.service().settings.service.public_url.rstrip("/")
    return f"{base}/g/{token}"


ROUTES = (
    ("/stays/<stay_id>/guest-link", "guest_link", show, ["GET", "POST"]),
    ("/stays/<stay_id>/guest-link/renew", "renew_guest_link", renew, ["POST"]),
)
