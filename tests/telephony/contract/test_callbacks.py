"""Callbacks over a real socket: shuffled, doubled, lost, forged."""

from __future__ import annotations

from datetime import timedelta

import pytest

from callassist.domain.dial import reduce_all
from callassist.telephony.simulated.callbacks import SIGNATURE_HEADER, signature
from tests.telephony.conftest import Begin
from tests.telephony.world import HUNG_UP_UNDER, PUBLIC_URL, SECRET, World

NUMBERS = [f"+120255501{last:02d}" for last in (1, 20, 30, 41, 52, 63, 74, 91)]
FORM = {
    "CallId": "SIM" + "0" * 32,
    "Sequence": "3",
    "Status": "ended",
    "At": "2026-05-01T23:00:00+00:00",
    "Outcome": "busy",
    "To": "+1•••••01",
}


def test_shuffled_doubled_and_late_callbacks_tell_the_same_outcomes(begin: Begin) -> None:
    world = begin(double_callback=0.5, delay_callback=0.6, delay_up_to=timedelta(minutes=2))
    dialled = [world.dial(number) for number in NUMBERS]
    world.let_pass(minutes=5)
    shuffled = 0
    for call, token in dialled:
        told = world.told(token)
        in_order = sorted(set(told), key=lambda event: event.sequence)
        assert world.facts(token) == reduce_all(in_order, hung_up_under=HUNG_UP_UNDER)
        assert in_order[-1] == world.network.fetch_call(call)
        shuffled += told != in_order
    assert shuffled >= 4


def test_lost_callbacks_leave_the_others(begin: Begin) -> None:
    world = begin(lose_callback=0.4)
    tokens = [world.dial(number)[1] for number in NUMBERS]
    world.let_pass(minutes=3)
    assert 5 < sum(len(world.told(token)) for token in tokens) < 26  # 26 when none is lost


def test_a_signed_callback_is_taken_and_may_come_again(world: World) -> None:
    world.service.tokens.add("t1")
    for _ in range(2):
        answer = world.signed_post("t1", **FORM)
        assert (answer.status_code, answer.content) == (204, b"")
    assert len(set(world.told("t1"))) == 1


@pytest.mark.parametrize(
    ("secret", "signed_url", "signed_form"),
    [
        ("another secret", f"{PUBLIC_URL}/hooks/telephony/simulated/t1", FORM),
        (SECRET, "http://127.0.0.1/hooks/telephony/simulated/t1", FORM),
        (SECRET, f"{PUBLIC_URL}/hooks/telephony/simulated/t2", FORM),
        (SECRET, f"{PUBLIC_URL}/hooks/telephony/simulated/t1?a=1", FORM),
        (SECRET, f"{PUBLIC_URL}/hooks/telephony/simulated/t1", {**FORM, "Outcome": "answered"}),
        (SECRET, f"{PUBLIC_URL}/hooks/telephony/simulated/t1", {**FORM, "Extra": "1"}),
    ],
    ids=["other secret", "other address", "other token", "query", "changed", "field left out"],
)
def test_a_forged_callback_is_refused(world: World, secret, signed_url, signed_form) -> None:
    world.service.tokens.update({"t1", "t2"})
    headers = {SIGNATURE_HEADER: signature(secret, signed_url, signed_form)}
    answer = world.post("/hooks/telephony/simulated/t1", FORM, headers)
    assert answer.status_code == 403
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "signature" in answer.json()["detail"]
    assert not world.service.events


@pytest.mark.parametrize("headers", [{}, {SIGNATURE_HEADER: ""}, {SIGNATURE_HEADER: "é"}])
def test_a_callback_without_a_signature_is_refused(world: World, headers) -> None:
    world.service.tokens.add("t1")
    sent = {name: value.encode() for name, value in headers.items()}
    assert world.post("/hooks/telephony/simulated/t1", FORM, sent).status_code == 403
    assert not world.service.events


def test_a_callback_does_not_count_at_another_address_of_ours(world: World) -> None:
    world.service.tokens.add("t1")
    assert world.signed_post("t9", **FORM).status_code == 404
    path = "/hooks/telephony/twilio/t1"
    headers = {SIGNATURE_HEADER: signature(SECRET, PUBLIC_URL + path, FORM)}
    assert world.post(path, FORM, headers).status_code == 404
    assert not world.service.events
