"""`POST /hooks/telephony/<provider>/…`: what phone networks report and ask about our calls.

`…/<token>` reports the called leg, `…/<token>/operator` the operator's own. What to do with a
phone that we rang is asked at `…/ask`, `…/pressed` and `…/after`, and by a browser that calls at
`…/browser`. Whose token it is, escalation knows (`token_holders`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import Protocol

from flask import Blueprint, Response, json, request
from werkzeug.exceptions import RequestEntityTooLarge

from callassist.clock import Clock
from callassist.domain.dial import Leg, LegEvent
from callassist.errors import CallAssistError, Forbidden, InvalidInput, NotFound, TransientError
from callassist.escalation.tokens import Question
from callassist.ports.own_networks import OwnNetworks
from callassist.ports.recording import CanRecord, Sound
from callassist.ports.telephony import Bridge, BridgeRequest, Step, Telephony, WebhookRequest
from callassist.web.callbacks import MAX_BODY, callback_of

RETRY_AFTER_SECONDS = 5

_STATUS: tuple[tuple[type[CallAssistError], HTTPStatus], ...] = (
    (NotFound, HTTPStatus.NOT_FOUND),
    (Forbidden, HTTPStatus.FORBIDDEN),
    (InvalidInput, HTTPStatus.BAD_REQUEST),
    (TransientError, HTTPStatus.SERVICE_UNAVAILABLE),
)


_ASKED = "ask, pressed, after, result, announce, consent"

RecordSound = Callable[[str, Sound, datetime], None]
RecordCallEvents = Callable[[str, list[LegEvent], datetime], None]
ProviderOf = Callable[[str], str | None]
PhoneRings = Callable[[str, BridgeRequest, datetime], Step]
NextStep = Callable[[Question, str, BridgeRequest, datetime], Step]


class Verifying(Protocol):
    """What it takes to know that a network really sent something."""

    @property
    def telephony(self) -> Telephony:
        """The network in use."""
        ...

    @property
    def rehearsal(self) -> Telephony:
        """The simulated network of practice alerts; it may be the same one."""
        ...

    @property
    def own_networks(self) -> OwnNetworks:
        """Those that accounts bring themselves."""
        ...

    @property
    def provider_of(self) -> ProviderOf:
        """Takes a token; the name of the network whose call or text it is, None for none."""
        ...

    @property
    def clock(self) -> Clock:
        """The service's clock."""
        ...

    @property
    def public_url(self) -> str:
        """The configured public address, which the network signed; never the request's own."""
        ...


class TelephonyHookServices(Verifying, Protocol):
    """What this view needs of the service."""

    @property
    def record_call_events(self) -> RecordCallEvents:
        """Takes (dial token, events, now); repeated reports change nothing.

        Raises NotFound for an unknown token.
        """
        ...

    @property
    def record_sound(self) -> RecordSound:
        """Takes (dial token, what a network reports of a recording, now); raises NotFound."""
        ...

    @property
    def phone_rings(self) -> PhoneRings:
        """Takes (provider, who phones us, now); the same call asked about again, the same."""
        ...

    @property
    def next_step(self) -> NextStep:
        """Takes (question, dial token, what the network told, now); decides for the own leg.

        Raises NotFound for an unknown token.
        """
        ...


