"""What needs the host: shown until somebody acknowledges it."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from callassist import notifications
from callassist.web.pages import asking
from callassist.web.pages.host.alarm_lines import find_alarm
from callassist.web.translate import gettext as _


def show(alarm_id: str) -> ResponseReturnValue:
    """One alarm; messages lead here."""
    with asking.reading() as session:
        row, alarm = find_alarm(session, asking.host(), alarm_id)
    return render_template("host/alarm.html", alarm=alarm, taken_by=row.acknowledged_by)


def acknowledge(alarm_id: str) -> ResponseReturnValue:
    """Somebody takes it: nobody else is alarmed any more."""
    with asking.writing() as session:
        viewer = asking.host()
        row, alarm = find_alarm(session, viewer, alarm_id)
        viewer.require_write(row.account_id)
        first = notifications.acknowledge(session, viewer.name, row.id, asking.now())
    if first:
        flash(_("Noted: you take it. Nobody else is alarmed."))
    if alarm.incident_id is not None:
        return redirect(url_for("host.incident", incident_id=alarm.incident_id))
    return redirect(url_for("host.tonight"))
