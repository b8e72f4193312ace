"""An account brings its own phone network: its calls, its tokens, its bill, and nobody else's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from callassist.cli.doctor import _own_networks as doctors_findings
from callassist.clock import ManualClock
from callassist.escalation.own_network_health import look_after
from callassist.models import CallAttempt, NeedsYou, OwnNetwork, TeamChange
from callassist.storage.rotation import rotate
from callassist.storage.vault import Vault
from tests.databases import SqliteDatabases
from tests.telephony.twilio.own_world import OWN_NUMBER, PAGE, OwnStage, own_stage
from tests.telephony.twilio.twilio_stage import PUBLIC_URL
from tests.web.pages.stage import LOOKER

GUEST = "+12025550102"


@pytest.fixture(params=["twilio", "signalwire"])
def night(
    request: pytest.FixtureRequest,
    sqlite_databases: SqliteDatabases,
    tmp_path: Path,
    clock: ManualClock,
) -> Iterator[OwnStage]:
    with own_stage(sqlite_databases, tmp_path, clock, layout=request.param) as stage:
        stage.begin()
        yield stage


@pytest.fixture
def twilio_night(
    sqlite_databases: SqliteDatabases, tmp_path: Path, clock: ManualClock
) -> Iterator[OwnStage]:
    with own_stage(sqlite_databases, tmp_path, clock) as stage:
        stage.begin()
        yield stage


def row(night: OwnStage) -> OwnNetwork | None:
    with night.world.service.sessions.read() as session:
        return session.scalars(select(OwnNetwork)).first()


def call(night: OwnStage) -> CallAttempt:
    night.accept()
    night.press_call()
    return night.until_ended()


def test_calls_of_the_account_go_over_its_own_network(night: OwnStage) -> None:
    night.guest_is_on_own("answers", talk=60)
    assert night.bring().status_code == 302
    ended = call(night)
    assert (ended.outcome, ended.talk_seconds) == ("answered", 60)
    assert ended.provider.startswith("own-")
    assert [one.from_ for one in night.own.calls] == [OWN_NUMBER, OWN_NUMBER]
    assert [one.to for one in night.server.calls] == []


def test_secrets_are_sealed_and_never_shown_again(twilio_night: OwnStage) -> None:
    night = twilio_night
    token = night.own.account.auth_token
    night.bring()
    page = night.owner.get(PAGE).text
    assert token not in page
    assert night.own.account.sid[:4] + "…" + night.own.account.sid[-4:] in page
    kept = row(night)
    assert kept is not None
    assert token.encode() not in kept.auth_token
    assert night.world.service.vault.open(kept.auth_token) == token


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"auth_token": "f" * 32}, "auth_token"),
        ({"account_sid": "AC" + "0" * 32}, "auth_token"),
        ({"account_sid": "AC12"}, "account_sid"),
        ({"caller_id": "+12025550199"}, ""),  # nobody's number there
        ({"api_key_sid": "SK" + "0" * 32}, "application_sid"),
        ({"kind": "https://inside.example"}, "kind"),
    ],
)
def test_what_does_not_work_is_not_kept(
    twilio_night: OwnStage, typed: dict[str, str], field: str
) -> None:
    answer = twilio_night.bring(**typed)
    assert answer.status_code == 422
    assert f'id="e-{field}"' in answer.text or not field
    assert twilio_night.own.account.auth_token not in answer.text
    assert row(twilio_night) is None


def test_an_api_key_that_is_not_accepted_is_named(twilio_night: OwnStage) -> None:
    key = next(iter(twilio_night.own.account.api_keys))
    answer = twilio_night.bring(
        api_key_sid=key, api_key_secret="wrong-secret", application_sid="AP" + "0" * 32
    )
    assert answer.status_code == 422
    assert "does not accept key and secret" in answer.text


def test_a_token_is_replaced_without_a_gap(twilio_night: OwnStage) -> None:
    night, account = twilio_night, twilio_night.own.account
    night.bring()
    account.rotate_token()  # it signs with the new one now, and still lets the older one in
    night.guest_is_on_own("answers", talk=60)
    assert night.bring().status_code == 302
    page = night.owner.get(PAGE).text
    assert "Two tokens are accepted." in page
    assert call(night).outcome == "answered"
    account.retire_tokens()
    night.owner.post(f"{PAGE}/older-token")
    assert "Two tokens are accepted." not in night.owner.get(PAGE).text
    kept = row(night)
    assert kept is not None
    assert kept.auth_token_secondary is None


def test_only_owners_see_and_change_it(twilio_night: OwnStage) -> None:
    looker = twilio_night.stage.sign_in(LOOKER)
    assert twilio_night.bring(looker).status_code == 403
    twilio_night.bring()
    assert twilio_night.own.account.sid[:4] not in looker.get(PAGE).text
    assert looker.post(f"{PAGE}/remove").status_code == 403
    assert row(twilio_night) is not None


def test_another_networks_word_about_a_call_does_not_count(twilio_night: OwnStage) -> None:
    """A callback of the one account for the other's call: rightly signed, and refused."""
    night = twilio_night
    night.guest_is_on_own("answers", ring=25)
    night.bring()
    night.accept()
    night.press_call()
    token, own = night.attempt().dial_token, night.attempt().provider
    form = {"CallSid": night.attempt().provider_call_id or "", "CallStatus": "failed"}
    client = night.world.app.test_client()
    for name, signer in (("twilio", night.server), (own, night.server), ("twilio", night.own)):
        path = f"/hooks/telephony/{name}/{token}"
        headers = signer.sign(PUBLIC_URL + path, form)
        answer = client.post(path, data=form, headers=headers)
        assert answer.status_code == 403, (name, answer.text)
    assert night.attempt().state != "ended"


