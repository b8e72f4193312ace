"""What became of a call, which calls there are, ending one, and whether the account can phone."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from callassist.domain.dial import DialMode, Leg, LegStatus
from callassist.domain.results import AttemptOutcome
from callassist.errors import NotFound, PermanentError, TransientError
from tests.telephony.twilio.wire import (
    CALL,
    CHILD,
    OPERATOR,
    PUBLIC_URL,
    SETTINGS,
    START,
    Said,
    call_body,
    network,
    refusal,
    wire,
)

DOWN = [Said(503, "<html>"), Said(then_hang_up=True), refusal(20003, 401), refusal(20429, 429)]
GONE = refusal(20404, 404)


def test_what_became_of_a_call_is_told_by_its_resource():
    body = call_body("completed", duration="12", end_time="Fri, 01 May 2026 23:01:00 +0000")
    with wire(Said(200, body)) as told:
        event = network(told.url).fetch_call(CALL)
    assert event is not None
    assert (event.status, event.outcome) == (LegStatus.ENDED, AttemptOutcome.ANSWERED)
    assert (event.talk_seconds, event.leg) == (12, Leg.OPERATOR)
    assert event.at == datetime(2026, 5, 1, 23, 1, tzinfo=UTC)


def test_an_answer_is_never_dated_before_it_came():
    later = "Fri, 01 May 2026 23:00:20 +0000"
    dialled = "Fri, 01 May 2026 23:00:01 +0000"
    body = call_body("in-progress", start_time=dialled, date_updated=later)
    with wire(Said(200, body)) as told:
        event = network(told.url).fetch_call(CALL)
    assert event is not None
    assert event.at == START + timedelta(seconds=20)


def test_a_call_that_twilio_does_not_know_is_none():
    with wire(GONE) as told:
        assert network(told.url).fetch_call(CALL) is None


@pytest.mark.parametrize("says", DOWN)
def test_what_cannot_be_asked_now_is_asked_later(says: Said):
    with wire(says) as told:
        twilio = network(told.url)
        for question in (
            lambda: twilio.fetch_call(CALL),
            lambda: twilio.hang_up(CALL),
            lambda: twilio.find_calls(to=OPERATOR, since=START),
        ):
            with pytest.raises(TransientError):
                question()


@pytest.mark.parametrize("body", [{"sid": CALL}, call_body("odd"), {"status": "ringing"}])
def test_a_call_of_which_we_understand_nothing_is_asked_for_later(body: dict[str, object]):
    with wire(Said(200, body)) as told, pytest.raises(TransientError):
        network(told.url).fetch_call(CALL)


def row(place: int, status: str, *, after: int = 0, **fields: str) -> dict[str, object]:
    at = (START + timedelta(seconds=after)).strftime("%a, %d %b %Y %H:%M:%S +0000")
    return call_body(status, sid=f"CA{place:032x}", date_created=at, **fields)


def test_calls_are_found_whether_they_wait_ring_or_have_begun_on_all_pages():
    second = "/2010-04-01/Accounts/AC/Calls.json?Page=1&PageToken=x"
    says = [
        Said(200, {"calls": [row(1, "queued", after=9)]}),
        Said(200, {"calls": [row(2, "ringing", after=5)]}),
        Said(
            200,
            {"calls": [row(1, "in-progress", after=9)], "next_page_uri": second, "page_size": 1},
        ),
        Said(200, {"calls": [row(3, "completed", after=1, duration="7")]}),
    ]
    since = START + timedelta(microseconds=400_000)
    with wire(*says) as told:
        found = network(told.url).find_calls(to=OPERATOR, since=since)
    asked = [parse_qs(urlsplit(path).query) for _, path, _, _ in told.asked]
    assert [each.get("To") for each in asked] == [[OPERATOR]] * 3 + [None]
    assert [each.get("Status") for each in asked[:3]] == [["queued"], ["ringing"], None]
    assert asked[2]["StartTime>"] == ["2026-05-01T23:00:00Z"]
    assert urlsplit(told.asked[3][1]).path == second.partition("?")[0]
    assert [call.call_id[-1] for call in found] == ["3", "2", "1"]
    assert [call.event.status for call in found] == [
        LegStatus.ENDED,
        LegStatus.RINGING,
        LegStatus.ANSWERED,
    ]
    assert found[0].placed_at == START + timedelta(seconds=1)
    assert {call.attempt_id for call in found} == {None}


def test_calls_of_before_and_legs_dialled_from_others_are_not_ours():
    rows = [row(1, "completed", after=-60), row(2, "completed", parent_call_sid=CHILD)]
    with wire(Said(200, {"calls": rows})) as told:
        assert network(told.url).find_calls(to=OPERATOR, since=START) == []


def test_pages_that_lead_round_in_a_circle_are_no_answer(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("callassist.telephony.twilio.rest._MOST_ROWS", 5)
    page = {"calls": [row(1, "queued")], "next_page_uri": "/2010-04-01/x.json?Page=1"}
    with wire(Said(200, page)) as told, pytest.raises(TransientError, match="does not end"):
        network(told.url).find_calls(to=OPERATOR, since=START)


@pytest.mark.parametrize(
    ("status", "asked_for"),
    [
        ("queued", "canceled"),
        ("ringing", "canceled"),
        ("in-progress", "completed"),
    ],
)
def test_a_call_is_ended_as_far_as_it_has_come(status: str, asked_for: str):
    with wire(Said(200, call_body(status)), Said(200, call_body(asked_for))) as told:
        network(told.url).hang_up(CALL)
    assert [asked[2] for asked in told.asked] == ["", f"Status={asked_for}"]


def test_a_call_that_has_ended_is_fine():
    with wire(Said(200, call_body("busy"))) as told:
        network(told.url).hang_up(CALL)
    assert len(told.asked) == 1


def test_a_call_that_is_answered_while_it_is_cancelled_is_ended_all_the_same():
    answered = Said(200, call_body("in-progress"))
    says = [Said(200, call_body("ringing")), answered, answered, Said(200, call_body("completed"))]
    with wire(*says) as told:
        network(told.url).hang_up(CALL)
    assert [asked[2] for asked in told.asked] == ["", "Status=canceled", "", "Status=completed"]


def test_a_call_that_ends_by_itself_meanwhile_is_fine():
    says = [Said(200, call_body("in-progress")), refusal(21220), Said(200, call_body("completed"))]
    with wire(*says) as told:
        network(told.url).hang_up(CALL)
    assert len(told.asked) == 3


def test_a_call_that_will_not_end_is_tried_again_later():
    with wire(Said(200, call_body("in-progress")), refusal(21220)) as told:
        told.says *= 3
        with pytest.raises(TransientError):
            network(told.url).hang_up(CALL)
    assert len(told.asked) == 6


def test_a_call_that_was_never_there_cannot_be_ended():
    with wire(GONE) as told, pytest.raises(NotFound):
        network(told.url).hang_up(CALL)
    with wire(Said(200, call_body("ringing")), GONE) as told, pytest.raises(NotFound):
        network(told.url).hang_up(CALL)


ACTIVE = Said(200, {"sid": SETTINGS.account_sid, "status": "active"})
NUMBERS = Said(200, {"incoming_phone_numbers": [{"phone_number": SETTINGS.caller_id}]})
NO_NUMBERS = Said(200, {"incoming_phone_numbers": []})
VERIFIED = Said(200, {"outgoing_caller_ids": [{"phone_number": SETTINGS.caller_id}]})
NOT_VERIFIED = Said(200, {"outgoing_caller_ids": []})
LET_IN = Said(200, {"calls": []})  # by the API key


def application(
    url: str = f"{PUBLIC_URL}/hooks/telephony/twilio/browser", method: str = "POST"
) -> Said:
    app = {"sid": SETTINGS.application_sid, "voice_url": url, "voice_method": method}
    return Said(200, {"applications": [{"sid": "AP0"}, app]})


@pytest.mark.parametrize("says", [[ACTIVE, NUMBERS], [ACTIVE, NO_NUMBERS, VERIFIED]])
def test_an_account_that_is_set_up_well_can_phone(says: list[Said]):
    with wire(*says, application(), LET_IN) as told:
        network(told.url).check()


@pytest.mark.parametrize(
    ("says", "said"),
    [
        ([Said(200, {"status": "suspended"})], "the account is suspended"),
        ([ACTIVE, NO_NUMBERS, NOT_VERIFIED, application(), LET_IN], "CALLER_ID is not a number of"),
        (
            [ACTIVE, NUMBERS, application("https://old.example/"), LET_IN],
            "write https://desk.example/hooks/",
        ),
        ([ACTIVE, NUMBERS, application(method="GET"), LET_IN], "choose HTTP POST"),
        ([ACTIVE, NUMBERS, Said(200, {"applications": []}), LET_IN], "copy it from TwiML Apps"),
        ([refusal(20003, 401)], "copy both again"),
        ([GONE], "check the account's SID"),
        (
            [ACTIVE, NO_NUMBERS, NOT_VERIFIED, application(method="GET"), LET_IN],
            "Verified Caller IDs; the application",
        ),
        ([ACTIVE, NUMBERS, application(), refusal(20003, 401)], "API_KEY_SID and its secret are"),
        ([ACTIVE, NUMBERS, application(), refusal(70051, 403)], "make a key of type Standard"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(says: list[Said], said: str):
    with wire(*says) as told, pytest.raises(PermanentError, match=said):
        network(told.url).check()


@pytest.mark.parametrize("says", [Said(503, ""), refusal(20429, 429), Said(200, "<html>")])
def test_an_account_that_cannot_be_asked_may_be_well_later(says: Said):
    with wire(says) as told, pytest.raises(TransientError):
        network(told.url).check()


def test_an_answer_about_the_account_is_kept_for_half_a_minute(monkeypatch: pytest.MonkeyPatch):
    passed = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: passed[0])
    with wire(Said(503, ""), ACTIVE, NUMBERS, application(), LET_IN) as told:
        twilio = network(told.url)
        for _ in range(3):
            with pytest.raises(TransientError):
                twilio.check()
        assert len(told.asked) == 1
        passed[0] += 30
        twilio.check()
        twilio.check()
    assert len(told.asked) == 5


def test_an_account_without_an_api_key_phones_by_the_operators_own_phone_alone():
    can = network("", api_key_sid="").capabilities()
    assert can.modes == (DialMode.OWN_PHONE,)
    with wire(ACTIVE, NUMBERS) as told:
        network(told.url, api_key_sid="").check()
    both = network("").capabilities()
    assert both.modes == (DialMode.SOFTPHONE, DialMode.OWN_PHONE)
    assert (both.simulated, both.callbacks, both.find_calls) == (False, True, True)


def test_the_sdk_is_not_read_where_another_network_is_used():
    code = (
        "import sys, callassist.bootstrap.build, callassist.web.app, callassist.worker;"
        # twilio.rest alone is read by Flask-Security, without what makes it large
        "heavy = ('twilio.rest.api', 'twilio.twiml', 'twilio.jwt', 'callassist.telephony.twilio');"
        "print([name for name in sys.modules if name.startswith(heavy)])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
