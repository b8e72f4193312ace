"""The operator says that what the guest wrote was read, or that it asks for no more messages."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from callassist.domain.guest_reply import ReadBy
from callassist.errors import NotFound
from callassist.escalation.joined import incidents_of
from callassist.escalation.replies import find_reply, mark_read, stop_by_reply
from callassist.models import Incident
from callassist.web.operator_card import OVER
from callassist.web.pages import asking
from callassist.web.pages.desk.queries import find_task
from callassist.web.translate import gettext as _


def reply(task_id: str, reply_id: str, what: str) -> ResponseReturnValue:
    """For whoever has the call in hand; for others there is no such reply."""
    now = asking.now()
    with asking.writing() as database:
        task, operator = find_task(database, asking.viewer(), task_id)
        if task.operator_id != operator.id or task.state in OVER:
            raise NotFound("there is no such reply")
        incident = database.get_one(Incident, task.incident_id)
        about = [one.id for one in incidents_of(database, incident)]
        found = find_reply(database, about, reply_id)
        act = stop_by_reply if what == "stop" else mark_read
        act(database, found.id, ReadBy.OPERATOR, now, operator_id=operator.id)
    if what == "stop":
        flash(_("Noted: this number gets no automatic messages any more."))
    return redirect(url_for("desk.task", task_id=task_id, _anchor="call-now"))