def test_broken_credentials_cost_nobody_elses_money(twilio_night: OwnStage) -> None:
    night = twilio_night
    night.bring()
    night.own.account.auth_tokens[:] = ["0" * 32]
    ended = call(night)
    assert (ended.outcome, ended.counted) == ("provider_error", False)
    night.world.pass_time(minutes=2)
    assert night.server.calls == []
    with night.world.service.sessions.read() as session:
        reasons = list(session.scalars(select(NeedsYou.reason)))
    assert reasons.count("own_network") == 1
    assert "Your own phone network refuses us" in night.owner.get("/").text
    page = night.owner.get(PAGE).text
    assert "Your phone network refuses us." in page


def test_the_service_phones_instead_where_the_owner_allowed_it(twilio_night: OwnStage) -> None:
    night = twilio_night
    night.bring(may_fall_back="yes")
    night.own.account.auth_tokens[:] = ["0" * 32]
    assert call(night).outcome == "provider_error"
    for _ in range(4):
        night.world.pass_time(seconds=20)
        night.ann.post("/desk/beat")
    night.operator_is(presses="1")
    night.accept()
    night.press_call()
    assert night.until_ended().provider == "twilio"


def test_what_is_right_again_is_used_again(twilio_night: OwnStage) -> None:
    night = twilio_night
    night.bring(may_fall_back="yes")
    right = list(night.own.account.auth_tokens)
    night.own.account.auth_tokens[:] = ["0" * 32]
    call(night)
    night.own.account.auth_tokens[:] = right
    name = night.attempts()[0].provider
    network = night.world.service.own_networks.named(name)
    network._checked_at = None  # type: ignore[union-attr] # half a minute later
    look_after(night.world.service.escalation, night.world.clock.now())
    kept = row(night)
    assert kept is not None
    assert kept.wrong_since is None
    account_id = kept.account_id
    assert night.world.service.escalation.network_for(account_id).name == name


def test_it_is_taken_away_but_not_under_a_call(twilio_night: OwnStage) -> None:
    night = twilio_night
    night.guest_is_on_own("answers", talk=60)
    night.bring()
    night.accept()
    night.press_call()
    assert night.owner.post(f"{PAGE}/remove").status_code == 409
    night.until_ended()
    assert night.owner.post(f"{PAGE}/remove").status_code == 302
    assert row(night) is None
    with night.world.service.sessions.read() as session:
        actions = list(session.scalars(select(TeamChange.action)))
    assert actions[-2:] == ["own_network_added", "own_network_removed"]


def test_a_browser_calls_over_the_accounts_own_network(twilio_night: OwnStage) -> None:
    night, account = twilio_night, twilio_night.own.account
    key, secret = next(iter(account.api_keys.items()))
    night.ann.post("/desk/phone", mode="softphone")
    application = account.add_application("https://later.example")
    softphone = {
        "api_key_sid": key,
        "api_key_secret": secret,
        "application_sid": application.sid,
    }
    told = re.search(r"write (https://\S+/browser)", night.bring(**softphone).text)
    assert told is not None
    application.voice_url = told[1]
    assert night.bring(**softphone).status_code == 302
    night.guest_is_on_own("answers", talk=60)
    night.accept()
    night.press_call()
    token = night.ann.post("/desk/softphone").get_json()["token"]
    night.own.browser_call(token, {"attempt": night.attempt().public_id})
    assert night.until_ended().outcome == "answered"
    assert night.server.calls == []


def test_doctor_names_the_account_and_what_is_wrong_but_no_secret(twilio_night: OwnStage) -> None:
    night = twilio_night
    token = night.own.account.auth_token
    night.bring()
    night.own.account.auth_tokens[:] = ["0" * 32]
    ((state, what),) = list(doctors_findings(night.world.service))
    assert state == "bad"
    assert night.stage.account_id in what
    assert "the account or its token is wrong" in what
    assert token not in what
    assert OWN_NUMBER not in what


def test_after_a_change_of_the_secret_key_the_network_still_phones(twilio_night: OwnStage) -> None:
    night = twilio_night
    night.bring()
    service = night.world.service
    fresh = Vault.from_text(f"{Vault.generate_key()},{service.secret_key}")
    rotate(service.sessions, fresh, now=night.world.clock.now())
    kept = row(night)
    assert kept is not None
    assert fresh.is_current(kept.auth_token)
    assert fresh.open(kept.auth_token) == night.own.account.auth_token
