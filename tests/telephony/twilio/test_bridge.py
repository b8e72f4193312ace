"""Joining two legs: the documents handed out, the questions understood, the browser's grant."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callassist.domain.dial import Leg, LegStatus
from callassist.domain.results import AttemptOutcome
from callassist.errors import InvalidInput, SettingsError, TransientError
from callassist.ports.telephony import AskKey, Connect, HangUp, WebhookRequest
from callassist.settings import MachineDetection
from callassist.telephony.twilio.bridge import TwilioBridge
from tests.telephony.twilio.wire import (
    CALL,
    CHILD,
    GUEST,
    PUBLIC_URL,
    SETTINGS,
    SID,
    Said,
    call_body,
    network,
    refusal,
    wire,
)

HOOK = f"{PUBLIC_URL}/hooks/telephony/twilio/t1"
RETRIES = "#rc=3&amp;rp=5xx,ct,rt"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
ASK = AskKey(say="A call for Canal 12", language="en", pressed_url=f"{HOOK}/pressed")
CONNECT = Connect(
    to=GUEST,
    caller_id=None,
    callback_url=HOOK,
    after_url=f"{HOOK}/after",
    ring_timeout_seconds=25,
)


def bridge(**settings: Any) -> TwilioBridge:
    return network("", **settings).bridge


def asked(**fields: str) -> WebhookRequest:
    form = {"CallSid": CALL} | fields
    return WebhookRequest(url=HOOK, headers={}, form=form, body=urlencode(form).encode())


def test_the_operator_is_asked_twice_and_then_hung_up_on():
    document = bridge().document(ASK)
    gather = (
        f'<Gather action="{HOOK}/pressed{RETRIES}" input="dtmf" method="POST" numDigits="1" '
        'timeout="5"><Say language="en-GB" voice="Polly.Amy">A call for Canal 12</Say></Gather>'
    )
    assert document.mimetype == "text/xml"
    assert document.body == f"{HEAD}<Response>{gather}{gather}<Hangup /></Response>"


def test_the_guest_is_dialled_with_reports_of_the_leg():
    assert bridge().document(CONNECT).body == (
        f'{HEAD}<Response><Dial action="{HOOK}/after{RETRIES}" answerOnBridge="true" '
        'callerId="+12025550100" method="POST" timeout="25">'
        f'<Number statusCallback="{HOOK}{RETRIES}" '
        'statusCallbackEvent="initiated ringing answered completed" statusCallbackMethod="POST">'
        f"{GUEST}</Number></Dial></Response>"
    )


@pytest.mark.parametrize(
    ("setting", "twilios"),
    [
        (MachineDetection.ENABLE, "Enable"),
        (MachineDetection.DETECT_MESSAGE_END, "DetectMessageEnd"),
    ],
)
def test_a_mailbox_is_listened_for_where_the_account_wants_it(
    setting: MachineDetection, twilios: str
):
    body = bridge(machine_detection=setting).document(CONNECT).body
    number = ElementTree.fromstring(body).find("Dial/Number")
    assert number is not None
    assert number.get("machineDetection") == twilios
    assert number.get("amdStatusCallback") == HOOK + "#rc=3&rp=5xx,ct,rt"


def test_a_hang_up_may_say_why():
    assert bridge().document(HangUp()).body == f"{HEAD}<Response><Hangup /></Response>"
    said = bridge().document(HangUp(say="Déjà pris", language="fr-CA")).body
    assert said == (
        f'{HEAD}<Response><Say language="fr-FR" voice="Polly.Lea">Déjà pris</Say>'
        "<Hangup /></Response>"
    )


@given(st.text(max_size=60), st.text(max_size=8))
def test_whatever_is_to_be_said_the_document_can_be_read(say: str, language: str):
    step = AskKey(say=say, language=language, pressed_url=HOOK, times=1)
    read = ElementTree.fromstring(bridge().document(step).body)
    assert [element.tag for element in read.iter()] == ["Response", "Gather", "Say", "Hangup"]


def test_a_sentence_cannot_become_an_instruction():
    body = bridge().document(HangUp(say="</Say><Dial>+1900</Dial> & more")).body
    assert "<Dial>" not in body
    assert ElementTree.fromstring(body).findtext("Say") == "</Say><Dial>+1900</Dial> & more"


def test_a_key_that_was_pressed_is_told():
    request = bridge().parse_request(asked(Digits="1", From="+12025550100"))
    assert (request.call_id, request.digits, request.identity) == (CALL, "1", "")
    assert (request.attempt_id, request.called) == ("", None)


def test_a_browser_says_who_it_is_and_for_what_it_calls():
    request = bridge().parse_request(asked(From="client:operator_7", attempt="ATT-01H_x"))
    assert (request.identity, request.attempt_id) == ("operator_7", "ATT-01H_x")


def test_after_the_guests_leg_its_end_is_told():
    fields = {"DialCallSid": CHILD, "DialCallStatus": "completed", "DialCallDuration": "42"}
    called = bridge().parse_request(asked(DialBridged="true", **fields)).called
    assert called is not None
    assert (called.call_id, called.leg, called.status) == (CHILD, Leg.CALLED, LegStatus.ENDED)
    assert (called.outcome, called.talk_seconds) == (AttemptOutcome.ANSWERED, 42)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"CallSid": ""}, "CallSid"),
        ({"From": "client:"}, ""),
        ({"From": "client:a b"}, "From"),
        ({"From": "client:" + "a" * 122}, "From"),
        ({"attempt": "../x"}, "attempt"),
        ({"attempt": "+12025550101"}, "attempt"),
        ({"DialCallStatus": "exploded"}, "DialCallStatus"),
        ({"DialCallStatus": "busy", "DialCallSid": "a b"}, "DialCallSid"),
    ],
)
def test_a_question_without_sense_names_its_field(fields: dict[str, str], named: str):
    if not named:
        assert bridge().parse_request(asked(**fields)).identity == ""
        return
    with pytest.raises(InvalidInput, match=f"^{named}: "):
        bridge().parse_request(asked(**fields))


@pytest.mark.parametrize("field", ["From", "CallSid", "Digits", "attempt"])
def test_a_field_that_the_browser_adds_a_second_time_is_refused(field: str):
    body = urlencode([("CallSid", CALL), ("From", "client:a"), (field, "x"), (field, "y")])
    request = WebhookRequest(url=HOOK, headers={}, form={"CallSid": CALL}, body=body.encode())
    with pytest.raises(InvalidInput, match=f"^{field}: is given twice"):
        bridge().parse_request(request)


def test_the_leg_dialled_from_the_operators_is_found():
    child = call_body("no-answer", sid=CHILD, parent_call_sid=CALL, duration="0")
    with wire(Said(200, {"calls": [child]})) as told:
        called = network(told.url).bridge.called_leg(CALL)
    assert f"ParentCallSid={CALL}" in told.asked[0][1]
    assert called is not None
    assert (called.call_id, called.leg, called.outcome) == (
        CHILD,
        Leg.CALLED,
        AttemptOutcome.NO_ANSWER,
    )


def test_while_nobody_was_dialled_there_is_no_leg():
    with wire(Said(200, {"calls": []})) as told:
        assert network(told.url).bridge.called_leg(CALL) is None


@pytest.mark.parametrize("says", [Said(503, ""), Said(200, {"x": 1}), refusal(20003, 401)])
def test_a_leg_that_cannot_be_asked_for_is_asked_for_later(says: Said):
    with wire(says) as told, pytest.raises(TransientError):
        network(told.url).bridge.called_leg(CALL)


def test_a_browser_may_call_our_application_and_be_rung_for_an_hour_and_nothing_else():
    grant = bridge().softphone_grant("operator_7")
    assert SETTINGS.api_key_secret
    claims = jwt.decode(
        grant.token, SETTINGS.api_key_secret, algorithms=["HS256"], issuer=SETTINGS.api_key_sid
    )
    assert jwt.get_unverified_header(grant.token)["cty"] == "twilio-fpa;v=1"
    assert claims["sub"] == SID
    assert claims["grants"] == {
        "identity": "operator_7",
        "voice": {
            "incoming": {"allow": True},
            "outgoing": {"application_sid": SETTINGS.application_sid},
        },
    }
    assert claims["exp"] == grant.expires_at.timestamp()
    assert 3590 < claims["exp"] - time.time() <= 3600
    assert "nbf" not in claims


@pytest.mark.parametrize("identity", ["", "a b", "operator-7", "é", "a" * 122])
def test_an_identity_is_letters_digits_and_underscores(identity: str):
    with pytest.raises(InvalidInput, match="identity"):
        bridge().softphone_grant(identity)


def test_without_an_api_key_there_is_no_softphone():
    with pytest.raises(SettingsError, match="CALLASSIST_TWILIO_API_KEY_SID"):
        bridge(api_key_sid="").softphone_grant("operator_7")
