"""The simulated network leads a call: it asks what to do, speaks, hears a key, dials from there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

from callassist.clock import ManualClock
from callassist.domain.dial import LegStatus
from callassist.errors import TransientError
from callassist.ports.telephony import AskKey, Connect, HangUp, PlaceCall, Step, WebhookRequest
from callassist.telephony.simulated import SimulatedNetwork
from tests.telephony.world import SECRET, START

HOOK = "https://desk.example/hooks/telephony/simulated/t"
PRESSES_ONE, PRESSES_NOTHING = "+12025550101", "+12025550191"
MAILBOX, HANGS_UP, CALLED = "+12025550140", "+12025550150", "+12025550102"
MENU = AskKey(
    say="Good evening.",
    then=("Press 1.", "Press 2."),
    language="en",
    pressed_url=f"{HOOK}/pressed",
    otherwise="Good night.",
)
CONNECT = Connect(
    to=CALLED,
    caller_id=None,
    callback_url=f"{HOOK}-called",
    after_url=f"{HOOK}/after",
    ring_timeout_seconds=30,
)


class Line:
    """The network, and a service that answers its questions by `says`."""

    def __init__(self, path: Path) -> None:
        self.clock = ManualClock(START)
        self.says: dict[str, Step] = {"ask": MENU, "pressed": HangUp(say="Thank you.")}
        self.asked: list[tuple[str, str]] = []
        self.reports: list[tuple[str, str]] = []
        self.refuses = 0
        self.network = SimulatedNetwork(
            path / "net.sqlite3", self.clock, 7, post=self._post, secret=SECRET
        )

    def ring(self, to: str) -> str:
        request = PlaceCall(
            attempt_id="A1", to=to, caller_id=None, callback_url=HOOK, answer_url=f"{HOOK}/ask"
        )
        return self.network.place_call(request).call_id

    def until(self, done: Callable[[], bool], most: int = 700) -> None:
        for _ in range(most):
            if done():
                return
            self.clock.advance(seconds=1)
            self.network.pump()
        pytest.fail(f"not within {most} s: {self.asked} {self.reports}")

    def ended(self) -> bool:
        return (HOOK, "ended") in self.reports

    def _post(self, url: str, headers: Mapping[str, str], form: Mapping[str, str]) -> str:
        body = urlencode(dict(form)).encode()
        sent = WebhookRequest(url=url, headers=headers, form=form, body=body)
        assert self.network.verify_webhook(sent)
        if "Status" in form:
            (event,) = self.network.parse_webhook(sent)
            self.reports.append((url, str(event.status)))
            return ""
        if self.refuses:
            self.refuses -= 1
            raise TransientError("the service does not answer")
        request = self.network.bridge.parse_request(sent)
        what = url.rpartition("/")[2]
        self.asked.append((what, request.digits))
        if what == "after":
            assert request.called is not None
            assert request.called.status is LegStatus.ENDED
            return self.network.bridge.document(HangUp()).body
        return self.network.bridge.document(self.says[what]).body


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    made = Line(tmp_path)
    yield made
    made.network.close()


def test_a_menu_is_heard_in_order_and_the_key_of_the_number_is_pressed(line: Line) -> None:
    line.ring(PRESSES_ONE)
    line.until(line.ended)
    assert line.asked == [("ask", ""), ("pressed", "1")]
    heard = ["Good evening.", "Press 1.", "Press 2.", "Thank you."]
    assert line.network.heard(PRESSES_ONE) == heard


@pytest.mark.parametrize("number", [PRESSES_NOTHING, MAILBOX])
def test_who_presses_nothing_is_let_go_after_the_second_time(line: Line, number: str) -> None:
    line.ring(number)
    line.until(line.ended)
    (call,) = line.network.calls()
    assert line.asked == [("ask", "")]
    assert call.talk_seconds is not None
    assert 15 < call.talk_seconds < 40


def test_a_test_says_which_keys_are_pressed_menu_by_menu(line: Line) -> None:
    line.network.keys[PRESSES_ONE] = ("9", "2")
    line.says["pressed"] = MENU
    line.ring(PRESSES_ONE)
    line.until(line.ended)
    assert line.asked == [("ask", ""), ("pressed", "9"), ("pressed", "2")]


def test_who_hangs_up_at_once_presses_nothing(line: Line) -> None:
    line.ring(HANGS_UP)
    line.until(line.ended)
    assert line.network.calls()[0].talk_seconds == 2
    assert ("pressed", "1") not in line.asked


def test_a_second_phone_is_dialled_from_the_first_and_both_end(line: Line) -> None:
    line.says["pressed"] = CONNECT
    call_id = line.ring(PRESSES_ONE)
    line.until(line.ended)
    assert line.asked[-1] == ("after", "")
    assert [call.to for call in line.network.calls()] == [PRESSES_ONE, CALLED]
    called = line.network.bridge.called_leg(call_id)
    assert called is not None
    assert called.talk_seconds == 120
    assert (f"{HOOK}-called", "ended") in line.reports


def test_hanging_up_the_first_phone_ends_the_second(line: Line) -> None:
    line.says["pressed"] = CONNECT
    call_id = line.ring(PRESSES_ONE)
    line.until(lambda: (f"{HOOK}-called", "answered") in line.reports)
    line.network.hang_up(call_id)
    line.clock.advance(seconds=1)
    line.network.pump()
    assert all(call.ended_at is not None for call in line.network.calls())
    assert ("after", "") not in line.asked


def test_a_question_is_asked_again_until_the_service_answers(line: Line) -> None:
    line.refuses = 2
    line.ring(PRESSES_ONE)
    line.until(line.ended)
    assert line.asked == [("ask", ""), ("pressed", "1")]


def test_a_service_that_never_answers_ends_the_call(line: Line) -> None:
    line.refuses = 100
    line.ring(PRESSES_ONE)
    line.until(line.ended, most=60)
    assert line.clock.now() - START < timedelta(minutes=1)
