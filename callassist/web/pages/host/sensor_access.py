"""Connecting a brand by signing in at its maker: leaving, coming back, looking now."""

from __future__ import annotations

from datetime import UTC, datetime

import structlog
from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from callassist.accounts.sensor_access import say_own_messages
from callassist.errors import CallAssistError, InvalidInput
from callassist.sensors.asked.connecting import begin, begin_again, finish, look_now
from callassist.web.pages import asking
from callassist.web.pages.host.queries import writable_accounts
from callassist.web.pages.refusals import in_words
from callassist.web.translate import gettext as _

_log = structlog.get_logger()
_SENDS = {"yes": True, "no": False, "unknown": None}


def leave(brand: str) -> ResponseReturnValue:
    """To the maker's page; a link, since a form must not lead to another site."""
    viewer, service = asking.host(), asking.service()
    connection = request.args.get("connection", "")
    try:
        if connection:
            return redirect(begin_again(service.asking, viewer, connection))
        with asking.reading() as session:
            places = writable_accounts(session, viewer)
        if not places:
            viewer.require_write(0)
        account = request.args.get("account") or places[0].public_id
        return redirect(begin(service.asking, viewer, brand, account))
    except InvalidInput as error:
        return _told(error)


def come_back(brand: str) -> ResponseReturnValue:
    """From the maker's page, with a code that is good once and for this person only."""
    if request.args.get("error"):
        flash(_("You did not give the permission, so nothing was connected."), "refused")
        return redirect(url_for("host.new_connection"))
    try:
        public_id = finish(
            asking.service().asking,
            asking.host(),
            brand,
            state=request.args.get("state", ""),
            code=request.args.get("code", ""),
            now=asking.now(),
        )
    except CallAssistError as error:
        _log.info("a brand was not connected", action="brand_not_connected", error=error.detail)
        return _told(error)
    flash(_("Connected. What your account has is read now; it takes a moment."))
    return redirect(url_for("host.connection", connection_id=public_id))


def look(connection_id: str) -> ResponseReturnValue:
    """Have the maker asked at once."""
    try:
        with asking.writing() as session:
            look_now(session, asking.host(), connection_id, datetime.now(UTC))
        flash(_("Asked. This page changes by itself when the answer is there."))
    except InvalidInput as error:
        flash(in_words(error), "refused")
    return redirect(url_for("host.connection", connection_id=connection_id))


def own_messages(sensor_id: str) -> ResponseReturnValue:
    """The host says whether the maker texts guests itself."""
    sends = _SENDS.get(request.form.get("sends", ""))
    with asking.writing() as session:
        say_own_messages(session, asking.host(), sensor_id, sends)
    if sends:
        flash(_("Noted: we leave texts to this sensor’s maker."))
    else:
        flash(_("Noted."))
    return redirect(url_for("host.sensor", sensor_id=sensor_id))


def _told(error: CallAssistError) -> ResponseReturnValue:
    flash(in_words(error), "refused")
    return redirect(url_for("host.new_connection"))


ROUTES = (
    ("/connections/leave/<brand>", "leave_for_brand", leave, ["GET"]),
    ("/connections/back/<brand>", "back_from_brand", come_back, ["GET"]),
    ("/connections/<connection_id>/look", "look_now", look, ["POST"]),
    ("/sensors/<sensor_id>/own-messages", "own_messages", own_messages, ["POST"]),
)
