"""Text messages: on their way, delivered or not, and the words that stop them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from tests.twilio_server.far_ends import FarEnd
from tests.twilio_server.goto import GoTo
from tests.twilio_server.network import Network
from tests.twilio_server.problems import Refusal
from tests.twilio_server.reading import Element, read_document
from tests.twilio_server.segments import segments
from tests.twilio_server.shapes import geography, rfc2822
from tests.twilio_server.webhooks import Answer, Webhook

STOP_WORDS = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"}
START_WORDS = {"START", "YES", "UNSTOP"}
HELP_WORDS = {"HELP", "INFO"}
SENT_AFTER = 1.0
DELIVERED_AFTER = 4.0
PRICED_AFTER = 60.0
PER_SEGMENT = Decimal("0.0079")
ERRORS = {
    21610: "Attempt to send to unsubscribed recipient",
    30003: "Unreachable destination handset",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Message filtered",
    30008: "Unknown error",
}


@dataclass(eq=False)
class Message:
    """One text, theirs or ours."""

    sid: str
    account_sid: str
    to: str
    from_: str
    body: str
    direction: str  # outbound-api, outbound-reply, inbound
    created_at: datetime
    status: str
    callback: str = ""
    service: str | None = None
    changed_at: datetime | None = None
    sent_at: datetime | None = None
    error: int | None = None
    price: Decimal | None = None

    def to_json(self, prefix: str) -> dict[str, Any]:
        """The Message resource."""
        uri = f"{prefix}/2010-04-01/Accounts/{self.account_sid}/Messages/{self.sid}"
        return {
            "sid": self.sid,
            "account_sid": self.account_sid,
            "messaging_service_sid": self.service,
            "body": self.body,
            "num_segments": str(segments(self.body)),
            "num_media": "0",
            "direction": self.direction,
            "from": self.from_ or None,
            "to": self.to,
            "status": self.status,
            "error_code": self.error,
            "error_message": ERRORS.get(self.error or 0),
            "date_created": rfc2822(self.created_at),
            "date_updated": rfc2822(self.changed_at or self.created_at),
            "date_sent": rfc2822(self.sent_at),
            "price": None if self.price is None else f"{self.price:.5f}",
            "price_unit": "USD",
            "api_version": "2010-04-01",
            "uri": f"{uri}.json",
            "subresource_uris": {"media": f"{uri}/Media.json"},
        }

    def progress_form(self) -> dict[str, str]:
        """What a status callback carries."""
        form = {
            "AccountSid": self.account_sid,
            "ApiVersion": "2010-04-01",
            "From": self.from_,
            "To": self.to,
            "MessageSid": self.sid,
            "SmsSid": self.sid,
            "MessageStatus": self.status,
            "SmsStatus": self.status,
        }
        if self.service:
            form["MessagingServiceSid"] = self.service
        if self.error is not None:
            form["ErrorCode"] = str(self.error)
        if self.status in ("delivered", "undelivered") and self.changed_at is not None:
            form["RawDlrDoneDate"] = self.changed_at.strftime("%y%m%d%H%M")
        return form


class TextNetwork:
    """Every message of the account, and who does not want any."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.messages: list[Message] = []
        self.by_sid: dict[str, Message] = {}
        self.stopped: set[tuple[str, str]] = set()  # our sender, their number
        self.own_replies: list[tuple[str, str]] = []  # what Twilio itself answered to whom

    def send(
        self, to: str, sender: str, body: str, *, callback: str = "", service: str | None = None,
        direction: str = "outbound-api",
    ) -> Message:  # fmt: skip
        """Take a message; refuses with 21610 for somebody who said stop."""
        if (sender, to) in self.stopped:
            raise Refusal(21610)
        message = self._new(to, sender, body, direction, "accepted" if service else "queued")
        message.callback, message.service = callback, service
        phone = self.network.phone(to)
        self.network.after(SENT_AFTER, lambda: self._sent(message, phone))
        return message

    def _new(self, to: str, sender: str, body: str, direction: str, status: str) -> Message:
        network = self.network
        message = Message(
            sid=network.new_sid("SM"),
            account_sid=network.account.sid,
            to=to,
            from_=sender,
            body=body,
            direction=direction,
            created_at=network.now(),
            status=status,
        )
        self.messages.append(message)
        self.by_sid[message.sid] = message
        return message

    def _sent(self, message: Message, phone: FarEnd) -> None:
        if message.status == "canceled":
            return
        if phone.sms == "failed":
            self._move(message, "failed", phone.sms_error or 30008)
            return
        message.sent_at = self.network.now()
        self._move(message, "sent")
        error = None if phone.sms == "delivered" else phone.sms_error or 30003
        if phone.sms in ("delivered", "undelivered"):
            self.network.after(
                DELIVERED_AFTER - SENT_AFTER, lambda: self._move(message, phone.sms, error)
            )
        self.network.after(PRICED_AFTER, lambda: self._price(message))

    def _move(self, message: Message, status: str, error: int | None = None) -> None:
        message.status, message.error = status, error
        message.changed_at = self.network.now()
        if message.callback:
            self.network.notify(
                Webhook("message", message.callback, message.progress_form(), message.sid)
            )

    def _price(self, message: Message) -> None:
        message.price = -(PER_SEGMENT * segments(message.body))
        self.network.account.balance += message.price

    def receive(self, sender: str, to: str, body: str) -> Message:
        """Somebody texts us: stop words are heeded by the network itself, then we are told."""
        message = self._new(to, sender, body, "inbound", "received")
        hooks = self.network.account.numbers[to]
        self._heed(message)
        if not hooks.sms_url:
            self.network.alert(11200, f"{to} has no address for messages")
            return message
        self._ask(message, GoTo(hooks.sms_url, hooks.sms_method))
        return message

    def _ask(self, message: Message, goto: GoTo) -> None:
        form = inbound_form(message) | goto.form
        if self.network.account.advanced_opt_out and (kind := opt_out_type(message.body)):
            form["OptOutType"] = kind

        def answered(answer: Answer) -> None:
            if answer.is_ok and answer.body.strip():
                self._run(message, goto.url, answer)

        self.network.notify(
            Webhook("text", goto.url, form, message.sid, method=goto.method, on_answer=answered)
        )

    def _heed(self, message: Message) -> None:
        """One-word messages only, as Twilio reads them."""
        word, pair = message.body.strip().upper(), (message.to, message.from_)
        if word in STOP_WORDS and pair not in self.stopped:
            self.stopped.add(pair)
            self.own_replies.append((message.from_, "You have successfully been unsubscribed."))
        elif word in START_WORDS and pair in self.stopped:
            self.stopped.discard(pair)
            self.own_replies.append((message.from_, "You have successfully been re-subscribed."))

    def _run(self, message: Message, base: str, answer: Answer) -> None:
        verbs = read_document(
            answer.body,
            content_type=answer.content_type,
            violated=self.network.violated,
            of_text=True,
        )
        for verb in verbs or []:
            if verb.name == "Redirect":
                self.network.violated("a <Redirect> in a message is more than this network does")
            else:
                self._reply(message, verb)

    def _reply(self, message: Message, verb: Element) -> None:
        body = verb.text or "".join(child.text for child in verb.children)
        to = verb.get("to", message.from_)
        try:
            self.send(
                to, verb.get("from", message.to), body,
                callback=verb.get("statusCallback"), direction="outbound-reply",
            )  # fmt: skip
        except Refusal as refusal:
            self.network.alert(refusal.code, f"reply to {to}")


def opt_out_type(body: str) -> str:
    """What Advanced Opt-Out calls a message; empty for any other."""
    word = body.strip().upper()
    kinds = {"STOP": STOP_WORDS, "START": START_WORDS, "HELP": HELP_WORDS}
    return next((kind for kind, words in kinds.items() if word in words), "")


def inbound_form(message: Message) -> dict[str, str]:
    """What is posted when a text comes in."""
    return {
        "MessageSid": message.sid,
        "SmsSid": message.sid,
        "SmsMessageSid": message.sid,
        "AccountSid": message.account_sid,
        "From": message.from_,
        "To": message.to,
        "Body": message.body,
        "NumMedia": "0",
        "NumSegments": str(segments(message.body)),
        "SmsStatus": "received",
        "ApiVersion": "2010-04-01",
        **geography("From", message.from_),
        **geography("To", message.to),
    }
