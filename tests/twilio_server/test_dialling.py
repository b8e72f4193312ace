"""<Dial>: child legs, what they report, and what the document hears."""

from __future__ import annotations

import pytest

from tests.twilio_server import Leg
from tests.twilio_server.calls import Call
from tests.twilio_server.conftest import GUEST, Scene
from tests.twilio_server.far_ends import MAGIC_FROM
from tests.twilio_server.service import PUBLIC_URL

OPERATOR = "+447700900200"
OTHER = "+447700900124"
EVENTS = "statusCallbackEvent='initiated ringing answered completed'"
NUMBER = f"<Number statusCallback='{PUBLIC_URL}/leg' {EVENTS}>{GUEST}</Number>"


def connect(scene: Scene, nouns: str = NUMBER, **attributes: str) -> Call:
    """An operator's phone answers and hears a <Dial>."""
    scene.server.far_end(OPERATOR, talk=3600)
    scene.service.say("/after", "<Hangup/>")
    given = {"callerId": MAGIC_FROM, "action": "/after", "timeout": "20", **attributes}
    written = " ".join(f'{name}="{value}"' for name, value in given.items())
    return scene.dial(OPERATOR, inside=f"<Dial {written}>{nouns}</Dial>")


def after(scene: Scene) -> dict[str, str]:
    (form,) = scene.service.forms("/after")
    return {name: form[name] for name in form if name.startswith("Dial")}


def test_two_legs_are_connected_and_each_tells_its_own_story(scene: Scene) -> None:
    scene.server.far_end(GUEST, talk=75)
    parent = connect(scene)
    scene.server.advance(minutes=5)
    (child,) = scene.server.children_of(parent.sid)
    told = scene.service.forms("/leg")
    assert [form["CallStatus"] for form in told] == [
        "initiated",
        "ringing",
        "in-progress",
        "completed",
    ]
    assert {form["ParentCallSid"] for form in told} == {parent.sid}
    assert {form["Direction"] for form in told} == {"outbound-dial"}
    assert {form["From"] for form in told} == {MAGIC_FROM}
    assert (told[-1]["CallDuration"], told[-1]["Duration"]) == ("75", "2")
    assert after(scene) == {
        "DialCallStatus": "completed",
        "DialCallSid": child.sid,
        "DialCallDuration": "75",
        "DialBridged": "true",
    }
    assert parent.duration == 75 + 7
    (found,) = scene.client.calls.list(parent_call_sid=parent.sid)
    assert (found.sid, found.price) == (child.sid, "-0.02800")


@pytest.mark.parametrize(
    ("behaviour", "status", "sip"),
    [
        ("busy", "busy", "486"),
        ("no-answer", "no-answer", "487"),
        ("declined", "busy", "603"),
        ("unreachable", "failed", "480"),
        ("invalid", "failed", "404"),
    ],
)
def test_the_parent_completes_though_the_guest_was_never_reached(
    scene: Scene, behaviour, status, sip
) -> None:
    scene.server.far_end(GUEST, behaviour)
    parent = connect(scene)
    scene.server.advance(minutes=5)
    assert parent.status == "completed"
    (child,) = scene.server.children_of(parent.sid)
    last = scene.service.forms("/leg")[-1]
    assert (last["CallStatus"], last["SipResponseCode"]) == (status, sip)
    assert after(scene) == {
        "DialCallStatus": status,
        "DialCallSid": child.sid,
        "DialBridged": "false",
    }


@pytest.mark.parametrize(("seconds", "status"), [(9, "canceled"), (20, "completed")])
def test_when_the_operator_hangs_up_the_guests_leg_ends_too(
    scene: Scene, seconds: int, status: str
) -> None:
    scene.server.far_end(GUEST, talk=600)
    parent = connect(scene)
    scene.server.advance(seconds=seconds)
    scene.client.calls(parent.sid).update(status="completed")
    scene.server.advance(seconds=1)
    (child,) = scene.server.children_of(parent.sid)
    assert (parent.status, child.status) == ("completed", status)
    assert after(scene)["DialCallStatus"] == status
    assert scene.service.forms("/after")[0]["CallStatus"] == "completed"


def test_how_an_abandoned_leg_ends_can_be_chosen(scene: Scene) -> None:
    scene.server.exchange.abandoned_status = "no-answer"
    parent = connect(scene)
    scene.server.advance(seconds=9)
    scene.client.calls(parent.sid).update(status="completed")
    (child,) = scene.server.children_of(parent.sid)
    assert child.status == "no-answer"
    scene.server.deliver()


def test_without_an_action_the_document_goes_on(scene: Scene) -> None:
    scene.server.far_end(GUEST, "busy")
    parent = scene.dial(
        OPERATOR,
        inside=f"<Dial callerId='{MAGIC_FROM}'>{GUEST}</Dial><Say>Nobody there</Say>",
    )
    scene.server.advance(minutes=1)
    assert scene.server.spoken == [(parent.sid, "Nobody there")]


