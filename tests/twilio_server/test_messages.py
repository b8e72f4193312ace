"""Texts out and in, and the words that stop them."""

from __future__ import annotations

import pytest
from twilio.base.exceptions import TwilioRestException

from tests.twilio_server.conftest import GUEST, Scene
from tests.twilio_server.far_ends import MAGIC_FROM
from tests.twilio_server.segments import segments
from tests.twilio_server.service import PUBLIC_URL


def send(scene: Scene, to: str = GUEST, **options: object):
    given = {
        "from_": MAGIC_FROM,
        "body": "It is loud",
        "status_callback": PUBLIC_URL + "/sms",
        **options,
    }
    return scene.client.messages.create(
        to=to, **{name: value for name, value in given.items() if value is not None}
    )


def refused(scene: Scene, to: str = GUEST, **options: object) -> int:
    with pytest.raises(TwilioRestException) as error:
        send(scene, to, **options)
    assert error.value.status == 400
    return int(error.value.code)


def test_a_text_is_sent_delivered_and_paid_for(scene: Scene) -> None:
    sent = send(scene)
    assert (sent.status, sent.price, sent.num_segments) == ("queued", None, "1")
    scene.server.advance(seconds=10)
    told = scene.service.forms("/sms")
    assert [form["MessageStatus"] for form in told] == ["sent", "delivered"]
    assert {form["MessageSid"] for form in told} == {sent.sid}
    assert "ErrorCode" not in told[-1]
    assert "RawDlrDoneDate" in told[-1]
    assert sent.fetch().price is None
    scene.server.advance(minutes=1)
    shown = sent.fetch()
    assert (shown.status, shown.price, shown.price_unit) == ("delivered", "-0.00790", "USD")
    assert [one.sid for one in scene.client.messages.list(to=GUEST)] == [sent.sid]


@pytest.mark.parametrize(
    ("phone", "statuses", "error"),
    [
        ({"sms": "undelivered", "sms_error": 30005}, ["sent", "undelivered"], "30005"),
        ({"sms": "failed", "sms_error": 30007}, ["failed"], "30007"),
    ],
)
def test_a_text_that_does_not_arrive_says_why(scene: Scene, phone, statuses, error) -> None:
    scene.server.far_end(GUEST, **phone)
    sent = send(scene)
    scene.server.advance(minutes=2)
    told = scene.service.forms("/sms")
    assert [form["MessageStatus"] for form in told] == statuses
    assert told[-1]["ErrorCode"] == error
    assert str(sent.fetch().error_code) == error


def test_a_messaging_service_picks_the_sender(scene: Scene) -> None:
    service = scene.server.account.add_messaging_service(MAGIC_FROM)
    sent = send(scene, from_=None, messaging_service_sid=service)
    assert (sent.status, sent.from_) == ("accepted", MAGIC_FROM)
    scene.server.advance(minutes=2)
    assert scene.service.forms("/sms")[0]["MessagingServiceSid"] == service


def test_what_twilio_does_not_send(scene: Scene) -> None:
    scene.server.far_end(GUEST, line_type="landline")
    other = "+12025550101"
    assert refused(scene) == 21614
    assert refused(scene, to=other, from_=None) == 21603
    assert refused(scene, to=other, from_="+447700900999") == 21606
    assert refused(scene, to=other, body=None) == 21602
    assert refused(scene, to=other, body="a" * 1601) == 21617
    for magic, code in (("1", 21211), ("2", 21612), ("3", 21408), ("4", 21610), ("9", 21614)):
        assert refused(scene, to=f"+1500555000{magic}") == code
    scene.server.account.countries = {"FR"}
    assert refused(scene, to=other) == 21408


@pytest.mark.parametrize("word", ["STOP", "stop ", "Unsubscribe", "QUIT", "end", "CANCEL"])
def test_one_word_stops_texts_and_still_reaches_us(scene: Scene, word: str) -> None:
    own = scene.server.account.numbers[MAGIC_FROM]
    own.sms_url = scene.service.say("/text", "")
    scene.server.text_us(GUEST, MAGIC_FROM, word)
    assert refused(scene) == 21610
    (told,) = scene.service.forms("/text")
    assert (told["Body"], told["From"], told["SmsStatus"]) == (word, GUEST, "received")
    assert [number for number, _ in scene.server.texts.own_replies] == [GUEST]
    scene.server.text_us(GUEST, MAGIC_FROM, "START")
    assert send(scene).status == "queued"


def test_a_sentence_stops_nothing_at_the_network(scene: Scene) -> None:
    own = scene.server.account.numbers[MAGIC_FROM]
    own.sms_url = scene.service.say("/text", "<Message>Thank you</Message>")
    message = scene.server.text_us(GUEST, MAGIC_FROM, "please stop writing to me")
    assert send(scene).status == "queued"
    assert (message.direction, message.status) == ("inbound", "received")
    reply = scene.server.messages[1]
    assert (reply.direction, reply.body, reply.to) == ("outbound-reply", "Thank you", GUEST)


def test_a_reply_to_somebody_who_said_stop_is_not_sent(scene: Scene) -> None:
    own = scene.server.account.numbers[MAGIC_FROM]
    own.sms_url = scene.service.say("/text", "<Message>Sorry to see you go</Message>")
    scene.server.text_us(GUEST, MAGIC_FROM, "STOP")
    assert len(scene.server.messages) == 1
    assert scene.server.alerts == [(21610, f"reply to {GUEST}")]


def test_advanced_opt_out_says_what_a_word_meant(scene: Scene) -> None:
    scene.server.account.advanced_opt_out = True
    scene.server.account.numbers[MAGIC_FROM].sms_url = scene.service.say("/text", "")
    for body in ("Stop", "help", "start", "stop it"):
        scene.server.text_us(GUEST, MAGIC_FROM, body)
    told = [form.get("OptOutType") for form in scene.service.forms("/text")]
    assert told == ["STOP", "HELP", "START", None]


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("é" * 160, 1),
        ("€" * 81, 2),
        ("œ" * 70, 1),
        ("œ" * 71, 2),
        ("🎉" * 35, 1),
        ("🎉" * 36, 2),
    ],
)
def test_letters_decide_how_many_messages_a_text_is(body: str, parts: int) -> None:
    assert segments(body) == parts
