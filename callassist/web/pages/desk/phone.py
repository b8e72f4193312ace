"""How the operator calls: the choice, the number of their own phone, the browser's grant."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, current_app, flash, g, jsonify, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.accounts.own_phone import choose_dial_mode, set_own_phone
from callassist.bootstrap import Service
from callassist.domain.call_task import TaskState
from callassist.domain.dial import TWO_LEGS, UNSETTLED, DialMode, mode_chosen
from callassist.domain.phone import parse_number
from callassist.errors import CallAssistError, NotFound
from callassist.escalation.bridging import identity_of
from callassist.models import CallAttempt, CallTask, Incident, Operator
from callassist.ports.telephony import Telephony
from callassist.web.pages import asking
from callassist.web.pages.desk import places
from callassist.web.pages.forms import Form

# What Twilio's softphone speaks with, from its own documentation; only where it is used.
_TALKS_TO = (
    "https://eventgw.twilio.com https://eventgw.us1.twilio.com wss://voice-js.roaming.twilio.com "
    "https://media.twiliocdn.com https://sdk.twilio.com"
)
_PLAYS_FROM = "mediastream: https://media.twiliocdn.com https://sdk.twilio.com"
_UNSETTLED = [str(state) for state in UNSETTLED]  # by name: an index finds the few
_IN_HAND = (str(TaskState.ASSIGNED), str(TaskState.WRAPPING_UP))


@dataclass(frozen=True, kw_only=True)
class MyPhone:
    """How somebody calls now, and how they could."""

    mode: DialMode
    modes: tuple[DialMode, ...]
    number_mask: str | None

    @property
    def is_ready(self) -> bool:
        """Whether a call can be made; the browser's microphone is the browser's to know."""
        return self.mode is not DialMode.OWN_PHONE or self.number_mask is not None


def my_phone() -> MyPhone | None:
    """Of the viewer; None where the network asks for no line of the operator's own."""
    network = asking.service().telephony
    modes = network.capabilities().modes
    if TWO_LEGS.isdisjoint(modes):
        return None
    with asking.reading() as database:
        operator = places.me(database)
        chosen = mode_chosen(modes, operator.dial_mode)
        return MyPhone(mode=chosen, modes=modes, number_mask=_mask(operator))


def choose() -> ResponseReturnValue:
    """Change the way, the number, or both."""
    form = Form.of_request()
    service = asking.service()
    modes = service.telephony.capabilities().modes
    # who gives a number where no other way exists keeps to it when browsers are set up one day
    only = str(modes[0]) if len(modes) == 1 and form["phone"] else ""
    with form.taking_errors(), asking.writing() as database:
        operator = places.me(database)
        if form["phone"] or form.has("forget"):
            set_own_phone(service.vault, operator, form["phone"])
        if form["mode"] or only:
            choose_dial_mode(operator, form["mode"] or only, modes)
    for told in form.errors.values():
        flash(told, "refused")
    return redirect(url_for("desk.start", _anchor="phone"))


def grant() -> ResponseReturnValue:
    """A token for this browser; it names the operator, and nobody can call anybody else by it.

    It opens the network on which their call of the moment is made, or its party phones back: an
    account's own, too.
    """
    service = asking.service()
    with asking.reading() as database:
        operator = places.me(database)
        identity = identity_of(operator)
        network = _network_for(database, service, operator)
    bridge = network.bridge
    if bridge is None or DialMode.SOFTPHONE not in network.capabilities().modes:
        raise NotFound("this phone network takes no calls from browsers")
    try:
        given = bridge.softphone_grant(identity)
    except CallAssistError as error:
        return {"error": error.detail}, 409
    answer = jsonify(
        token=given.token, network=network.name, expires_at=given.expires_at.isoformat()
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _network_for(database: Session, service: Service, operator: Operator) -> Telephony:
    """The network of the dial that is under way, else of the call in hand, else the service's."""
    provider = database.scalar(
        select(CallAttempt.provider)
        .where(
            CallAttempt.operator_id == operator.id,
            CallAttempt.mode == str(DialMode.SOFTPHONE),
            CallAttempt.state.in_(_UNSETTLED),
        )
        .order_by(CallAttempt.id.desc())
        .limit(1)
    )
    if provider is not None:
        return service.escalation.network_named(provider)
    in_hand = database.scalar(
        select(Incident)
        .join(CallTask, CallTask.incident_id == Incident.id)
        .where(CallTask.operator_id == operator.id, CallTask.state.in_(_IN_HAND))
        .limit(1)
    )
    return service.telephony if in_hand is None else service.escalation.network_of(in_hand)


def allow_line(answer: Response) -> Response:
    """The desk's pages, on which a browser's own line may come up, may speak with the network."""
    if answer.mimetype == "text/html" and _has_softphone():
        policy = current_app.config["CONTENT_SECURITY_POLICY"].replace(
            "connect-src 'self'", f"connect-src 'self' {_TALKS_TO}"
        )
        answer.headers["Content-Security-Policy"] = f"{policy}; media-src 'self' {_PLAYS_FROM}"
        permissions = current_app.config["PERMISSIONS_POLICY"]
        answer.headers["Permissions-Policy"] = permissions.replace(
            "microphone=()", "microphone=(self)"
        )
    return answer


def for_templates() -> dict[str, object]:
    """What every page of the desk may ask."""
    return {"my_phone": my_phone, "line_kind": line_kind, "line_network": line_network}


def line_kind() -> str:
    """Which line of its own this browser has on a call: "twilio", "simulated" or none."""
    kept: str | None = g.get("desk_line_kind")  # a page of a call asks twice
    if kept is None:
        kept = g.desk_line_kind = _line_kind()
    return kept


def line_network() -> str:
    """The service's network; which one a real line is registered with, its grant says."""
    return asking.service().telephony.name


def _line_kind() -> str:
    if asking.service().telephony.capabilities().simulated:
        return "simulated"
    mine = my_phone()
    return "twilio" if mine is not None and mine.mode is DialMode.SOFTPHONE else ""


def _has_softphone() -> bool:
    return DialMode.SOFTPHONE in asking.service().telephony.capabilities().modes


def _mask(operator: Operator) -> str | None:
    if operator.phone is None:
        return None
    return parse_number(asking.service().vault.open(operator.phone)).mask
