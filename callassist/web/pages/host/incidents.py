"""Incidents: the list, one of them, and ending one by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from callassist.domain.incident import Resolution
from callassist.errors import Conflict
from callassist.escalation import ending
from callassist.models import Incident
from callassist.web.pages import asking, words
from callassist.web.pages.forms import Form
from callassist.web.pages.host.downloads import csv_download
from callassist.web.pages.host.incident_list import (
    BY_ITSELF,
    OPEN,
    Wanted,
    csv_of,
    homes_to_choose,
    incident_list,
)
from callassist.web.pages.host.incident_page import IncidentScreen, find_incident, incident_screen
from callassist.web.pages.host.stays import chosen_home
from callassist.web.pages.refusals import in_words
from callassist.web.translate import gettext as _

BY = "host"  # how the log names whoever acts for the account: never by name
_FILTERS = ("home", "how", "q", "first", "last")
_MAIN = (
    Resolution.GUEST_REACHED,
    Resolution.HOST_REACHED,
    Resolution.NOBODY_REACHED,
    Resolution.WENT_QUIET,
    Resolution.HOST_TOOK_OVER,
    Resolution.CANCELLED,
    Resolution.SENSOR_LOST,
    Resolution.MISSED,
)


def index() -> ResponseReturnValue:
    """Every incident, newest first, by night."""
    viewer, now = asking.host(), asking.now()
    with asking.reading() as session:
        wanted = _wanted(session)
        lines, following = incident_list(session, viewer, wanted, now)
        homes = homes_to_choose(session, viewer)
    kept: dict[str, Any] = {
        name: value for name, value in request.args.items() if value and name in _FILTERS
    }
    return render_template(
        "host/incidents.html",
        lines=lines,
        wanted=wanted,
        homes=homes,
        filtered=bool(kept),
        older=url_for("host.incidents", **kept, before=following) if following else "",
        newest=url_for("host.incidents", **kept) if wanted.before else "",
        csv=url_for("host.incidents_csv", **kept),
        hows=[
            ("", _("any outcome")),
            (OPEN, _("running now")),
            *((str(one), words.of(words.RESOLUTION, one)) for one in _MAIN),
            (BY_ITSELF, _("ended by itself")),
        ],
    )


def as_csv() -> ResponseReturnValue:
    """The same list as a file, all of it."""
    viewer, now = asking.host(), asking.now()
    with asking.reading() as session:
        wanted = _wanted(session)

    def lines() -> Iterator[str]:
        with asking.service().sessions.read() as session:
            yield from csv_of(session, viewer, wanted, now)

    return csv_download(lines(), "incidents")


def show(incident_id: str) -> ResponseReturnValue:
    """One incident."""
    return page_of(incident_id, Form())


def page_of(incident_id: str, form: Form, new_link: str = "") -> ResponseReturnValue:
    """Its page, with what was typed into its forms and was refused."""
    screen = _screen(incident_id)
    said = screen.false_alarm
    kind, comment = (said.kind, said.comment or "") if said else ("", "")
    form.fill({"days": "7", "kind": kind, "comment": comment})
    page = render_template("host/incident.html", screen=screen, form=form, new_link=new_link)
    return page, 422 if form.is_refused else 200


def fragment(incident_id: str) -> ResponseReturnValue:
    """The part of its page that changes while it runs."""
    return render_template("host/incident_live.html", screen=_screen(incident_id))


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


def _screen(incident_id: str) -> IncidentScreen:
    with asking.reading() as session:
        return incident_screen(session, asking.service(), asking.host(), incident_id, asking.now())


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


def _wanted(session: Session) -> Wanted:
    """What the address asks for; words that mean nothing here are left aside."""
    how = request.args.get("how", "")
    known = {OPEN, BY_ITSELF, *(str(one) for one in Resolution)}
    return Wanted(
        home=chosen_home(session),
        how=how if how in known else "",
        search=request.args.get("q", "")[:100].strip(),
        first=day_of(request.args.get("first")),
        last=day_of(request.args.get("last")),
        before=request.args.get("before") or None,
    )


def day_of(text: str | None) -> date | None:
    """A day like 2026-11-22; None for anything else."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2999 else None