def test_the_first_of_two_phones_that_answers_is_connected(scene: Scene) -> None:
    scene.server.far_end(GUEST, ring=10)
    scene.server.far_end(OTHER, ring=4, talk=30)
    parent = connect(scene, f"<Number>{GUEST}</Number><Number>{OTHER}</Number>")
    scene.server.advance(minutes=2)
    first, second = scene.server.children_of(parent.sid)
    assert (first.status, second.status) == ("canceled", "completed")
    assert after(scene)["DialCallSid"] == second.sid


def test_a_whisper_lets_the_called_person_say_no(scene: Scene) -> None:
    scene.server.far_end(GUEST, presses="2")
    scene.service.say("/whisper", "<Gather numDigits='1' action='/choice'><Say>1?</Say></Gather>")
    scene.service.say("/choice", "<Hangup/>")
    connect(scene, f"<Number url='/whisper'>{GUEST}</Number>")
    scene.server.advance(minutes=1)
    assert after(scene)["DialBridged"] == "false"
    assert scene.service.forms("/choice")[0]["Digits"] == "2"


def test_a_whisper_may_not_dial(lenient: Scene) -> None:
    lenient.service.say("/whisper", f"<Dial callerId='{MAGIC_FROM}'>{OTHER}</Dial>")
    connect(lenient, f"<Number url='/whisper'>{GUEST}</Number>")
    lenient.server.advance(minutes=1)
    assert lenient.server.violations == ["a whisper may not <Dial>"]


def test_after_a_whisper_that_ends_the_two_are_connected(scene: Scene) -> None:
    scene.server.far_end(GUEST, talk=20)
    scene.service.say("/whisper", "<Say>A call from your desk</Say>")
    connect(scene, f"<Number url='/whisper'>{GUEST}</Number>")
    scene.server.advance(minutes=1)
    assert after(scene)["DialBridged"] == "true"
    assert after(scene)["DialCallDuration"] == "19"


def test_a_mailbox_is_told_on_the_childs_own_address(scene: Scene) -> None:
    scene.server.far_end(GUEST, "voicemail", talk=40)
    noun = NUMBER.replace(
        "<Number ", f"<Number machineDetection='Enable' amdStatusCallback='{PUBLIC_URL}/amd' "
    )
    connect(scene, noun)
    scene.server.advance(minutes=2)
    (amd,) = scene.service.forms("/amd")
    assert amd["AnsweredBy"] == "machine_start"
    assert scene.service.forms("/leg")[-1]["AnsweredBy"] == "machine_start"


def test_a_time_limit_ends_the_talk(scene: Scene) -> None:
    scene.server.far_end(GUEST, talk=600)
    connect(scene, timeLimit="45")
    scene.server.advance(minutes=2)
    assert after(scene)["DialCallDuration"] == "45"


@pytest.mark.parametrize(("allowed", "ended"), [("true", True), ("false", False)])
def test_a_star_ends_the_talk_where_that_is_allowed(scene: Scene, allowed, ended) -> None:
    scene.server.far_end(GUEST, talk=600)
    parent = connect(scene, hangupOnStar=allowed)
    scene.server.advance(seconds=30)
    Leg(parent, scene.server.exchange, scene.server.deliver).press("*")
    (child,) = scene.server.children_of(parent.sid)
    assert child.has_ended is ended
    assert len(scene.service.forms("/after")) == ended


def test_a_recorded_talk_leaves_a_recording(scene: Scene) -> None:
    scene.server.far_end(GUEST, talk=30)
    parent = connect(scene, record="record-from-answer-dual")
    scene.server.advance(minutes=2)
    (kept,) = scene.client.calls(parent.sid).recordings.list()
    assert (kept.duration, kept.channels, kept.source) == ("30", 2, "DialVerb")


def test_a_number_that_is_not_ours_cannot_be_shown(lenient: Scene) -> None:
    connect(lenient, callerId="+447700900999")
    lenient.server.advance(minutes=1)
    assert "no number of the account" in lenient.server.violations[0]
    assert [code for code, _ in lenient.server.alerts] == [13214]
    assert after(lenient)["DialCallStatus"] == "failed"


def test_a_verified_number_can_be_shown(scene: Scene) -> None:
    scene.server.account.verified.add("+447700900999")
    connect(scene, callerId="+447700900999")
    scene.server.advance(minutes=1)
    assert scene.service.forms("/leg")[0]["From"] == "+447700900999"


def test_the_guest_is_taken_out_of_the_talk_and_sent_elsewhere(scene: Scene) -> None:
    scene.server.far_end(GUEST, talk=600)
    parent = connect(scene)
    scene.server.advance(seconds=30)
    (child,) = scene.server.children_of(parent.sid)
    url = scene.service.say("/elsewhere", "<Say>Somebody else takes over</Say>")
    scene.client.calls(child.sid).update(url=url)
    scene.server.advance(seconds=20)
    assert scene.server.spoken == [(child.sid, "Somebody else takes over")]
    assert after(scene)["DialCallStatus"] == "completed"
    assert (parent.status, child.status) == ("completed", "completed")
