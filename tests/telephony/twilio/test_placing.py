"""Placing a call: what is asked for, and what each answer and each silence means."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs

import pytest

from callassist.domain.results import AttemptOutcome
from callassist.errors import PermanentError, SettingsError
from callassist.ports.telephony import CallInDoubt, RateLimited, RefusedCall
from callassist.telephony.twilio import http
from tests.telephony.twilio.wire import (
    CALL,
    DIAL,
    OPERATOR,
    SECOND,
    SID,
    TOKEN,
    Said,
    call_body,
    network,
    refusal,
    wire,
)

PLACED = Said(201, call_body("queued"))
NOT_SIGNED_IN = refusal(20003, 401)


def test_a_call_is_asked_for_with_everything_that_we_need_to_hear_of_it():
    with wire(PLACED) as told:
        placed = network(told.url).place_call(DIAL)
    assert placed.call_id == CALL
    ((method, path, body, _),) = told.asked
    assert (method, path) == ("POST", f"/2010-04-01/Accounts/{SID}/Calls.json")
    assert parse_qs(body) == {
        "To": [OPERATOR],
        "From": ["+12025550100"],
        "Url": [DIAL.answer_url + "#rc=3&rp=5xx,ct,rt" if DIAL.answer_url else ""],
        "Method": ["POST"],
        "StatusCallback": [DIAL.callback_url + "#rc=3&rp=5xx,ct,rt"],
        "StatusCallbackMethod": ["POST"],
        "StatusCallbackEvent": ["initiated", "ringing", "answered", "completed"],
        "Timeout": ["25"],
    }


def test_the_accounts_own_number_is_shown_where_it_has_one():
    with wire(PLACED) as told:
        network(told.url).place_call(replace(DIAL, caller_id="+12025550199"))
    assert parse_qs(told.asked[0][2])["From"] == ["+12025550199"]


def test_another_providers_paths_have_a_prefix():
    with wire(PLACED) as told:
        network(told.url, path_prefix="/api/laml").place_call(DIAL)
    assert told.asked[0][1] == f"/api/laml/2010-04-01/Accounts/{SID}/Calls.json"


def test_a_page_whose_address_has_the_prefix_already_does_not_get_it_twice():
    client = http.RebasedHttp("https://x.example", "/api/laml", SID, [TOKEN])
    page = "https://api.twilio.com/api/laml/2010-04-01/Accounts/A/Calls.json?Page=1"
    doubled = page.replace("/api/laml", "/api/laml/api/laml")
    for url in (page, doubled):
        assert (
            client.rebased(url)
            == "https://x.example/api/laml/2010-04-01/Accounts/A/Calls.json?Page=1"
        )


def test_the_operators_phone_is_rung_only_with_an_address_to_ask():
    with pytest.raises(PermanentError, match="answer_url"):
        network("http://127.0.0.1:9").place_call(replace(DIAL, answer_url=None))


@pytest.mark.parametrize(
    ("code", "outcome", "said"),
    [
        (21211, AttemptOutcome.INVALID_NUMBER, "not valid"),
        (21217, AttemptOutcome.INVALID_NUMBER, "not valid"),
        (21214, AttemptOutcome.INVALID_NUMBER, "cannot be reached"),
        (21401, AttemptOutcome.INVALID_NUMBER, "not valid"),
        (21215, AttemptOutcome.PROVIDER_ERROR, "Geo Permissions"),
        (21216, AttemptOutcome.PROVIDER_ERROR, "business profile"),
        (21210, AttemptOutcome.PROVIDER_ERROR, "caller id"),
        (21212, AttemptOutcome.PROVIDER_ERROR, "caller id"),
        (21219, AttemptOutcome.PROVIDER_ERROR, "trial account"),
        (10004, AttemptOutcome.PROVIDER_ERROR, "too many calls"),
        (99999, AttemptOutcome.PROVIDER_ERROR, "docs/api/errors"),
    ],
)
def test_a_refusal_says_what_to_do_and_never_the_number(
    code: int, outcome: AttemptOutcome, said: str
):
    with wire(refusal(code)) as told, pytest.raises(RefusedCall, match=said) as refused:
        network(told.url).place_call(DIAL)
    assert (refused.value.outcome, refused.value.code) == (outcome, str(code))
    assert OPERATOR not in str(refused.value)
    assert len(told.asked) == 1


def test_a_wrong_token_is_our_own_fault():
    with wire(NOT_SIGNED_IN) as told, pytest.raises(RefusedCall, match="token") as refused:
        network(told.url).place_call(DIAL)
    assert refused.value.outcome is AttemptOutcome.PROVIDER_ERROR


def test_while_a_token_is_replaced_the_other_one_is_tried_and_then_stays_first():
    with wire(NOT_SIGNED_IN, PLACED) as told:
        twilio = network(told.url, auth_token_secondary=SECOND)
        twilio.place_call(DIAL)
        twilio.place_call(DIAL)
    tokens = [asked[3]["Authorization"] for asked in told.asked]
    assert tokens[0] != tokens[1] == tokens[2]


def test_two_wrong_tokens_are_asked_once_each():
    with wire(NOT_SIGNED_IN) as told, pytest.raises(RefusedCall, match="token"):
        network(told.url, auth_token_secondary=SECOND).place_call(DIAL)
    assert len(told.asked) == 2


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "Fri, 01 May 2026 23:00:00 GMT"}, 0.0),
        ({"Retry-After": "99999999"}, 300.0),
        ({}, None),
    ],
)
def test_too_many_at_once_may_be_asked_again_when_they_say(
    headers: dict[str, str], seconds: float | None
):
    says = refusal(20429, 429, **headers)
    with wire(says) as told, pytest.raises(RateLimited) as limited:
        network(told.url).place_call(DIAL)
    assert limited.value.retry_after == seconds


@pytest.mark.parametrize(
    "says",
    [
        Said(500, {"code": 20500, "message": "", "status": 500}),
        Said(503, "<html>down</html>"),
        Said(201, "<html>welcome to the hotel's network</html>"),
        Said(201, "[]"),
        Said(201, ""),
        Said(201, {"status": "queued"}),
        Said(201, {"sid": CALL, "date_created": 5}),
        Said(302, "", {"Location": "https://elsewhere.example/"}),
        Said(404, "<html>not here</html>"),
        Said(408, {"code": 408, "message": "", "status": 408}),
        Said(then_hang_up=True),
    ],
)
def test_whatever_is_no_answer_of_twilios_leaves_the_call_in_doubt(says: Said):
    with wire(says) as told, pytest.raises(CallInDoubt):
        network(told.url).place_call(DIAL)
    assert len(told.asked) == 1


@pytest.fixture
def closed_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but nobody listens
        yield taken.getsockname()[1]


def test_a_call_that_provably_never_left_may_be_asked_for_again(closed_port: int):
    with pytest.raises(RateLimited, match="was not placed") as unsent:
        network(f"http://127.0.0.1:{closed_port}").place_call(DIAL)
    assert unsent.value.retry_after == 2.0


def test_a_name_that_nobody_knows_was_not_asked_either(monkeypatch: pytest.MonkeyPatch):
    def nobody(*args: object, **kwargs: object) -> list[object]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    with pytest.raises(RateLimited, match="was not placed"):
        network("http://calls.example").place_call(DIAL)


def test_an_answer_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(http, "READ_SECONDS", 0.2)
    released = threading.Event()
    with wire(Said(201, after=released)) as told:
        try:
            with pytest.raises(CallInDoubt, match="ReadTimeout"):
                network(told.url).place_call(DIAL)
        finally:
            released.set()


def test_connecting_and_reading_take_ten_seconds_at_most():
    assert http.CONNECT_SECONDS + http.READ_SECONDS <= 10


def test_an_edge_or_region_of_twilios_cannot_be_meant_for_another_address():
    for name in ("TWILIO_EDGE", "TWILIO_REGION"):
        with pytest.raises(SettingsError, match=name):
            network("http://127.0.0.1:9", {name: "dublin"})
        network("", {name: "dublin"})


def test_another_accounts_sign_in_in_the_environment_is_not_used():
    environ = {"TWILIO_ACCOUNT_SID": "ACx", "TWILIO_AUTH_TOKEN": "x", "TWILIO_EDGE": ""}
    with wire(PLACED) as told:
        network(told.url, environ).place_call(DIAL)
    assert SID in told.asked[0][1]


def test_many_threads_get_each_their_own_answer():
    ids = [f"CA{place:032x}" for place in range(60)]
    with wire(*(Said(201, call_body("queued", sid=each)) for each in ids), PLACED) as told:
        twilio = network(told.url)
        got: list[str] = []
        threads = [
            threading.Thread(
                target=lambda: got.extend(twilio.place_call(DIAL).call_id for _ in range(10))
            )
            for _ in range(6)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(got) == ids


def test_no_number_and_no_token_is_logged(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    says = [PLACED, refusal(21211), Said(then_hang_up=True), Said(200, {"calls": []})]
    with wire(*says) as told:
        twilio = network(told.url)
        twilio.place_call(DIAL)
        for error in (RefusedCall, CallInDoubt):
            with pytest.raises(error) as raised:
                twilio.place_call(DIAL)
            logging.getLogger("test").error("failed", exc_info=raised.value)
        twilio.find_calls(to=OPERATOR, since=twilio._clock.now())
    assert "failed" in caplog.text
    for secret in (OPERATOR, OPERATOR[1:], "%2B", TOKEN, SID):
        assert secret not in caplog.text
