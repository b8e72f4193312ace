"""Texts by Twilio: what is asked for, and what each answer, silence and report means."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode

import pytest

from callassist.errors import InvalidInput
from callassist.ports.texting import (
    RefusedText,
    SendText,
    TextInDoubt,
    TextNotSent,
    TextRefusal,
    TextStatus,
)
from callassist.ports.webhook import WebhookRequest
from callassist.telephony.twilio.documents import RETRIES
from tests.telephony.twilio.wire import GUEST, PUBLIC_URL, SETTINGS, Said, network, refusal, wire
from tests.twilio_server import twilio_server

URL = f"{PUBLIC_URL}/hooks/telephony/twilio/text/t1"
TEXT = SendText(to=GUEST, sender=None, body="It is loud.", callback_url=URL)
SENT = "SM" + "5" * 32


def test_a_text_is_asked_for_once_from_the_number_that_calls_show() -> None:
    with wire(Said(201, {"sid": SENT, "status": "queued"})) as server:
        assert network(server.url).texting.send(TEXT).text_id == SENT
    ((method, path, body, _),) = server.asked
    assert (method, path.rpartition("/")[2]) == ("POST", "Messages.json")
    assert parse_qs(body) == {
        "To": [GUEST],
        "From": [SETTINGS.caller_id],
        "Body": ["It is loud."],
        "StatusCallback": [URL + RETRIES],
    }


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (21610, TextRefusal.STOPPED),
        (21211, TextRefusal.INVALID_NUMBER),
        (21614, TextRefusal.INVALID_NUMBER),
        (21408, TextRefusal.NOT_ALLOWED),
        (21606, TextRefusal.NOT_ALLOWED),
        (20003, TextRefusal.NOT_ALLOWED),
    ],
)
def test_a_refusal_has_a_reason_and_never_the_number(code: int, reason: TextRefusal) -> None:
    with wire(refusal(code)) as server, pytest.raises(RefusedText) as refused:
        network(server.url).texting.send(TEXT)
    assert refused.value.reason is reason
    assert str(code) in refused.value.detail
    assert GUEST[1:] not in refused.value.detail


@pytest.mark.parametrize(
    ("says", "error"),
    [
        (refusal(20429, 429), TextNotSent),
        (Said(503), TextInDoubt),
        (Said(then_hang_up=True), TextInDoubt),
        (Said(201, {"status": "queued"}), TextInDoubt),
    ],
)
def test_what_stayed_without_an_answer_is_in_doubt_and_made_once(says: Said, error) -> None:
    with wire(says) as server, pytest.raises(error):
        network(server.url).texting.send(TEXT)
    assert len(server.asked) == 1


def test_a_text_that_never_left_may_be_sent_again() -> None:
    with pytest.raises(TextNotSent):
        network("http://127.0.0.1:9").texting.send(TEXT)


def report(**form: str) -> WebhookRequest:
    return WebhookRequest(url=URL, headers={}, body=urlencode(form).encode())


@pytest.mark.parametrize(
    ("status", "ours"),
    [("queued", "accepted"), ("sent", "accepted"), ("delivered", "delivered"),
     ("undelivered", "undelivered"), ("failed", "undelivered")],
)  # fmt: skip
def test_a_report_is_read(status: str, ours: str) -> None:
    texts = network("http://127.0.0.1:9").texting
    told = texts.parse_report(report(MessageSid=SENT, MessageStatus=status, ErrorCode="30005"))
    assert (told.text_id, told.status, told.error) == (SENT, TextStatus(ours), "error 30005")


@pytest.mark.parametrize(
    "form", [{}, {"MessageSid": SENT}, {"MessageSid": "<b>", "MessageStatus": "sent"}]
)
def test_a_report_without_sense_is_refused(form: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        network("http://127.0.0.1:9").texting.parse_report(report(**form))


@pytest.mark.parametrize("layout", ["twilio", "signalwire"])
def test_the_twilio_shaped_server_takes_our_texts(layout: str) -> None:
    with twilio_server(layout=layout) as server:
        account = server.account
        account.own(SETTINGS.caller_id)
        is_theirs = account.is_signalwire
        ours = network(
            server.base_url.removesuffix("/api/laml"),
            account_sid=account.sid,
            auth_token=account.auth_token,
            path_prefix="/api/laml" if is_theirs else "",
        )
        sent = ours.texting.send(TEXT)
        (message,) = server.messages
        assert (message.sid, message.body, message.to) == (sent.text_id, TEXT.body, GUEST)
