"""The adapter alone on a Twilio-shaped network: calls, legs and the account, in each layout."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask, Response, request

from callassist.clock import ManualClock
from callassist.domain.dial import Leg, LegEvent, LegStatus, reduce_all
from callassist.domain.results import AttemptOutcome
from callassist.errors import PermanentError
from callassist.ports.telephony import (
    AskKey,
    Connect,
    HangUp,
    RateLimited,
    RefusedCall,
    Step,
    WebhookRequest,
)
from callassist.settings import MachineDetection
from callassist.telephony.twilio.network import TwilioNetwork
from tests.telephony.twilio.test_events import LIMIT
from tests.telephony.twilio.wire import DIAL, GUEST, OPERATOR, PUBLIC_URL, SETTINGS, START
from tests.twilio_server import TwilioServer, twilio_server

HOOK = f"{PUBLIC_URL}/hooks/telephony/twilio/token"
STEPS: dict[str, Step] = {
    "ask": AskKey(say="A call", language="en", pressed_url=f"{HOOK}/pressed"),
    "pressed": Connect(
        to=GUEST,
        caller_id=None,
        callback_url=HOOK,
        after_url=f"{HOOK}/after",
        ring_timeout_seconds=25,
    ),
    "after": HangUp(),
}


class Line:
    """An adapter, the network that it asks, and everything that it was told."""

    def __init__(self, server: TwilioServer, clock: ManualClock) -> None:
        self.server, self.clock, self.told = server, clock, list[LegEvent]()
        self.server.account.own(SETTINGS.caller_id)
        self.app = Flask("line")
        self.app.add_url_rule(
            "/hooks/telephony/twilio/token", view_func=self.reported, methods=["POST"]
        )
        self.app.add_url_rule(
            "/hooks/telephony/twilio/token/<what>", view_func=self.asked, methods=["POST"]
        )
        server.route(PUBLIC_URL, self.app)
        server.far_end(OPERATOR, presses="1", talk=3600)
        self.set_up()

    def set_up(self, **changed: Any) -> None:
        account, base = self.server.account, self.server.base_url
        signalwire: dict[str, Any] = {
            "path_prefix": "/api/laml",
            "signature_header": "X-SignalWire-Signature",
        }
        settings = replace(
            SETTINGS,
            account_sid=account.sid,
            auth_token=account.auth_token,
            base_url=base.removesuffix("/api/laml"),
            signing_key=account.signing_key,
            api_key_sid="",
            **(signalwire if account.is_signalwire else {}),
        )
        self.twilio = TwilioNetwork(
            replace(settings, **changed),
            self.clock,
            public_url=PUBLIC_URL,
            environ={},
        )

    def reported(self) -> Response:
        self.told += self.twilio.parse_webhook(self._verified())
        return Response(status=204)

    def asked(self, what: str) -> Response:
        if what == "operator":
            self.told += self.twilio.parse_webhook(self._verified())
            return Response(status=204)
        question = self.twilio.bridge.parse_request(self._verified())
        if question.called is not None:
            self.told.append(question.called)
        document = self.twilio.bridge.document(STEPS[what])
        return Response(document.body, mimetype=document.mimetype)

    def _verified(self) -> WebhookRequest:
        callback = WebhookRequest(
            url=PUBLIC_URL + request.full_path.rstrip("?"),
            headers=dict(request.headers),
            form=request.form.to_dict(),
            body=request.get_data(),
        )
        assert self.twilio.verify_webhook(callback)
        return callback

    def place(self) -> str:
        return self.twilio.place_call(DIAL).call_id

    def let_pass(self, seconds: int) -> None:
        for _ in range(seconds):
            self.clock.advance(seconds=1)
            self.server.deliver()

    def outcome(self) -> AttemptOutcome | None:
        called = [event for event in self.told if event.leg is Leg.CALLED]
        return reduce_all(called, hung_up_under=LIMIT).outcome


@pytest.fixture(params=["twilio", "signalwire"])
def line(request: pytest.FixtureRequest) -> Iterator[Line]:
    clock = ManualClock(START)
    with twilio_server(layout=request.param, clock=clock) as server:
        yield Line(server, clock)


def test_what_is_reported_and_what_is_looked_up_come_to_the_same(line: Line):
    line.server.far_end(GUEST, talk=30)
    call_id = line.place()
    line.let_pass(90)
    assert line.outcome() is AttemptOutcome.ANSWERED
    called = line.twilio.bridge.called_leg(call_id)
    assert called is not None
    assert (called.leg, called.outcome, called.talk_seconds) == (
        Leg.CALLED,
        AttemptOutcome.ANSWERED,
        30,
    )
    own = line.twilio.fetch_call(call_id)
    assert own is not None
    assert (own.leg, own.status) == (Leg.OPERATOR, LegStatus.ENDED)
    assert {event.call_id for event in line.told} == {call_id, called.call_id}


@pytest.mark.parametrize("setting", [MachineDetection.ENABLE, MachineDetection.DETECT_MESSAGE_END])
def test_a_mailbox_is_heard_while_it_talks(setting: MachineDetection):
    clock = ManualClock(START)
    with twilio_server(clock=clock) as server:
        line = Line(server, clock)
        line.set_up(machine_detection=setting)
        line.server.far_end(GUEST, "voicemail", talk=40)
        line.place()
        line.let_pass(34)
        assert AttemptOutcome.VOICEMAIL in {event.outcome for event in line.told}
        line.let_pass(90)
        assert line.outcome() is AttemptOutcome.VOICEMAIL


def test_a_call_is_found_while_it_waits_rings_talks_and_is_over(line: Line):
    line.server.account.calls_per_second = 0.2
    first, second = line.place(), line.place()
    seen = set()
    for _ in range(40):
        found = line.twilio.find_calls(to=OPERATOR, since=START)
        status = {call.call_id: call.event.status for call in found}
        assert set(status) == {first, second}
        seen |= set(status.values())
        line.let_pass(2)
        if status[second] is LegStatus.ANSWERED:
            line.twilio.hang_up(second)
    assert seen == set(LegStatus)
    later = line.clock.now()
    assert line.twilio.find_calls(to=OPERATOR, since=later) == []
    assert line.twilio.find_calls(to=GUEST, since=START) == []


def test_more_calls_than_fit_on_a_page_are_all_found(line: Line, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("callassist.telephony.twilio.rest._ROWS_PER_PAGE", 2)
    line.server.far_end(OPERATOR, "busy")
    placed = [line.place() for _ in range(7)]
    line.let_pass(5)
    found = line.twilio.find_calls(to=OPERATOR, since=START)
    assert sorted(call.call_id for call in found) == sorted(placed)


@pytest.mark.parametrize("after", [0, 3, 20])
def test_a_call_is_ended_at_any_time_and_with_it_the_guests(line: Line, after: int):
    line.server.far_end(GUEST, talk=600)
    call_id = line.place()
    line.let_pass(after)
    line.twilio.hang_up(call_id)
    line.let_pass(5)
    for call in line.server.calls:
        event = line.twilio.fetch_call(call.sid)
        assert event is not None
        assert event.status is LegStatus.ENDED
    line.twilio.hang_up(call_id)


@pytest.mark.parametrize(
    ("number", "outcome"),
    [
        ("+15005550001", AttemptOutcome.INVALID_NUMBER),
        ("+15005550002", AttemptOutcome.INVALID_NUMBER),
        ("+15005550003", AttemptOutcome.PROVIDER_ERROR),
        ("+15005550004", AttemptOutcome.PROVIDER_ERROR),
    ],
)
def test_the_numbers_of_twilios_own_sandbox_are_refused_alike(
    line: Line, number: str, outcome: AttemptOutcome
):
    with pytest.raises(RefusedCall) as refused:
        line.twilio.place_call(replace(DIAL, to=number))
    assert refused.value.outcome is outcome


def test_a_caller_id_that_is_not_the_accounts_is_our_own_fault(line: Line):
    with pytest.raises(RefusedCall, match="caller id") as refused:
        line.twilio.place_call(replace(DIAL, caller_id="+12025550188"))
    assert refused.value.outcome is AttemptOutcome.PROVIDER_ERROR


def test_too_many_at_once_are_asked_again(line: Line):
    line.server.refuse_next(20429)
    with pytest.raises(RateLimited):
        line.place()
    line.place()


def test_a_token_is_replaced_while_calls_go_on(line: Line):
    account = line.server.account
    old = account.auth_token
    new = account.rotate_token()
    line.set_up(auth_token=new, auth_token_secondary=old)
    line.server.far_end(GUEST, talk=10)
    line.place()
    account.retire_tokens()
    line.let_pass(60)
    line.place()
    assert line.outcome() is AttemptOutcome.ANSWERED
    line.set_up(auth_token=old, auth_token_secondary=new)  # the order does not matter
    line.place()


def test_the_account_is_checked_with_what_to_do(line: Line):
    line.twilio.check()
    app = line.server.account.add_application("https://old.example/voice")
    line.set_up(api_key_sid="SK1", application_sid=app.sid)
    with pytest.raises(PermanentError, match=r"write https://desk\.example/hooks/telephony/"):
        line.twilio.check()
    ours = f"{PUBLIC_URL}/hooks/telephony/twilio/browser"
    app = line.server.account.add_application(ours)
    key, secret = next(iter(line.server.account.api_keys.items()))
    browsers = {"api_key_sid": key, "api_key_secret": secret, "application_sid": app.sid}
    line.set_up(**browsers)
    line.twilio.check()
    line.set_up(**browsers | {"api_key_secret": "of-another-key"})
    with pytest.raises(PermanentError, match=r"API_KEY_SID and its secret are not accepted"):
        line.twilio.check()
    line.set_up(caller_id="+12025550188")
    with pytest.raises(PermanentError, match="CALLER_ID"):
        line.twilio.check()
    line.set_up(auth_token="another")
    with pytest.raises(PermanentError, match="token"):
        line.twilio.check()
