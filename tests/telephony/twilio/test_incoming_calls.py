"""Calls that come in over a Twilio-shaped network: what is handed out, and what is refused."""

from __future__ import annotations

import pytest

from callassist.ports.telephony import Connect
from callassist.settings import MachineDetection
from callassist.telephony.twilio.documents import document_of
from tests.dealing import examples
from tests.telephony.twilio.conftest import Begin
from tests.telephony.twilio.forging import Forger, database_hash, with_two_attempts
from tests.telephony.twilio.test_forged_over_http import answer_to
from tests.telephony.twilio.twilio_stage import CALLER_ID, PUBLIC_URL

FORGERIES = examples(200, dealt=80)
RING = Connect(
    to="+12025550177",
    caller_id=None,
    ask_url="https://d.example/ask",
    callback_url="https://d.example/t",
    after_url="https://d.example/after",
    ring_timeout_seconds=20,
)


def test_an_operators_phone_is_shown_the_desk_asked_for_a_key_and_not_listened_to() -> None:
    body = document_of(RING, caller_id=CALLER_ID, detection=MachineDetection.ENABLE).body
    assert f'callerId="{CALLER_ID}"' in body
    assert 'timeout="20"' in body
    assert 'url="https://d.example/ask' in body
    assert "machineDetection" not in body


@pytest.mark.parametrize("layout", ["twilio", "signalwire"])
def test_forged_calls_are_refused_and_change_nothing(begin: Begin, layout: str) -> None:
    night = with_two_attempts(begin("own_phone", layout))
    hooks = night.server.account.numbers[CALLER_ID]
    hooks.voice_url = f"{PUBLIC_URL}/hooks/telephony/twilio/incoming"
    seen = len(night.server.webhooks)
    night.server.phone_rings_us("+12025550102", CALLER_ID, presses="1")
    night.world.pass_time(seconds=60)
    forger = Forger(night.server, seed=5)
    forger.genuine = forger.genuine[seen:]
    assert any(one.path.endswith("/incoming") for one in forger.genuine)
    before = database_hash(night.world.service.sessions)
    answers = {answer_to(night.world, forger.forge(number)) for number in range(FORGERIES)}
    assert answers == {403}
    for one in [each for each in night.server.webhooks[seen:] if each.answer.is_ok]:
        night.server.resend(one)
    assert database_hash(night.world.service.sessions) == before
