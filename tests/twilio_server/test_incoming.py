"""Browsers and phones that call us."""

from __future__ import annotations

import time

import jwt
import pytest
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant

from tests.twilio_server import TokenRefused
from tests.twilio_server.conftest import GUEST, Open, Scene
from tests.twilio_server.far_ends import MAGIC_FROM
from tests.twilio_server.service import PUBLIC_URL


def token(scene: Scene, **changes: object) -> str:
    """An access token made with the SDK, as a service would."""
    account = scene.server.account
    ((key, secret),) = account.api_keys.items()
    application = next(iter(account.applications), "AP" + "0" * 32)
    given = {"secret": secret, "identity": "op_7", "application": application, "ttl": 900}
    given |= {"key": key, "account": account.sid, **changes}
    made = AccessToken(
        given["account"],
        given["key"],
        given["secret"],
        identity=given["identity"],
        ttl=given["ttl"],
    )
    made.add_grant(VoiceGrant(outgoing_application_sid=given["application"]))
    return str(made.to_jwt())


@pytest.fixture
def desk(scene: Scene) -> Scene:
    """An account with a TwiML App that dials the guest."""
    dial = f"<Dial callerId='{MAGIC_FROM}' action='/after' answerOnBridge='true'>"
    url = scene.service.say("/voice", f"{dial}<Number>{GUEST}</Number></Dial>")
    scene.server.account.add_application(url)
    scene.service.say("/after", "<Hangup/>")
    return scene


def test_a_browser_is_connected_to_the_guest(desk: Scene) -> None:
    desk.server.far_end(GUEST, talk=40)
    leg = desk.server.browser_call(token(desk), {"attempt": "a-1"})
    (asked,) = desk.service.forms("/voice")
    assert (asked["From"], asked["To"], asked["attempt"]) == ("client:op_7", "", "a-1")
    assert (asked["Direction"], asked["CallStatus"]) == ("inbound", "ringing")
    assert asked["ApplicationSid"] in desk.server.account.applications
    desk.server.advance(seconds=5)
    assert leg.status == "ringing"  # answerOnBridge
    desk.server.advance(seconds=5)
    assert leg.status == "in-progress"
    desk.server.advance(minutes=2)
    (child,) = desk.server.children_of(leg.sid)
    assert (leg.status, child.status, child.duration) == ("completed", "completed", 40)
    assert desk.service.forms("/after")[0]["DialCallStatus"] == "completed"


def test_the_operator_hangs_up_in_the_browser(desk: Scene) -> None:
    desk.server.far_end(GUEST, talk=400)
    leg = desk.server.browser_call(token(desk))
    desk.server.advance(seconds=60)
    leg.hang_up()
    (child,) = desk.server.children_of(leg.sid)
    assert (leg.status, child.status) == ("completed", "completed")
    assert desk.service.forms("/after")[0]["DialBridged"] == "true"


def test_a_browser_that_is_rejected_hears_nothing(desk: Scene) -> None:
    desk.service.say("/voice", "<Reject/>")
    leg = desk.server.browser_call(token(desk), {"attempt": "somebody-elses"})
    assert (leg.status, leg.call.was_answered, len(desk.server.calls)) == ("no-answer", False, 1)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"secret": "f" * 32}, 20101),
        ({"key": "SK" + "0" * 32}, 20101),
        ({"account": "AC" + "0" * 32}, 20101),
        ({"application": "AP" + "1" * 32}, 20101),
        ({"ttl": -5}, 20104),
    ],
    ids=str,
)
def test_a_token_that_is_not_ours_gets_no_line(desk: Scene, changes, code) -> None:
    with pytest.raises(TokenRefused) as refused:
        desk.server.browser_call(token(desk, **changes))
    assert refused.value.code == code
    assert desk.server.calls == []


def test_a_token_expires(desk: Scene) -> None:
    made = token(desk)
    with pytest.raises(TokenRefused, match="20104"):
        desk.server.browser_call(made, at=time.time() + 901)


