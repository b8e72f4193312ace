"""Each phone at the far end, as callbacks and as the resource afterwards."""

from __future__ import annotations

import pytest

from tests.twilio_server.conftest import GUEST, Scene
from tests.twilio_server.service import PUBLIC_URL


@pytest.mark.parametrize(
    ("behaviour", "status", "sip", "rings"),
    [
        ("busy", "busy", "486", False),
        ("no-answer", "no-answer", "487", True),
        ("declined", "busy", "603", True),
        ("unreachable", "failed", "480", False),
        ("invalid", "failed", "404", False),
    ],
)
def test_a_phone_that_nobody_picks_up(scene: Scene, behaviour, status, sip, rings) -> None:
    scene.server.far_end(GUEST, behaviour)
    call = scene.dial(timeout=20)
    scene.server.advance(minutes=2)
    assert scene.reported() == ["initiated", *["ringing"] * rings, status]
    last = scene.service.forms("/status")[-1]
    assert (last["CallDuration"], last["Duration"]) == ("0", "0")
    assert last["SipResponseCode"] == sip
    assert scene.service.forms("/document") == []
    shown = scene.client.calls(call.sid).fetch()
    assert (shown.status, shown.duration, shown.price) == (status, "0", None)


def test_a_phone_is_picked_up_and_hears_the_document(scene: Scene) -> None:
    scene.server.far_end(GUEST, ring=7, talk=90)
    call = scene.dial(inside="<Say>Good evening</Say><Pause length='600'/>")
    assert call.to_json("", fresh=True)["date_created"] is None
    scene.server.advance(minutes=4)
    assert scene.reported() == ["initiated", "ringing", "in-progress", "completed"]
    last = scene.service.forms("/status")[-1]
    assert (last["CallDuration"], last["Duration"], last["SipResponseCode"]) == ("90", "2", "200")
    assert [form["SequenceNumber"] for form in scene.service.forms("/status")] == list("0123")
    (asked,) = scene.service.forms("/document")
    assert (asked["CallStatus"], asked["Direction"]) == ("in-progress", "outbound-api")
    assert scene.server.spoken == [(call.sid, "Good evening")]
    shown = scene.client.calls(call.sid).fetch()
    assert (shown.status, shown.duration, shown.price) == ("completed", "90", "-0.02800")


def test_a_captured_callback_and_ours_have_the_same_fields(scene: Scene) -> None:
    scene.server.far_end("+12025550111", talk=49)
    scene.dial("+12025550111", inside="<Pause length='600'/>")
    scene.server.advance(minutes=2)
    last = scene.service.forms("/status")[-1]
    captured = {"CallSid", "AccountSid", "From", "To", "Caller", "Called", "CallStatus"}
    captured |= {"Direction", "ApiVersion", "Timestamp", "CallbackSource", "SequenceNumber"}
    captured |= {"CallDuration", "Duration", "SipResponseCode", "StirStatus"}
    places = {"City", "State", "Zip", "Country"}
    captured |= {a + b for a in ("Caller", "Called", "From", "To") for b in places}
    assert set(last) == captured
    assert (last["Duration"], last["CallDuration"]) == ("1", "49")
    assert last["Timestamp"] == "Fri, 01 May 2026 23:00:56 +0000"
    assert (last["CallbackSource"], last["ToCountry"]) == ("call-progress-events", "US")


def test_only_the_events_that_were_asked_for_are_reported(scene: Scene) -> None:
    scene.dial(status_callback_event=["answered"])
    scene.dial(status_callback_event=None)
    scene.server.advance(minutes=2)
    assert sorted(scene.reported()) == ["completed", "in-progress"]
    assert {form["SequenceNumber"] for form in scene.service.forms("/status")} == {"0"}


def test_gone_at_once_is_a_completed_call_of_two_seconds(scene: Scene) -> None:
    scene.server.far_end(GUEST, "hangs-up")
    call = scene.dial(inside="<Pause length='60'/>")
    scene.server.advance(minutes=1)
    assert (call.status, call.duration) == ("completed", 2)


def test_a_line_that_breaks_is_a_completed_call(scene: Scene) -> None:
    scene.server.far_end(GUEST, "drops", talk=11)
    call = scene.dial(inside="<Pause length='60'/>")
    scene.server.advance(minutes=1)
    assert (call.status, call.duration) == ("completed", 11)


