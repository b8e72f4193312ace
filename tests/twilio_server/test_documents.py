"""Documents are read strictly and run as Twilio would."""

from __future__ import annotations

import pytest

from tests.twilio_server.conftest import GUEST, Open, Scene
from tests.twilio_server.reading import read_document
from tests.twilio_server.service import PUBLIC_URL

GOOD = [
    "<Say voice='alice' language='fr-FR' loop='2'>Bonjour</Say><Hangup/>",
    "<Say voice='Polly.Joanna-Neural'>Good &amp; evening</Say>",
    "<Play loop='1'>https://desk.example/tone.mp3</Play><Play digits='ww12#'/>",
    "<Pause/><Pause length='3'/><Redirect method='POST'>/next?a=1</Redirect>",
    "<Gather numDigits='1' timeout='5' action='/pressed' method='POST' input='dtmf'"
    " actionOnEmptyResult='true' finishOnKey=''><Say>Press 1</Say><Pause/></Gather>",
    "<Dial callerId='+15005550006' timeout='30' timeLimit='600' answerOnBridge='true'"
    " action='/after' hangupOnStar='true' ringTone='fr' record='do-not-record'>"
    "<Number statusCallback='https://desk.example/s' statusCallbackEvent='initiated answered'"
    " statusCallbackMethod='POST' url='/whisper' machineDetection='Enable'"
    " amdStatusCallback='https://desk.example/amd'>+447700900123</Number></Dial>",
    "<Dial>+447700900123</Dial>",
    "<Dial><Client>night_operator</Client></Dial>",
    "<Dial><Client><Identity>op_1</Identity><Parameter name='a' value='b'/></Client></Dial>",
    "<Reject reason='busy'/>",
    "<Record maxLength='60' action='/recorded' playBeep='true'/>",
]

BAD = {
    "unknown verb": "<Shout>Hello</Shout>",
    "verb in the wrong case": "<say>Hello</say>",
    "unknown attribute": "<Say lang='fr-FR'>Bonjour</Say>",
    "attribute in the wrong case": "<Gather numdigits='1'/>",
    "unknown language": "<Say language='fr'>Bonjour</Say>",
    "unknown voice": "<Say voice='robot'>Hello</Say>",
    "number of digits": "<Gather numDigits='one'/>",
    "timeout with a unit": "<Dial timeout='30s'>+447700900123</Dial>",
    "timeout of none": "<Gather timeout='0'/>",
    "truth in the wrong case": "<Dial answerOnBridge='True'>+447700900123</Dial>",
    "number in national format": "<Dial>07700900123</Dial>",
    "number with blanks": "<Dial><Number>+44 7700 900123</Number></Dial>",
    "caller id": "<Dial callerId='Call Assist'>+447700900123</Dial>",
    "event": "<Dial><Number statusCallback='https://a.example/'"
    " statusCallbackEvent='done'>+447700900123</Number></Dial>",
    "events with commas": "<Dial><Number statusCallback='https://a.example/'"
    " statusCallbackEvent='initiated,answered'>+447700900123</Number></Dial>",
    "relative callback": "<Dial><Number statusCallback='/s'>+447700900123</Number></Dial>",
    "identity": "<Dial><Client>operator@desk.example</Client></Dial>",
    "empty dial": "<Dial/>",
    "empty number": "<Dial><Number></Number></Dial>",
    "empty say": "<Say></Say>",
    "noun outside its verb": "<Number>+447700900123</Number>",
    "verb in the wrong verb": "<Gather><Dial>+447700900123</Dial></Gather>",
    "words and nouns": "<Dial>+447700900123<Number>+447700900124</Number></Dial>",
    "words between verbs": "<Pause/>hello<Hangup/>",
    "words in a pause": "<Pause>2</Pause>",
    "markup in a say": "<Say>Hello <b>you</b></Say>",
    "never reached": "<Hangup/><Say>Hello</Say>",
    "address with blanks": "<Redirect>/next one</Redirect>",
    "another scheme": "<Play>ftp://desk.example/a.mp3</Play>",
    "parameter without value": "<Dial><Client><Identity>a</Identity><Parameter name='a'/>"
    "</Client></Dial>",
    "reason": "<Reject reason='night'/>",
    "message in a call": "<Message>Hello</Message>",
    "record in dial": "<Dial record='yes'>+447700900123</Dial>",
}


