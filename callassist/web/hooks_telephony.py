"""`POST /hooks/telephony/<provider>/<dial token>`: what phone networks report about our calls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Protocol

from flask import Blueprint, Response, json, request
from werkzeug.exceptions import RequestEntityTooLarge

from callassist.clock import Clock
from callassist.domain.dial import LegEvent
from callassist.errors import CallAssistError, Forbidden, InvalidInput, NotFound, TransientError
from callassist.ports.telephony import Telephony, WebhookRequest

MAX_BODY = 64 * 1024
RETRY_AFTER_SECONDS = 5

_STATUS: tuple[tuple[type[CallAssistError], HTTPStatus], ...] = (
    (NotFound, HTTPStatus.NOT_FOUND),
    (Forbidden, HTTPStatus.FORBIDDEN),
    (InvalidInput, HTTPStatus.BAD_REQUEST),
    (TransientError, HTTPStatus.SERVICE_UNAVAILABLE),
)


RecordCallEvents = Callable[[str, list[LegEvent], datetime], None]


class TelephonyHookServices(Protocol):
    """What this view needs of the service."""

    @property
    def telephony(self) -> Telephony:
        """The network in use."""
        ...

    @property
    def rehearsal(self) -> Telephony:
        """The simulated network of practice alerts; it may be the same one."""
        ...

    @property
    def clock(self) -> Clock:
        """The service's clock."""
        ...

    @property
    def public_url(self) -> str:
        """The configured public address, which the network signed; never the request's own."""
        ...

    @property
    def record_call_events(self) -> RecordCallEvents:
        """Takes (dial token, events, now); repeated reports change nothing.

        Raises NotFound for an unknown token.
        """
        ...


def blueprint(services: TelephonyHookServices) -> Blueprint:
    """The endpoint: verify, translate, hand over, answer 204."""
    hooks = Blueprint("hooks_telephony", __name__)

    @hooks.post("/hooks/telephony/<provider>/<dial_token>")
    def receive(provider: str, dial_token: str) -> Response:
        now = services.clock.now()
        both = (services.telephony, services.rehearsal)
        network = next((one for one in both if one.name == provider), None)
        if network is None:
            raise NotFound("this phone network is not in use here")
        callback = _callback(services.public_url)
        if not network.verify_webhook(callback):
            raise Forbidden("the signature does not fit this address and body")
        events = network.parse_webhook(callback)
        services.record_call_events(dial_token, events, now)
        return Response(status=HTTPStatus.NO_CONTENT)

    hooks.register_error_handler(CallAssistError, _refused)
    hooks.register_error_handler(RequestEntityTooLarge, _too_large)
    return hooks


def _callback(public_url: str) -> WebhookRequest:
    request.max_content_length = MAX_BODY + 1  # a chunked body is cut there without a word
    body = request.get_data(cache=True)  # before the form, which would use the stream up
    if len(body) > MAX_BODY:
        raise RequestEntityTooLarge
    query = request.query_string.decode("ascii", "replace")
    return WebhookRequest(
        url=public_url.rstrip("/") + request.path + (f"?{query}" if query else ""),
        headers=dict(request.headers),
        form=request.form.to_dict(),
        body=body,
    )


def _refused(error: CallAssistError) -> Response:
    status = next(
        (status for kind, status in _STATUS if isinstance(error, kind)),
        HTTPStatus.UNPROCESSABLE_ENTITY,
    )
    response = _problem(status, error.detail)
    if isinstance(error, TransientError):
        response.headers["Retry-After"] = str(round(error.retry_after or RETRY_AFTER_SECONDS))
    return response


def _too_large(error: RequestEntityTooLarge) -> Response:
    return _problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a callback has at most {MAX_BODY} bytes")


def _problem(status: HTTPStatus, detail: str) -> Response:
    """RFC 9457."""
    body = {"type": "about:blank", "title": status.phrase, "status": status, "detail": detail}
    return Response(json.dumps(body), status, mimetype="application/problem+json")
