"""Connecting a booking system by signing in there: leaving for it, and coming back."""

from __future__ import annotations

from flask import abort, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from callassist.accounts.people import find_account
from callassist.errors import CallAssistError
from callassist.pms_sync import oauth
from callassist.pms_sync.connections import find_connection
from callassist.web.pages import asking
from callassist.web.pages.host.queries import writable_accounts
from callassist.web.pages.host.system_form import ACCOUNT
from callassist.web.pages.refusals import in_words
from callassist.web.translate import gettext as _

_AWAY = "system_sign_in"
_SEE = ["GET"]


def leave(vendor: str) -> ResponseReturnValue:
    """To the system; a link, since a form must not lead to another site."""
    address, departure = oauth.begin(
        asking.service().opener,
        asking.host(),
        _account_id(),
        vendor,
        public_url=asking.service().settings.service.public_url,
        connection=request.args.get("connection"),
    )
    session[_AWAY] = departure.to_dict()
    return redirect(address)


def come_back(vendor: str) -> ResponseReturnValue:
    """From the system, with a code that is good once and for this browser only."""
    departed = session.pop(_AWAY, None)
    try:
        connection = oauth.finish(
            asking.service().opener,
            asking.host(),
            departed,
            vendor,
            request.args,
            public_url=asking.service().settings.service.public_url,
            now=asking.now(),
        )
    except CallAssistError as error:
        flash(in_words(error), "watch")
        return redirect(url_for("host.systems"))
    flash(_("It works. The first reading begins now."))
    return redirect(url_for("host.system", system_id=connection.public_id))


def _account_id() -> int:
    """Of the connection that is mended, else the account that was chosen, else the first."""
    with asking.reading() as reading:
        if request.args.get("connection"):
            return find_connection(reading, asking.host(), request.args["connection"]).account_id
        if request.args.get(ACCOUNT):
            return find_account(reading, asking.host(), request.args[ACCOUNT]).id
        places = writable_accounts(reading, asking.host())
    if not places:
        abort(404)
    return places[0].id


ROUTES = (
    ("/systems/new/<vendor>/sign-in", "leave_for_system", leave, _SEE),
    (f"{oauth.BACK_PATH}/<vendor>", "back_from_system", come_back, _SEE),
)
