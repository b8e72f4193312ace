"""Somebody phones back and rings at the operator's browser: who it is, answer and decline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from callassist.domain.call_task import Party
from callassist.domain.reference import as_said
from callassist.errors import Conflict, InvalidInput, NotFound
from callassist.escalation.browser_lines import Line, line_named
from callassist.escalation.desk_rings import browser_of_ring, decline_ring, ring_at_browser
from callassist.escalation.incoming_ring import rung_until
from callassist.models import CallTask, Incident, IncomingCall, Property, Stay
from callassist.web.operator_card import guest_name
from callassist.web.pages import asking
from callassist.web.pages.desk import places
from callassist.web.translate import gettext as _


@dataclass(frozen=True, kw_only=True)
class Ringing:
    """Who phones; `ends` is when the caller stops waiting for an answer."""

    call_id: str
    task_id: str
    party: Party
    name: str | None
    reference: str
    ends: datetime


def fragment() -> ResponseReturnValue:
    """The call that rings at my browser; nothing while none does."""
    return render_template("desk/ring.html", ring=_mine(), here_task=places.here_task())


def for_templates() -> dict[str, Callable[[], Ringing | None]]:
    """Asked by the frame only while somebody has a call in hand."""
    return {"my_ring": _mine}


def decide(call_id: str, what: str) -> ResponseReturnValue:
    """Answer or decline; where the browser has a line of its own it tells the network itself."""
    now, ctx = asking.now(), asking.service().escalation
    try:
        with asking.writing() as database:
            me = places.me(database).id
            task_id = _task_of(database, ring_at_browser(database, ctx, me, now))
            network, provider_call_id = browser_of_ring(database, ctx, me, call_id, now)
            if what == "decline":
                decline_ring(database, ctx, me, call_id, now)
        if network is not None:
            tell = network.desk_answers if what == "answer" else network.desk_declines
            tell(provider_call_id)
    except (Conflict, NotFound):
        flash(_("They have hung up, or somebody else helps them by now."), "refused")
        return redirect(url_for("desk.queue"))
    return redirect(url_for("desk.task", task_id=task_id))


def line_of_request() -> Line | None:
    """What the browser that beats says of its line; nothing for what makes no sense."""
    try:
        return line_named(request.form.get("line", ""), request.form.get("network", ""))
    except InvalidInput:
        return None


def _mine() -> Ringing | None:
    service = asking.service()
    with asking.reading() as database:
        me = places.me(database).id
        call = ring_at_browser(database, service.escalation, me, asking.now())
        if call is None or call.task_id is None:
            return None
        incident = database.get_one(Incident, call.incident_id)
        party = Party(call.party or "")
        stay = database.get(Stay, incident.stay_id) if incident.stay_id is not None else None
        home = database.get_one(Property, incident.property_id)
        is_guest = party is Party.GUEST
        return Ringing(
            call_id=call.public_id,
            task_id=_task_of(database, call),
            party=party,
            name=guest_name(service, stay) if is_guest else home.host_spoken_name,
            reference=as_said(incident.reference),
            ends=rung_until(service.escalation, call, call.changed_at),
        )


def _task_of(database: Session, call: IncomingCall | None) -> str:
    if call is None or call.task_id is None:
        raise Conflict("nobody phones any more")
    return database.get_one(CallTask, call.task_id).public_id
