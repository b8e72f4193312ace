"""Sensors: connecting a brand, pairing what was heard with a home."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from callassist.accounts.connections import connections, create_connection
from callassist.accounts.people import find_account
from callassist.accounts.sensors import pair_sensor, unpair_sensor
from callassist.errors import Conflict, InvalidInput
from callassist.sensors.registry import ADAPTERS
from callassist.web.pages import asking
from callassist.web.pages.forms import Form
from callassist.web.pages.host.queries import writable_accounts
from callassist.web.pages.refusals import in_words
from callassist.web.translate import gettext as _


def new() -> ResponseReturnValue:
    """Connect a brand of sensors; its address and secret are shown this once."""
    viewer, service = asking.host(), asking.service()
    form = Form.of_request() if asking.is_sent() else Form()
    with asking.reading() as session:
        places = writable_accounts(session, viewer)
        known = connections(session, viewer)
    if not places:
        viewer.require_write(0)
    made = None
    if form.sent:
        with form.taking_errors(), asking.writing() as session:
            made = create_connection(
                session,
                service.vault,
                viewer,
                find_account(session, viewer, form["account"] or places[0].public_id),
                form["adapter"],
                now=asking.now(),
                adapters={name: one.check_options for name, one in ADAPTERS.items()},
                name=form["name"],
                signed=form.has("signed"),
            )
    page = render_template(
        "host/connection_form.html",
        form=form,
        accounts=[(one.public_id, one.name) for one in places],
        brands=[("generic", _("Any sensor that can post JSON")), ("minut", "Minut")],
        made=made,
        known=known,
        url=f"{service.settings.service.public_url.rstrip('/')}{made.path}" if made else "",
    )
    return page, 422 if form.is_refused else 200


def pair(home_id: str) -> ResponseReturnValue:
    """Say that a sensor is in this home."""
    try:
        with asking.writing() as session:
            pair_sensor(session, asking.host(), request.form.get("sensor", ""), home_id)
        flash(_("Paired."))
    except (InvalidInput, Conflict) as error:
        flash(in_words(error), "refused")
    return redirect(url_for("host.home", home_id=home_id))


def unpair(home_id: str, sensor_id: str) -> ResponseReturnValue:
    """Take a sensor out of the home."""
    with asking.writing() as session:
        unpair_sensor(session, asking.host(), sensor_id)
    flash(_("The sensor is in no home now."))
    return redirect(url_for("host.home", home_id=home_id))
