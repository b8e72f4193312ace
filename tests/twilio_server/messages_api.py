"""Messages over REST."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Request

from tests.twilio_server.far_ends import MAGIC_TEXTS
from tests.twilio_server.messages import TextNetwork
from tests.twilio_server.paging import page
from tests.twilio_server.problems import Refusal
from tests.twilio_server.shapes import ALPHANUMERIC, country_of

LONGEST = 1600
NO_TEXTS = {"landline"}


class MessagesApi:
    """The Messages resource."""

    def __init__(self, texts: TextNetwork, prefix: str) -> None:
        self.texts = texts
        self.network = texts.network
        self.prefix = prefix

    def create(self, request: Request, arguments: dict[str, str]) -> dict[str, Any]:
        form, to = request.form, request.form["To"]
        sender = self._sender(request)
        if "Body" not in form:
            raise Refusal(21602)
        if len(form["Body"]) > LONGEST:
            raise Refusal(21617)
        self._admit(to)
        message = self.texts.send(
            to,
            sender,
            form["Body"],
            callback=form.get("StatusCallback", ""),
            service=form.get("MessagingServiceSid"),
        )
        return message.to_json(self.prefix)

    def _sender(self, request: Request) -> str:
        account, form = self.network.account, request.form
        if "From" in form:
            sender = form["From"]
            if sender not in account.numbers and not ALPHANUMERIC.fullmatch(sender):
                raise Refusal(21606, sender)
            return sender
        senders = account.messaging_services.get(form.get("MessagingServiceSid", ""))
        if not senders:
            raise Refusal(21603)
        return senders[0]

    def _admit(self, to: str) -> None:
        account = self.network.account
        if to in MAGIC_TEXTS:
            raise Refusal(MAGIC_TEXTS[to], to)
        if account.is_trial and to not in account.verified:
            raise Refusal(21608, to)
        if account.countries is not None and country_of(to) not in account.countries:
            raise Refusal(21408, to)
        if self.network.phone(to).line_type in NO_TEXTS:
            raise Refusal(21614, to)

    def fetch(self, request: Request, arguments: dict[str, str]) -> dict[str, Any]:
        message = self.texts.by_sid.get(arguments["Sid"])
        if message is None:
            raise Refusal(20404, request.path)
        return message.to_json(self.prefix)

    def list(self, request: Request, arguments: dict[str, str]) -> dict[str, Any]:
        wanted = request.args
        found = [
            message.to_json(self.prefix)
            for message in reversed(self.texts.messages)
            if wanted.get("To", message.to) == message.to
            and wanted.get("From", message.from_) == message.from_
        ]
        return page("messages", found, request, self.prefix)