def violations_of(body: str, content_type: str = "text/xml", **how: bool) -> list[str]:
    found: list[str] = []
    read_document(body, content_type=content_type, violated=found.append, **how)
    return found


@pytest.mark.parametrize("inside", GOOD)
def test_a_document_as_twilio_knows_it_is_no_violation(inside: str) -> None:
    assert violations_of(f"<Response>{inside}</Response>") == []


@pytest.mark.parametrize("what", BAD)
def test_every_liberty_is_a_violation(what: str) -> None:
    assert len(violations_of(f"<Response>{BAD[what]}</Response>")) == 1


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("<Response/>", "text/html"),
        ("<Response/>", ""),
        ("<Response>", "text/xml"),
        ("", "text/xml"),
        ("<response/>", "text/xml"),
        ("<Response a='1'/>", "text/xml"),
        ("<Response>Hello</Response>", "text/xml"),
        ("<Response><Say>" + "a" * 70_000 + "</Say></Response>", "text/xml"),
    ],
)
def test_what_is_no_document_is_a_violation(body: str, content_type: str) -> None:
    assert len(violations_of(body, content_type)) == 1


def test_a_text_is_answered_with_other_verbs_than_a_call() -> None:
    reply = "<Response><Message><Body>Thank you</Body></Message></Response>"
    assert violations_of(reply, of_text=True) == []
    assert len(violations_of("<Response><Say>Hello</Say></Response>", of_text=True)) == 1


def test_a_wrong_document_is_noted_while_the_call_runs(lenient: Scene) -> None:
    call = lenient.dial(inside="<Say lang='en'>Hello</Say>")
    lenient.server.advance(minutes=1)
    assert lenient.server.violations == ["<Say> has no attribute 'lang'"]
    assert call.status == "completed"
    with pytest.raises(AssertionError, match="no attribute 'lang'"):
        lenient.server.assert_clean()


def test_keys_are_pressed_one_question_after_the_other(scene: Scene) -> None:
    scene.server.far_end(GUEST, presses="12")
    scene.service.say("/second", "<Gather numDigits='1' action='/third'/>")
    scene.service.say("/third", "<Hangup/>")
    call = scene.dial(inside="<Gather numDigits='1' action='/second'><Say>1?</Say></Gather>")
    scene.server.advance(minutes=1)
    assert [form["Digits"] for form in scene.service.forms("/second")] == ["1"]
    assert [form["Digits"] for form in scene.service.forms("/third")] == ["2"]
    assert call.duration == 4


def test_a_question_without_an_answer_goes_on_after_its_timeout(scene: Scene) -> None:
    call = scene.dial(
        inside="<Gather numDigits='1' timeout='5' action='/pressed'><Pause length='3'/></Gather>"
        "<Say>Goodbye</Say>"
    )
    scene.server.advance(minutes=1)
    assert scene.service.forms("/pressed") == []
    assert call.duration == 3 + 5 + 1
    assert scene.server.spoken == [(call.sid, "Goodbye")]


def test_no_answer_is_reported_where_that_was_asked(scene: Scene) -> None:
    scene.service.say("/pressed", "<Hangup/>")
    scene.dial(inside="<Gather action='/pressed' actionOnEmptyResult='true' timeout='2'/>")
    scene.server.advance(minutes=1)
    assert [form["Digits"] for form in scene.service.forms("/pressed")] == [""]


