"""Everything that can go wrong on the way, on demand."""

from __future__ import annotations

import time

import pytest
import requests
from twilio.base.exceptions import TwilioException, TwilioRestException

from tests.twilio_server.conftest import GUEST, Scene
from tests.twilio_server.far_ends import MAGIC_FROM
from tests.twilio_server.service import PUBLIC_URL

ORDER = ["initiated", "ringing", "in-progress", "completed"]


@pytest.mark.parametrize(("kind", "placed"), [("reply_lost", 1), ("request_lost", 0)])
def test_a_connection_breaks_before_or_after_the_call_was_placed(
    scene: Scene, kind: str, placed: int
) -> None:
    scene.server.rest_faults.next(kind, matching="POST .*/Calls")
    with pytest.raises(requests.ConnectionError):
        scene.dial()
    assert len(scene.server.calls) == placed
    assert scene.server.requests[-1].fault == kind
    assert len(scene.client.calls.list(to=GUEST)) == placed  # only one request was hit


@pytest.mark.parametrize(("kind", "placed"), [("error", 0), ("error_after", 1), ("html", 0)])
def test_a_server_error_says_nothing_about_what_was_done(scene: Scene, kind, placed) -> None:
    scene.server.rest_faults.next(kind, status=502)
    with pytest.raises((TwilioException, ValueError)):
        scene.dial()
    assert len(scene.server.calls) == placed


@pytest.mark.parametrize(("seconds", "header"), [(None, None), (3, "3")])
def test_too_many_requests_were_never_worked_on(scene: Scene, seconds, header) -> None:
    scene.server.rest_faults.next("too_many", times=2, retry_after=seconds)
    account = scene.server.account
    answer = requests.get(
        f"{scene.server.base_url}/2010-04-01/Accounts/{account.sid}/Balance.json",
        auth=(account.sid, account.auth_token),
        timeout=30,
    )
    assert (answer.status_code, answer.json()["code"]) == (429, 20429)
    assert answer.headers.get("Retry-After") == header
    with pytest.raises(TwilioRestException) as refused:
        scene.dial()
    assert (refused.value.status, refused.value.code) == (429, 20429)
    assert scene.dial() in scene.server.calls
    assert len(scene.server.calls) == 1


def test_a_slow_answer_is_worked_on_while_nobody_waits(scene: Scene) -> None:
    scene.client.http_client.timeout = 0.2
    scene.server.rest_faults.next("slow", seconds=0.5)
    with pytest.raises(requests.Timeout):
        scene.dial()
    deadline = time.monotonic() + 20
    while not scene.server.calls and time.monotonic() < deadline:
        time.sleep(0.02)
    assert len(scene.server.calls) == 1


def test_any_refusal_can_be_ordered(scene: Scene) -> None:
    scene.server.refuse_next(21216)
    with pytest.raises(TwilioRestException) as refused:
        scene.dial()
    assert refused.value.code == 21216


def test_a_share_of_the_replies_is_lost(scene: Scene) -> None:
    scene.server.rest_faults.share("reply_lost", 0.2, matching="POST .*/Calls")
    lost = 0
    for _ in range(40):
        try:
            scene.dial()
        except requests.ConnectionError:
            lost += 1
    assert len(scene.server.calls) == 40
    assert 2 < lost < 20
    scene.server.rest_faults.clear()
    scene.dial()


def test_lost_callbacks_are_seen_by_nobody(scene: Scene) -> None:
    scene.server.webhook_faults(lose=1)
    call = scene.dial()
    scene.server.advance(minutes=2)
    assert scene.reported() == []
    assert call.status == "completed"
    assert len(scene.service.forms("/document")) == 1  # documents are not callbacks
    assert [sent.fault for sent in scene.server.webhooks if sent.kind == "status"] == ["lost"] * 4


def test_doubled_callbacks_carry_the_same_token(scene: Scene) -> None:
    scene.server.webhook_faults(double=1)
    scene.dial()
    scene.server.advance(minutes=2)
    assert sorted(scene.reported()) == sorted(ORDER * 2)
    told = [one for one in scene.service.asked if one.path == "/status"]
    tokens = [one.headers["I-Twilio-Idempotency-Token"] for one in told]
    assert len(set(tokens)) == 4


def test_shuffled_callbacks_keep_their_sequence_numbers(scene: Scene) -> None:
    scene.server.webhook_faults(shuffle_within=60)
    scene.dial()
    scene.server.advance(minutes=3)
    told = scene.service.forms("/status")
    assert scene.reported() != ORDER
    in_order = sorted(told, key=lambda form: int(form["SequenceNumber"]))
    assert [form["CallStatus"] for form in in_order] == ORDER


def test_late_callbacks_come_after_the_call(scene: Scene) -> None:
    scene.server.webhook_faults(late=1, late_by=(100, 110))
    call = scene.dial()
    scene.server.advance(seconds=60)
    assert (scene.reported(), call.status) == ([], "completed")
    scene.server.advance(minutes=3)
    assert sorted(scene.reported()) == sorted(ORDER)


def test_a_document_that_is_lost_ends_the_call(scene: Scene) -> None:
    scene.server.webhook_faults(lose_documents=1)
    call = scene.dial()
    scene.server.advance(minutes=1)
    assert (call.status, call.duration) == ("completed", 0)


def test_a_callback_is_tried_once_more_only_when_nobody_was_there(lenient: Scene) -> None:
    lenient.service.statuses["/status"] = 500
    lenient.dial(status_callback_event=["initiated"])
    lenient.dial(
        status_callback=PUBLIC_URL + "/status#rc=2&rp=5xx", status_callback_event=["initiated"]
    )
    lenient.dial(status_callback="http://127.0.0.1:9/status", status_callback_event=["initiated"])
    lenient.dial(status_callback=PUBLIC_URL + "/status#rc=9", status_callback_event=["initiated"])
    lenient.server.advance(seconds=1)
    assert [sent.tries for sent in lenient.server.webhooks] == [1, 3, 2, 1]
    assert len(lenient.server.violations) == 1  # rc goes up to five
    assert {code for code, _ in lenient.server.alerts} == {11200}


def test_an_address_where_nobody_listens_is_a_violation(lenient: Scene) -> None:
    lenient.dial(
        status_callback="https://another.example/status", status_callback_event=["initiated"]
    )
    lenient.server.advance(seconds=1)
    assert lenient.server.violations == ["nobody answers at https://another.example"] * 2


def test_a_proxys_headers_can_be_added(scene: Scene) -> None:
    scene.server.webhook_headers["X-Forwarded-Host"] = "evil.example"
    scene.client.messages.create(
        to=GUEST, from_=MAGIC_FROM, body="Hello", status_callback=PUBLIC_URL + "/sms"
    )
    scene.server.advance(seconds=10)
    assert {one.headers["X-Forwarded-Host"] for one in scene.service.asked} == {"evil.example"}