def blueprint(services: TelephonyHookServices) -> Blueprint:
    """The endpoint: verify, translate, hand over, answer 204."""
    hooks = Blueprint("hooks_telephony", __name__)

    @hooks.post("/hooks/telephony/<provider>/<dial_token>")
    def called_leg(provider: str, dial_token: str) -> Response:
        now = services.clock.now()
        network, callback = verified(services, provider, dial_token)
        # the address says whose leg it is: a network may call any that it rings our own
        events = [replace(one, leg=Leg.CALLED) for one in network.parse_webhook(callback)]
        services.record_call_events(dial_token, events, now)
        return Response(status=HTTPStatus.NO_CONTENT)

    @hooks.post("/hooks/telephony/<provider>/<dial_token>/operator")
    def operator_leg(provider: str, dial_token: str) -> Response:
        now = services.clock.now()
        network, callback = verified(services, provider, dial_token)
        events = [replace(one, leg=Leg.OPERATOR) for one in network.parse_webhook(callback)]
        services.record_call_events(dial_token, events, now)
        return Response(status=HTTPStatus.NO_CONTENT)

    @hooks.post(f"/hooks/telephony/<provider>/{Question.BROWSER}")
    def browser_calls(provider: str) -> Response:
        return _answer(services, provider, Question.BROWSER, "")

    @hooks.post(f"/hooks/telephony/<provider>/<dial_token>/<any({_ASKED}):question>")
    def operator_asks(provider: str, dial_token: str, question: str) -> Response:
        return _answer(services, provider, Question(question), dial_token)

    @hooks.post("/hooks/telephony/<provider>/<dial_token>/recording")
    def recording(provider: str, dial_token: str) -> Response:
        now = services.clock.now()
        network, callback = verified(services, provider, dial_token)
        if not isinstance(network, CanRecord):
            raise NotFound("this phone network records nothing")
        services.record_sound(dial_token, network.parse_recording(callback), now)
        return Response(status=HTTPStatus.NO_CONTENT)

    @hooks.post("/hooks/telephony/<provider>/incoming")
    def somebody_phones(provider: str) -> Response:
        now = services.clock.now()
        network, callback = verified(services, provider)
        bridge = _bridge(network)
        step = services.phone_rings(provider, bridge.parse_request(callback), now)
        document = bridge.document(step)
        return Response(document.body, mimetype=document.mimetype)

    hooks.register_error_handler(CallAssistError, refused)
    hooks.register_error_handler(RequestEntityTooLarge, too_large)
    return hooks


def verified(
    services: Verifying, provider: str, token: str = ""
) -> tuple[Telephony, WebhookRequest]:
    """The network of that name and its callback; NotFound and Forbidden say what is wrong.

    With a `token` its call must be one of this network: what one account's network signs says
    nothing about a call of another's.
    """
    both = (services.telephony, services.rehearsal)
    network = next((one for one in both if one.name == provider), None)
    network = network or services.own_networks.named(provider)
    if network is None:
        raise NotFound("this phone network is not in use here")
    callback = callback_of(request, services.public_url)
    if not network.verify_webhook(callback):
        raise Forbidden("the signature does not fit this address and body")
    if token and services.provider_of(token) not in (None, provider):
        raise Forbidden("this call is not one of this network")
    return network, callback


def _answer(
    services: TelephonyHookServices, provider: str, question: Question, dial_token: str
) -> Response:
    now = services.clock.now()
    network, callback = verified(services, provider, dial_token)
    bridge = _bridge(network)
    asked = bridge.parse_request(callback)
    if asked.attempt_id and services.provider_of(asked.attempt_id) not in (None, provider):
        raise Forbidden("this call is not one of this network")
    step = services.next_step(question, dial_token, asked, now)
    document = bridge.document(step)
    return Response(document.body, mimetype=document.mimetype)


def _bridge(network: Telephony) -> Bridge:
    if network.bridge is None:
        raise NotFound("this phone network asks nothing")
    return network.bridge


def refused(error: CallAssistError) -> Response:
    """The error as a problem document."""
    status = next(
        (status for kind, status in _STATUS if isinstance(error, kind)),
        HTTPStatus.UNPROCESSABLE_ENTITY,
    )
    response = _problem(status, error.detail)
    if isinstance(error, TransientError):
        response.headers["Retry-After"] = str(round(error.retry_after or RETRY_AFTER_SECONDS))
    return response


def too_large(error: RequestEntityTooLarge) -> Response:
    """The same for a body that is too large."""
    return _problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a callback has at most {MAX_BODY} bytes")


def _problem(status: HTTPStatus, detail: str) -> Response:
    """RFC 9457."""
    body = {"type": "about:blank", "title": status.phrase, "status": status, "detail": detail}
    return Response(json.dumps(body), status, mimetype="application/problem+json")