def test_the_key_that_ends_is_not_among_the_digits(scene: Scene) -> None:
    scene.server.far_end(GUEST, presses=["42#"])
    scene.service.say("/pressed", "<Hangup/>")
    scene.dial(inside="<Gather action='/pressed'/>")
    scene.server.advance(minutes=1)
    (form,) = scene.service.forms("/pressed")
    assert (form["Digits"], form["FinishedOnKey"]) == ("42", "#")


def test_a_question_without_an_action_asks_the_same_document(scene: Scene) -> None:
    scene.server.far_end(GUEST, presses="1")
    scene.dial(inside="<Gather numDigits='1' timeout='1'/>")
    scene.server.advance(minutes=1)
    assert [form.get("Digits") for form in scene.service.forms("/document")] == [None]
    scene.server.far_end(GUEST, presses="1", presses_after=0.5)
    scene.dial(inside="<Gather numDigits='1' timeout='1'/>")
    scene.server.advance(minutes=1)
    assert [form.get("Digits") for form in scene.service.forms("/document")] == [None, None, "1"]


def test_a_given_document_needs_whole_addresses(lenient: Scene) -> None:
    lenient.dial(url=None, twiml="<Response><Redirect>/next</Redirect></Response>")
    lenient.server.advance(minutes=1)
    assert "relative address" in lenient.server.violations[0]


def test_a_call_may_bring_its_document_along(scene: Scene) -> None:
    call = scene.dial(url=None, twiml="<Response><Say>Hello</Say></Response>")
    scene.server.advance(minutes=1)
    assert scene.server.spoken == [(call.sid, "Hello")]
    assert scene.service.forms("/document") == []


def test_a_service_that_fails_ends_the_call(scene: Scene) -> None:
    scene.service.statuses["/document"] = 500
    call = scene.dial()
    scene.server.advance(minutes=1)
    assert (call.status, call.duration) == ("completed", 0)
    assert scene.server.alerts == [(11200, f"document {PUBLIC_URL}/document: 500")]


def test_the_fallback_is_asked_when_the_service_fails(scene: Scene) -> None:
    scene.service.statuses["/document"] = 503
    fallback = scene.service.say("/fallback", "<Say>Sorry</Say>")
    call = scene.dial(fallback_url=fallback)
    scene.server.advance(minutes=1)
    (form,) = scene.service.forms("/fallback")
    assert (form["ErrorCode"], form["ErrorUrl"]) == ("11200", f"{PUBLIC_URL}/document")
    assert scene.server.spoken == [(call.sid, "Sorry")]


def test_a_call_that_talks_is_sent_elsewhere(scene: Scene) -> None:
    call = scene.dial(inside="<Pause length='60'/>")
    scene.server.advance(seconds=10)
    scene.client.calls(call.sid).update(url=scene.service.say("/other", "<Say>Moved</Say>"))
    scene.server.advance(minutes=1)
    assert scene.server.spoken == [(call.sid, "Moved")]
    assert call.duration == 4


def test_documents_in_a_circle_are_found_out(open_scene: Open) -> None:
    scene = open_scene(violations_expected=True)
    scene.dial(inside="<Redirect>/document</Redirect>")
    scene.server.advance(minutes=1)
    assert "a circle?" in scene.server.violations[-1]


def test_a_message_after_the_tone_is_recorded(scene: Scene) -> None:
    scene.service.say("/recorded", "<Hangup/>")
    call = scene.dial(
        inside="<Record maxLength='60' action='/recorded'"
        " recordingStatusCallback='https://desk.example/recording'/>"
    )
    scene.server.advance(minutes=1)
    (form,) = scene.service.forms("/recorded")
    assert form["RecordingDuration"] == "10"
    assert len(scene.service.forms("/recording")) == 1
    (kept,) = scene.client.calls(call.sid).recordings.list()
    assert (kept.sid, kept.source) == (form["RecordingSid"], "RecordVerb")
