"""`POST /hooks/telephony/<provider>/text`: somebody wrote; `…/text/<token>`: a report."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Protocol

from flask import Blueprint, Response
from werkzeug.exceptions import RequestEntityTooLarge

from callassist.errors import CallAssistError, NotFound
from callassist.ports.telephony import Telephony
from callassist.ports.texting import IncomingText, Texting, TextReport
from callassist.web.hooks_telephony import Verifying, refused, too_large, verified

RecordInboundText = Callable[[str, IncomingText, datetime], None]
RecordTextReport = Callable[[str, TextReport, datetime], None]


class TextHookServices(Verifying, Protocol):
    """What this view needs of the service."""

    @property
    def record_text_report(self) -> RecordTextReport:
        """Takes (token, report, now); a repeated report changes nothing.

        Raises NotFound for an unknown token.
        """
        ...

    @property
    def record_inbound_text(self) -> RecordInboundText:
        """Takes (provider, text, now); a repeated text changes nothing."""
        ...


def blueprint(services: TextHookServices) -> Blueprint:
    """The endpoint: verify, translate, hand over, answer 204."""
    hooks = Blueprint("hooks_texts", __name__)

    @hooks.post("/hooks/telephony/<provider>/text/<token>")
    def text_report(provider: str, token: str) -> Response:
        now = services.clock.now()
        network, callback = verified(services, provider, token)
        services.record_text_report(token, _texting(network).parse_report(callback), now)
        return Response(status=HTTPStatus.NO_CONTENT)

    @hooks.post("/hooks/telephony/<provider>/text")
    def somebody_wrote(provider: str) -> Response:
        now = services.clock.now()
        network, request = verified(services, provider)
        text = _texting(network).parse_incoming(request)
        services.record_inbound_text(network.name, text, now)
        return Response(status=HTTPStatus.NO_CONTENT)

    hooks.register_error_handler(CallAssistError, refused)
    hooks.register_error_handler(RequestEntityTooLarge, too_large)
    return hooks


def _texting(network: Telephony) -> Texting:
    if network.texting is None:
        raise NotFound("this phone network sends no texts")
    return network.texting
