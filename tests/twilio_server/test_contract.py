"""Requests and answers against the published API: what passes, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
import requests
from openapi_spec_validator import validate
from twilio.base.exceptions import TwilioException, TwilioRestException

from tests.twilio_server.conftest import GUEST, Scene
from tests.twilio_server.far_ends import MAGIC_FROM
from tests.twilio_server.overlay import read_spec
from tests.twilio_server.sdk import sdk_client
from tests.twilio_server.service import PUBLIC_URL

GOOD = {"To": GUEST, "From": MAGIC_FROM, "Url": PUBLIC_URL + "/document"}


def post(scene: Scene, path: str, form: Mapping[str, object], **how: object) -> requests.Response:
    account = scene.server.account
    return requests.post(
        f"{scene.server.base_url}/2010-04-01/Accounts/{account.sid}/{path}",
        data=form,
        auth=(account.sid, account.auth_token),
        timeout=30,
        **how,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("name", ["api", "lookups"])
@pytest.mark.parametrize("uuids", [False, True])
def test_the_description_with_our_overlay_is_still_one(name: str, uuids: bool) -> None:
    validate(read_spec(name, uuids=uuids))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"Frob": "1"}, 20001),
        ({"To": "banana"}, 21211),
        ({"To": ""}, 21211),
        ({"To": "07700 900123"}, 21211),
        ({"From": "Call Assist"}, 21212),
        ({"Url": "not a url"}, 20001),
        ({"Twiml": "<Response/>"}, 20001),
        ({"Method": "FROB"}, 20001),
        ({"Timeout": "soon"}, 20001),
        ({"Timeout": "601"}, 20001),
        ({"AsyncAmd": "True"}, 20001),
        ({"MachineDetection": "yes"}, 20001),
        ({"StatusCallback": "nowhere"}, 20001),
        ({"StatusCallbackEvent": ["answered", "done"]}, 20001),
        ({"Timeout": ["20", "30"]}, 20001),
        ({"Record": "maybe"}, 20001),
    ],
    ids=str,
)
def test_a_request_outside_the_contract_is_refused_and_noted(lenient: Scene, change, code) -> None:
    answer = post(lenient, "Calls.json", {**GOOD, **change})
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert set(answer.json()) == {"code", "message", "more_info", "status"}
    assert answer.json()["more_info"] == f"https://www.twilio.com/docs/errors/{code}"
    assert len(lenient.server.violations) == 1
    assert lenient.server.calls == []


@pytest.mark.parametrize("missing", ["To", "From", "Url"])
def test_what_is_missing_is_refused_and_noted(lenient: Scene, missing: str) -> None:
    form = {name: value for name, value in GOOD.items() if name != missing}
    assert post(lenient, "Calls.json", form).status_code == 400
    assert len(lenient.server.violations) == 1


def test_the_same_request_within_the_contract_passes(scene: Scene) -> None:
    more = {"StatusCallbackEvent": ["initiated", "answered"], "Timeout": "20", "AsyncAmd": "true"}
    assert post(scene, "Calls.json", {**GOOD, **more}).status_code == 201


def test_json_instead_of_a_form_is_refused(lenient: Scene) -> None:
    answer = post(lenient, "Calls.json", {}, json=GOOD)
    assert answer.status_code == 400
    assert "form must be" in lenient.server.violations[0]


def test_unknown_addresses_and_parameters_are_refused(lenient: Scene) -> None:
    server = lenient.server
    auth = (server.account.sid, server.account.auth_token)
    base = f"{server.base_url}/2010-04-01/Accounts/{server.account.sid}"
    assert requests.get(f"{base}/Faxes.json", auth=auth, timeout=30).status_code == 404
    wrong = requests.get(f"{base}/Calls.json?Number=1", auth=auth, timeout=30)
    assert (wrong.status_code, len(server.violations)) == (400, 2)


def test_an_answer_of_ours_outside_the_contract_would_be_noted(lenient: Scene) -> None:
    call = lenient.dial()
    call.status = "talking"
    lenient.client.calls(call.sid).fetch()
    assert lenient.server.violations[0].startswith("our own answer")


@pytest.mark.parametrize(
    ("user", "password"),
    [("", "wrong"), ("AC" + "0" * 32, ""), ("SK" + "0" * 32, "wrong")],
)
def test_a_wrong_password_is_20003(scene: Scene, user: str, password: str) -> None:
    client = sdk_client(scene.server, user=user, password=password)
    with pytest.raises(TwilioRestException) as refused:
        client.balance.fetch()
    assert (refused.value.status, refused.value.code) == (401, 20003)


def test_an_api_key_and_a_second_token_open_the_door(scene: Scene) -> None:
    account = scene.server.account
    ((key, secret),) = account.api_keys.items()
    assert sdk_client(scene.server, user=key, password=secret).balance.fetch().currency == "USD"
    account.rotate_token()
    assert scene.client.balance.fetch().currency == "USD"
    account.retire_tokens()
    with pytest.raises(TwilioRestException, match="Authenticate"):
        scene.client.balance.fetch()
    assert sdk_client(scene.server).balance.fetch().currency == "USD"


def test_a_refused_list_has_no_code_in_the_sdk(scene: Scene) -> None:
    with pytest.raises(TwilioException, match='"code": 20003') as refused:
        sdk_client(scene.server, password="wrong").calls.list()
    assert not isinstance(refused.value, TwilioRestException)


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("+15005550001", 21217),
        ("+15005550002", 21214),
        ("+15005550003", 21215),
        ("+15005550004", 21216),
    ],
)
def test_magic_numbers_are_refused_as_twilios_own_sandbox_does(scene: Scene, to, code) -> None:
    with pytest.raises(TwilioRestException) as refused:
        scene.dial(to)
    assert (refused.value.status, refused.value.code) == (400, code)


def test_what_the_account_may_not_do(scene: Scene) -> None:
    account = scene.server.account
    with pytest.raises(TwilioRestException) as refused:
        scene.client.calls.create(to=GUEST, from_="+447700900999", url=GOOD["Url"])
    codes = [refused.value.code]
    scene.dial()
    for change in (
        {"concurrent_calls": 1},
        {"fraud_blocked": {GUEST}},
        {"countries": {"US"}},
        {"is_trial": True},
    ):
        for name, value in change.items():
            setattr(account, name, value)
        with pytest.raises(TwilioRestException) as refused:
            scene.dial()
        codes.append(refused.value.code)
    assert codes == [21210, 10004, 21216, 21215, 21219]


def test_calls_are_found_again(scene: Scene) -> None:
    first, other = scene.dial(), scene.dial("+12025550101")
    scene.server.advance(minutes=10)
    second = scene.dial()

    def found(**how: object) -> list[str]:
        return [call.sid for call in scene.client.calls.list(**how)]

    assert found(to=GUEST) == [second.sid, first.sid]
    assert found(to=GUEST, start_time_after=scene.server.now()) == []  # not dialled yet
    scene.server.advance(seconds=5)
    assert found(to=GUEST, start_time_after=first.ended_at) == [second.sid]
    assert found(start_time_before=first.ended_at) == [other.sid, first.sid]
    assert found(from_=MAGIC_FROM, status="completed") == [other.sid, first.sid]
    assert found(status="ringing") == [second.sid]
    scene.server.api.calls.list_lag = 30
    assert found(to=GUEST) == [first.sid]


def test_a_list_comes_in_pages(scene: Scene) -> None:
    made = [scene.dial().sid for _ in range(5)]
    assert [call.sid for call in scene.client.calls.list(page_size=2)] == made[::-1]
    assert [asked.query.get("Page") for asked in scene.server.requests[-3:]] == [None, "1", "2"]


def test_an_unknown_call_is_20404(scene: Scene) -> None:
    with pytest.raises(TwilioRestException) as refused:
        scene.client.calls("CA" + "0" * 32).fetch()
    assert (refused.value.status, refused.value.code) == (404, 20404)


def test_a_call_that_is_over_cannot_be_sent_elsewhere(scene: Scene) -> None:
    call = scene.dial()
    scene.server.advance(minutes=5)
    with pytest.raises(TwilioRestException) as refused:
        scene.client.calls(call.sid).update(url=GOOD["Url"])
    assert refused.value.code == 21220


def test_lookups_know_what_the_rules_of_numbering_say(scene: Scene) -> None:
    lookup = scene.client.lookups.v2.phone_numbers
    basic = lookup("+12025550101").fetch()
    assert (basic.valid, basic.country_code, basic.line_type_intelligence) == (True, "US", None)
    assert lookup("+120255501011").fetch().validation_errors == ["TOO_LONG"]
    assert lookup("020 7183 8750").fetch(country_code="GB").phone_number == "+442071838750"
    scene.server.far_end("+12025550102", line_type="landline")
    paid = lookup("+12025550102").fetch(fields="line_type_intelligence")
    assert paid.line_type_intelligence["type"] == "landline"
    assert scene.server.lookups[-1] == ("+12025550102", "line_type_intelligence")


def test_the_account_shows_its_belongings(scene: Scene) -> None:
    client, account = scene.client, scene.server.account
    app = account.add_application(PUBLIC_URL + "/voice")
    account.verified.add("+447700900999")
    assert client.api.accounts(account.sid).fetch().status == "active"
    assert [one.sid for one in client.applications.list()] == [app.sid]
    assert [one.phone_number for one in client.outgoing_caller_ids.list()] == ["+447700900999"]
    (number,) = client.incoming_phone_numbers.list()
    number.update(voice_url=PUBLIC_URL + "/voice", sms_url=PUBLIC_URL + "/text")
    assert account.numbers[MAGIC_FROM].voice_url == PUBLIC_URL + "/voice"
    assert client.incoming_phone_numbers(number.sid).fetch().sms_url == PUBLIC_URL + "/text"


def test_calls_and_messages_are_paid_for(scene: Scene) -> None:
    assert scene.client.balance.fetch().balance == "20.0000"
    scene.dial(inside="<Pause length='61'/>")
    scene.server.far_end(GUEST, talk=61)
    scene.client.messages.create(to=GUEST, from_=MAGIC_FROM, body="Hello")
    scene.server.play_out()
    assert scene.client.balance.fetch().balance == "19.9781"
