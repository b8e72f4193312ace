"""Connecting a brand of sensors: its address and secret are shown once."""

from __future__ import annotations

import segno
from flask import render_template
from flask.typing import ResponseReturnValue

from callassist.accounts.connections import create_connection
from callassist.accounts.people import find_account
from callassist.sensors.registry import ADAPTERS
from callassist.web.pages import asking
from callassist.web.pages.forms import Form
from callassist.web.pages.host.queries import writable_accounts
from callassist.web.translate import gettext as _


def new() -> ResponseReturnValue:
    """Connect a brand of sensors; its address and secret are shown this once."""
    viewer, service = asking.host(), asking.service()
    form = Form.of_request() if asking.is_sent() else Form()
    with asking.reading() as session:
        places = writable_accounts(session, viewer)
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
    url = f"{service.settings.service.public_url.rstrip('/')}{made.path}" if made else ""
    page = render_template(
        "host/connection_form.html",
        form=form,
        accounts=[(one.public_id, one.name) for one in places],
        brands=[("generic", _("Any sensor that can post JSON")), ("minut", "Minut")],
        made=made,
        url=url,
        trial=_trial(url),
        unpaired=[],
        waits=True,
        qr=segno.make(url).svg_inline(scale=4, border=2) if url else "",
    )
    return page, 422 if form.is_refused else 200


def _trial(url: str) -> str:
    """A command that posts one reading, for whoever wants to see one arrive."""
    now = '"$(date -u +%FT%TZ)"'
    return (
        f"curl {url} -H 'Content-Type: application/json' "
        f"""-d '{{"sensor": "hall", "at": "'{now}'", "level_db": 48.5}}'"""
    )
