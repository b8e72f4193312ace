"""Texts by Twilio: sending, and what is reported of them."""

from __future__ import annotations

import re

from callassist.errors import InvalidInput
from callassist.ports.texting import (
    IncomingText,
    RefusedText,
    SendText,
    SentText,
    TextInDoubt,
    TextNotSent,
    TextRefusal,
    TextReport,
    TextStatus,
)
from callassist.ports.webhook import WebhookRequest
from callassist.settings import TwilioSettings
from callassist.telephony.twilio.documents import with_retries
from callassist.telephony.twilio.fields import Fields
from callassist.telephony.twilio.refusals import NoAnswer, Refused, sentence
from callassist.telephony.twilio.rest import Rest

# https://www.twilio.com/docs/messaging/api/message-resource#message-status-values
_STATUSES = {
    "accepted": TextStatus.ACCEPTED,
    "scheduled": TextStatus.ACCEPTED,
    "queued": TextStatus.ACCEPTED,
    "initiated": TextStatus.ACCEPTED,  # SignalWire
    "sending": TextStatus.ACCEPTED,
    "sent": TextStatus.ACCEPTED,
    "delivered": TextStatus.DELIVERED,
    "read": TextStatus.DELIVERED,
    "undelivered": TextStatus.UNDELIVERED,
    "failed": TextStatus.UNDELIVERED,
    "canceled": TextStatus.UNDELIVERED,
}
# https://www.twilio.com/docs/api/errors
_REFUSALS = {
    21610: TextRefusal.STOPPED,
    21211: TextRefusal.INVALID_NUMBER,
    21217: TextRefusal.INVALID_NUMBER,
    21614: TextRefusal.INVALID_NUMBER,  # a landline
}
_TEXT_ID = re.compile(r"[A-Za-z0-9-]{1,64}")  # SM and 32 digits at Twilio, a UUID elsewhere
_ERROR = re.compile(r"[0-9]{1,6}")
_NOT_SENT_RETRY_SECONDS = 2.0


class TwilioTexts:
    """The texts of one account."""

    def __init__(self, rest: Rest, settings: TwilioSettings) -> None:
        self._rest = rest
        self._settings = settings

    def send(self, request: SendText) -> SentText:
        """Ask for the text once."""
        try:
            text_id = self._rest.text(
                to=request.to,
                **self._sender(request),
                body=request.body,
                status_callback=with_retries(request.callback_url),
            )
        except (Refused, NoAnswer) as error:
            raise _of_a_text(error) from None
        return SentText(text_id=text_id)

    def _sender(self, request: SendText) -> dict[str, str]:
        service = self._settings.messaging_service_sid
        if service and not request.sender:
            return {"messaging_service_sid": service}
        return {"from_": request.sender or self._settings.caller_id}

    def parse_incoming(self, request: WebhookRequest) -> IncomingText:
        """A text to a number of the account."""
        form = Fields(request)
        body = form.get("Body", "")
        return IncomingText(text_id=_text_id(form), sender=form.get("From", ""), body=body)

    def parse_report(self, request: WebhookRequest) -> TextReport:
        """The report of a status callback."""
        form = Fields(request)
        text_id, status = _text_id(form), form.get("MessageStatus", "")
        if status not in _STATUSES:
            raise InvalidInput("expected the status of a message", "MessageStatus")
        code = form.get("ErrorCode", "")
        error = f"error {code}" if _ERROR.fullmatch(code) else ""
        return TextReport(text_id=text_id, status=_STATUSES[status], error=error)


def _text_id(form: Fields) -> str:
    text_id = form.get("MessageSid", "")
    if not _TEXT_ID.fullmatch(text_id):
        raise InvalidInput("expected the id of a message", "MessageSid")
    return text_id


def _of_a_text(error: Refused | NoAnswer) -> RefusedText | TextNotSent | TextInDoubt:
    if isinstance(error, NoAnswer):
        if error.sent:
            return TextInDoubt(f"Twilio did not answer ({error.what}); the text may arrive")
        return TextNotSent(f"Twilio was not reached ({error.what})", _NOT_SENT_RETRY_SECONDS)
    if error.is_rate:
        return TextNotSent(sentence(error), error.retry_after)
    return RefusedText(sentence(error), _REFUSALS.get(error.code, TextRefusal.NOT_ALLOWED))
