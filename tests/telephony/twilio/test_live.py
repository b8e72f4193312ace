"""Twilio itself, with the test credentials of an account: nobody is phoned and nothing is charged.

    CALLASSIST_TEST_TWILIO_SID=AC... CALLASSIST_TEST_TWILIO_TOKEN=... pytest -m live

Test credentials know the magic numbers of https://www.twilio.com/docs/iam/test-credentials and send
no reports; what needs those can only be tried with a real account and a real phone.
"""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from callassist.clock import SystemClock
from callassist.domain.results import AttemptOutcome
from callassist.ports.telephony import RefusedCall
from callassist.telephony.twilio.network import TwilioNetwork
from tests.telephony.twilio.wire import DIAL, PUBLIC_URL, SETTINGS

SID = os.environ.get("CALLASSIST_TEST_TWILIO_SID", "")
TOKEN = os.environ.get("CALLASSIST_TEST_TWILIO_TOKEN", "")
MAGIC_FROM = "+15005550006"
NOT_OURS = "+15005550001"

pytestmark = [
    pytest.mark.live,
    pytest.mark.enable_socket,
    pytest.mark.skipif(not (SID and TOKEN), reason="no test credentials of Twilio's are given"),
]


@pytest.fixture
def twilio() -> TwilioNetwork:
    settings = replace(
        SETTINGS, account_sid=SID, auth_token=TOKEN, caller_id=MAGIC_FROM, base_url=""
    )
    return TwilioNetwork(settings, SystemClock(), public_url=PUBLIC_URL, environ={})


def test_a_call_is_accepted(twilio: TwilioNetwork):
    assert twilio.place_call(replace(DIAL, to="+12025550101")).call_id.startswith("CA")


@pytest.mark.parametrize(
    ("to", "caller_id", "code", "outcome"),
    [
        ("+15005550001", MAGIC_FROM, "21217", AttemptOutcome.INVALID_NUMBER),
        ("+15005550002", MAGIC_FROM, "21214", AttemptOutcome.INVALID_NUMBER),
        ("+15005550003", MAGIC_FROM, "21215", AttemptOutcome.PROVIDER_ERROR),
        ("+15005550004", MAGIC_FROM, "21216", AttemptOutcome.PROVIDER_ERROR),
        ("+12025550101", NOT_OURS, "21210", AttemptOutcome.PROVIDER_ERROR),
    ],
)
def test_a_refusal_is_understood(
    twilio: TwilioNetwork, to: str, caller_id: str, code: str, outcome: AttemptOutcome
):
    with pytest.raises(RefusedCall) as refused:
        twilio.place_call(replace(DIAL, to=to, caller_id=caller_id))
    assert (refused.value.code, refused.value.outcome) == (code, outcome)


def test_a_wrong_token_is_refused(twilio: TwilioNetwork):
    settings = replace(SETTINGS, account_sid=SID, auth_token="0" * 32, base_url="")
    stranger = TwilioNetwork(settings, SystemClock(), public_url=PUBLIC_URL, environ={})
    with pytest.raises(RefusedCall, match="token"):
        stranger.place_call(DIAL)
