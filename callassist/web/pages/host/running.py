"""Calling now, pausing a home, ending the pause."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from callassist.accounts.properties import end_pause, find_property, pause_property
from callassist.escalation.ending import look_at_home, pause_home
from callassist.escalation.new_incident import OpenedBy
from callassist.escalation.opening import open_by_hand
from callassist.models import Property
from callassist.web.pages import asking, times
from callassist.web.pages.forms import Form
from callassist.web.pages.host.incidents import BY
from callassist.web.translate import gettext as _


def call_now(home_id: str) -> ResponseReturnValue:
    """A neighbour rang: the guest is called at once, sensor or not."""
    home, zone = _writable(home_id)
    form = Form.of_request() if asking.is_sent() else Form()
    if form.sent:
        with form.taking_errors(), asking.writing() as session:
            incident = open_by_hand(
                session,
                asking.service().escalation,
                find_property(session, asking.host(), home_id),
                OpenedBy.HOST,
                now=asking.now(),
                complaint=form.optional("complaint"),
                complaint_at=form.instant("complaint_at", zone),
            )
        if not form.is_refused:
            flash(_("The call is requested."))
            return redirect(url_for("host.incident", incident_id=incident.public_id))
    page = render_template("host/call_now.html", form=form, home=home)
    return page, 422 if form.is_refused else 200


def pause(home_id: str) -> ResponseReturnValue:
    """No calls about this home until an instant that the host chooses."""
    home, zone = _writable(home_id)
    now = asking.now()
    form = (
        Form.of_request()
        if asking.is_sent()
        else Form({"until": times.for_field(next_morning(now, zone), zone)})
    )
    if form.sent:
        with form.taking_errors(), asking.writing() as session:
            until = form.required_instant("until", zone)
            reason = form["reason"]
            paused = pause_property(session, asking.host(), home_id, until, now=now, reason=reason)
            pause_home(session, paused, until, BY, now=now)
        if not form.is_refused:
            flash(_("Paused."))
            return redirect(url_for("host.home", home_id=home_id))
    page = render_template(
        "host/pause.html", form=form, home=home, morning=next_morning(now, zone), zone=zone
    )
    return page, 422 if form.is_refused else 200


def next_morning(now: datetime, zone: ZoneInfo) -> datetime:
    """The next 08:00 there."""
    local = now.astimezone(zone)
    morning = local.replace(hour=8, minute=0, second=0, microsecond=0)
    if morning <= local:
        morning = (morning.replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=zone)
    return morning.astimezone(UTC)


def resume(home_id: str) -> ResponseReturnValue:
    """Watch the home again from now."""
    with asking.writing() as session:
        now = asking.now()
        watched = end_pause(session, asking.host(), home_id, now=now)
        look_at_home(session, watched, now=now)
    flash(_("The pause is over: we are watching again."))
    return redirect(url_for("host.home", home_id=home_id))


def _writable(home_id: str) -> tuple[Property, ZoneInfo]:
    with asking.reading() as session:
        home = find_property(session, asking.host(), home_id)
    asking.host().require_write(home.account_id)
    return home, ZoneInfo(home.timezone)