def test_it_rings_five_seconds_longer_than_asked_for(scene: Scene) -> None:
    scene.server.far_end(GUEST, ring=60)
    call = scene.dial(timeout=20)
    scene.server.advance(seconds=25)
    assert call.status == "ringing"
    scene.server.advance(seconds=1)
    assert call.status == "no-answer"


@pytest.mark.parametrize(
    ("mode", "phone", "verdict", "after"),
    [
        ("Enable", {"behaviour": "voicemail"}, "machine_start", 11),
        ("DetectMessageEnd", {"behaviour": "voicemail"}, "machine_end_beep", 19),
        ("Enable", {}, "human", 9),
        ("Enable", {"speaks": False}, "unknown", 37),
    ],
)
def test_the_document_waits_for_the_verdict_on_who_answered(
    scene: Scene, mode, phone, verdict, after
) -> None:
    scene.server.far_end(GUEST, **phone, talk=120)
    scene.dial(machine_detection=mode, inside="<Pause length='30'/>")
    scene.server.advance(seconds=after - 0.5)
    assert scene.service.forms("/document") == []
    scene.server.advance(seconds=0.5)
    (asked,) = scene.service.forms("/document")
    assert asked["AnsweredBy"] == verdict
    scene.server.advance(minutes=2)
    assert scene.service.forms("/status")[-1]["AnsweredBy"] == verdict


def test_the_verdict_may_come_while_the_document_runs(scene: Scene) -> None:
    scene.server.far_end(GUEST, "voicemail", talk=60)
    call = scene.dial(
        machine_detection="Enable",
        async_amd="true",
        async_amd_status_callback=PUBLIC_URL + "/amd",
        inside="<Pause length='30'/>",
    )
    scene.server.advance(seconds=7)
    assert len(scene.service.forms("/document")) == 1
    scene.server.advance(minutes=2)
    (amd,) = scene.service.forms("/amd")
    assert amd == {
        "CallSid": call.sid,
        "AccountSid": call.account_sid,
        "AnsweredBy": "machine_start",
        "MachineDetectionDuration": "4000",
    }
    assert scene.client.calls(call.sid).fetch().answered_by == "machine_start"


def test_a_verdict_that_nobody_is_told_shows_in_the_debugger(scene: Scene) -> None:
    scene.dial(machine_detection="Enable", async_amd="true", inside="<Pause length='9'/>")
    scene.server.advance(minutes=2)
    assert [code for code, _ in scene.server.alerts] == [21262]


@pytest.mark.parametrize(
    ("last", "status", "duration"),
    [(3, "completed", 180), (10, "completed", 30), (25, "no-answer", 0), (31, "busy", 0),
     (42, "completed", 120), (51, "completed", 2), (65, "busy", 0), (70, "failed", 0),
     (83, "failed", 0), (92, "completed", 120)],
)  # fmt: skip
def test_a_number_says_itself_what_it_does(scene: Scene, last, status, duration) -> None:
    call = scene.dial(f"+120255501{last:02d}", inside="<Pause length='600'/>", timeout=30)
    scene.server.advance(minutes=12)
    assert (call.status, call.duration) == (status, duration)


def test_more_calls_than_one_a_second_wait_in_a_queue(scene: Scene) -> None:
    scene.server.account.calls_per_second = 1
    calls = [scene.dial() for _ in range(3)]
    scene.server.advance(seconds=1)
    assert [call.status for call in calls] == ["ringing", "initiated", "queued"]
    shown = [scene.client.calls(call.sid).fetch() for call in calls]
    assert [(one.status, one.queue_time) for one in shown] == [
        ("ringing", "0"),
        ("queued", "1000"),
        ("queued", "2000"),
    ]
    scene.server.play_out()
    assert {call.status for call in calls} == {"completed"}


def test_a_call_is_ended_over_the_api(scene: Scene) -> None:
    ringing = scene.dial(inside="<Pause length='600'/>")
    scene.server.advance(seconds=3)
    scene.client.calls(ringing.sid).update(status="canceled")
    talking = scene.dial(inside="<Pause length='600'/>")
    scene.server.advance(seconds=10)
    unmoved = scene.client.calls(talking.sid).update(status="canceled")
    assert unmoved.status == "in-progress"
    scene.client.calls(talking.sid).update(status="completed")
    assert (ringing.status, talking.status, talking.duration) == ("canceled", "completed", 3)
    scene.server.advance(minutes=5)
    assert scene.reported().count("canceled") == 1
