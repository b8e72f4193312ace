"""Incidents: the list, one of them, and ending one by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from callassist.errors import Conflict
from callassist.escalation import ending
from callassist.models import Incident
from callassist.web.pages import asking
from callassist.web.pages.host.incident_page import find_incident, incident_list, incident_screen
from callassist.web.pages.refusals import in_words
from callassist.web.translate import gettext as _

BY = "host"  # how the log names whoever acts for the account: never by name


def index() -> ResponseReturnValue:
    """Every incident, newest first."""
    with asking.reading() as session:
        lines, following = incident_list(session, asking.host(), request.args.get("before"))
    return render_template("host/incidents.html", lines=lines, following=following)


def show(incident_id: str) -> ResponseReturnValue:
    """One incident."""
    with asking.reading() as session:
        screen = incident_screen(
            session, asking.service(), asking.host(), incident_id, asking.now()
        )
    return render_template("host/incident.html", screen=screen)


def take_over(incident_id: str) -> ResponseReturnValue:
    """The host deals with it: no more calls."""

    def run(session: Session, incident: Incident, now: datetime) -> None:
        ending.take_over(session, incident.id, BY, now=now)

    return _end(incident_id, run, _("You took it over: nobody is called any more."))


def cancel(incident_id: str) -> ResponseReturnValue:
    """No more calls about this one."""

    def run(session: Session, incident: Incident, now: datetime) -> None:
        ending.cancel(session, incident.id, BY, now=now)

    return _end(incident_id, run, _("The calls are cancelled."))


def _end(
    incident_id: str, run: Callable[[Session, Incident, datetime], None], told: str
) -> ResponseReturnValue:
    try:
        with asking.writing() as session:
            incident = find_incident(session, asking.host(), incident_id)
            asking.host().require_write(incident.account_id)
            run(session, incident, asking.now())
        flash(told)
    except Conflict as error:
        flash(in_words(error), "refused")
    return redirect(url_for("host.incident", incident_id=incident_id))
