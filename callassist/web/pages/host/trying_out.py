"""Trying Call Assist out: the practice alert, and shadow mode of a home."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.accounts.properties import find_property
from callassist.escalation.practice import begin_practice
from callassist.escalation.shadow import WouldBeCall, begin_shadow, end_shadow, would_have_called
from callassist.models import Incident, Property
from callassist.web.pages import asking
from callassist.web.pages.forms import Form
from callassist.web.translate import gettext as _

_BY = "host"
_LISTED = timedelta(days=30)  # also after shadow mode has ended


def practice(home_id: str) -> ResponseReturnValue:
    """What a rehearsal does; pressing the button begins it and leads to its incident."""
    with asking.reading() as session:
        home = find_property(session, asking.host(), home_id)
        running = _running(session, home)
    asking.host().require_write(home.account_id)
    form = Form.of_request() if asking.is_sent() else Form()
    if form.sent:
        with form.taking_errors(), asking.writing() as session:
            home = find_property(session, asking.host(), home_id)
            begun = begin_practice(session, asking.service().escalation, home, now=asking.now())
        if not form.is_refused:
            return redirect(url_for("host.incident", incident_id=begun.public_id))
    page = render_template(
        "host/practice.html",
        form=form,
        home=home,
        running=running,
        works="worker" in asking.service().running,
    )
    return page, 422 if form.is_refused else 200


def shadow(home_id: str) -> ResponseReturnValue:
    """Whether a home is in shadow mode, and the calls that we would have made."""
    now = asking.now()
    with asking.reading() as session:
        viewer = asking.host()
        home = find_property(session, viewer, home_id)
        since = home.shadow_since or now - _LISTED
        count, calls = would_have_called(session, viewer, home, since)
    return render_template(
        "host/shadow.html",
        home=home,
        zone=ZoneInfo(home.timezone),
        count=count,
        calls=[(each, _went_on_for(each, now)) for each in calls],
        may_write=viewer.can_write(home.account_id),
    )


def switch_shadow(home_id: str) -> ResponseReturnValue:
    """On or off, as the form says."""
    is_on = Form.of_request()["mode"] == "on"
    with asking.writing() as session:
        viewer, now = asking.host(), asking.now()
        if is_on:
            begin_shadow(session, viewer, home_id, _BY, now=now)
        else:
            end_shadow(session, viewer, home_id, now=now)
    flash(
        _("Shadow mode is on: nothing leaves the house.")
        if is_on
        else _("Shadow mode is off: calls are made again.")
    )
    return redirect(url_for("host.shadow", home_id=home_id))


def _running(session: Session, home: Property) -> str | None:
    """The public id of the account's rehearsal that runs now."""
    query = select(Incident.public_id).where(
        Incident.account_id == home.account_id,
        Incident.practice.is_(True),
        Incident.closed_at.is_(None),
    )
    return session.scalar(query.limit(1))


def _went_on_for(call: WouldBeCall, now: datetime) -> timedelta:
    """How long the noise went on after the call that was not made."""
    return max((call.ended_at or now) - call.at, timedelta())


ROUTES = (
    ("/homes/<home_id>/practice", "practice", practice, ["GET", "POST"]),
    ("/homes/<home_id>/shadow", "shadow", shadow, ["GET"]),
    ("/homes/<home_id>/shadow", "switch_shadow", switch_shadow, ["POST"]),
)