def test_a_token_of_another_make_is_refused(desk: Scene) -> None:
    ((_, secret),) = desk.server.account.api_keys.items()
    claims = jwt.decode(token(desk), options={"verify_signature": False})
    for header in ({}, {"cty": "twilio-fpa;v=2"}):
        with pytest.raises(TokenRefused):
            desk.server.browser_call(jwt.encode(claims, secret, "HS256", headers=header))
    with pytest.raises(TokenRefused):
        desk.server.browser_call("nonsense")


def test_an_identity_with_other_letters_is_a_violation(open_scene: Open) -> None:
    scene = open_scene(violations_expected=True)
    scene.server.account.add_application(scene.service.say("/voice", "<Reject/>"))
    scene.server.browser_call(token(scene, identity="anna@desk.example"))
    scene.server.browser_call(token(scene), {"CallSid": "CA" + "0" * 32})
    scene.server.browser_call(token(scene, ttl=25 * 3600))
    assert len(scene.server.violations) == 3


def test_a_phone_that_rings_us_hears_what_the_number_says(scene: Scene) -> None:
    scene.service.say("/pressed", "<Say>Wait</Say>")
    leg = scene.rings_us(
        "<Gather numDigits='1' action='/pressed'><Say>Press 1</Say></Gather>", presses="1"
    )
    (asked,) = scene.service.forms("/voice")
    assert (asked["From"], asked["To"], asked["CallStatus"]) == (GUEST, MAGIC_FROM, "ringing")
    assert leg.status == "in-progress"
    scene.server.advance(minutes=1)
    assert scene.service.forms("/pressed")[0]["Digits"] == "1"
    assert leg.status == "completed"


def test_keys_may_be_pressed_by_hand(scene: Scene) -> None:
    scene.service.say("/pressed", "<Hangup/>")
    leg = scene.rings_us("<Gather numDigits='2' action='/pressed' timeout='30'/>")
    leg.press("4")
    scene.server.advance(seconds=5)
    leg.press("2")
    assert scene.service.forms("/pressed")[0]["Digits"] == "42"
    leg.press("9")  # nobody listens any more
    assert len(scene.service.forms("/pressed")) == 1


def test_a_browser_of_ours_is_rung_for_a_caller(scene: Scene) -> None:
    scene.server.far_end("client:op_7", ring=3, talk=20)
    scene.service.say("/after", "<Hangup/>")
    leg = scene.rings_us("<Dial action='/after'><Client>op_7</Client></Dial>")
    scene.server.advance(minutes=1)
    (child,) = scene.server.children_of(leg.sid)
    assert (child.to, child.from_, child.duration) == ("client:op_7", GUEST, 20)
    assert scene.service.forms("/after")[0]["DialBridged"] == "true"


def test_a_service_that_is_down_is_busy_to_the_caller(scene: Scene) -> None:
    scene.service.statuses["/voice"] = 403
    leg = scene.rings_us("<Say>Hello</Say>")
    assert (leg.status, leg.call.was_answered) == ("busy", False)
    assert scene.server.alerts == [(11200, f"document {PUBLIC_URL}/voice: 403")]


def test_a_number_without_an_address_fails(scene: Scene) -> None:
    leg = scene.server.phone_rings_us(GUEST, MAGIC_FROM)
    assert leg.status == "failed"


def test_a_number_may_answer_as_an_application(scene: Scene) -> None:
    application = scene.server.account.add_application(scene.service.say("/app", "<Hangup/>"))
    scene.server.account.numbers[MAGIC_FROM].voice_application_sid = application.sid
    leg = scene.server.phone_rings_us("+12025550101", MAGIC_FROM)
    (asked,) = scene.service.forms("/app")
    assert asked["StirVerstat"] == "TN-Validation-Passed-A"
    assert leg.status == "completed"


def test_who_hangs_up_before_we_answer_was_never_answered(scene: Scene) -> None:
    leg = scene.rings_us(f"<Dial answerOnBridge='true'><Number>{GUEST}</Number></Dial>")
    scene.server.advance(seconds=3)
    leg.hang_up()
    (child,) = scene.server.children_of(leg.sid)
    assert (leg.status, leg.call.duration, child.status) == ("canceled", 0, "canceled")
