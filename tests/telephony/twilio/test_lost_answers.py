"""Answers get lost between the SDK and the network: what was placed is found, the rest is not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from callassist.clock import ManualClock
from callassist.errors import TransientError
from callassist.ports.telephony import CallInDoubt, RateLimited, RefusedCall
from tests.telephony.twilio.test_on_the_wire import Line
from tests.telephony.twilio.wire import DIAL, OPERATOR, START
from tests.twilio_server import twilio_server

CREATIONS = "POST .*Calls"


@pytest.mark.parametrize("layout", ["twilio", "signalwire"])
def test_every_call_in_doubt_is_found_exactly_when_it_was_placed(layout: str):
    clock = ManualClock(START)
    with twilio_server(layout=layout, clock=clock) as server:
        line = Line(server, clock)
        server.far_end(OPERATOR, "no-answer")
        faults = server.rest_faults
        for kind in ("reply_lost", "error_after", "request_lost", "error", "html"):
            faults.share(kind, 0.08, matching=CREATIONS)
        known, doubts = set[str](), 0
        for _ in range(50):
            since, before = clock.now(), len(server.calls)
            try:
                known.add(line.twilio.place_call(DIAL).call_id)
            except CallInDoubt:
                doubts += 1
                clock.advance(seconds=30)
                found = line.twilio.find_calls(to=OPERATOR, since=since - timedelta(seconds=5))
                fresh = [call.call_id for call in found if call.call_id not in known]
                assert fresh == [call.sid for call in server.calls[before:]]
                known |= set(fresh)
            clock.advance(seconds=60)
            server.deliver()
        assert known == {call.sid for call in server.calls}
        assert doubts > 10
        assert len(known) < 50


def test_while_the_network_is_down_nothing_is_taken_for_an_answer():
    clock = ManualClock(START)
    with twilio_server(clock=clock) as server:
        line = Line(server, clock)
        call_id = line.place()
        server.rest_faults.share("error", 1.0)
        for question in (
            lambda: line.twilio.find_calls(to=OPERATOR, since=START),
            lambda: line.twilio.fetch_call(call_id),
            lambda: line.twilio.bridge.called_leg(call_id),
            lambda: line.twilio.hang_up(call_id),
            lambda: line.twilio.check(),
        ):
            with pytest.raises(TransientError):
                question()


@pytest.mark.parametrize(("code", "error"), [(20429, RateLimited), (10004, RefusedCall)])
def test_a_refusal_is_never_a_doubt(code: int, error: type[Exception]):
    clock = ManualClock(START)
    with twilio_server(clock=clock) as server:
        line = Line(server, clock)
        server.refuse_next(code)
        with pytest.raises(error):
            line.place()
        assert server.calls == []
