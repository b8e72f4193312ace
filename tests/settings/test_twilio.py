"""The account at the phone network: complete or refused by name, its secrets never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from callassist.errors import SettingsError
from callassist.settings import MachineDetection, load_settings

SID = "AC" + "0" * 31 + "1"
WHOLE = {
    "CALLASSIST_TELEPHONY": "twilio",
    "CALLASSIST_PUBLIC_URL": "https://desk.example",
    "CALLASSIST_TWILIO_ACCOUNT_SID": SID,
    "CALLASSIST_TWILIO_AUTH_TOKEN": "first-token",
    "CALLASSIST_TWILIO_CALLER_ID": "+12025550100",
}
SOFTPHONE = {
    "CALLASSIST_TWILIO_API_KEY_SID": "SK1",
    "CALLASSIST_TWILIO_API_KEY_SECRET": "key-secret",
    "CALLASSIST_TWILIO_APPLICATION_SID": "AP1",
}


def without(name: str) -> dict[str, str]:
    return {key: value for key, value in WHOLE.items() if not key.endswith(name)}


def test_an_account_and_a_number_are_enough_to_phone():
    twilio = load_settings(WHOLE).twilio
    assert (twilio.account_sid, twilio.caller_id) == (SID, "+12025550100")
    assert twilio.signature_header == "X-Twilio-Signature"
    assert twilio.machine_detection is MachineDetection.OFF
    assert not twilio.has_softphone
    assert load_settings(WHOLE | SOFTPHONE).twilio.has_softphone


def test_nothing_of_it_is_asked_for_while_another_network_is_used():
    settings = load_settings({})
    assert settings.twilio.account_sid == ""


def test_a_file_of_ones_own_has_the_account_in_its_own_table(tmp_path: Path):
    own = tmp_path / "own.toml"
    own.write_text(
        '[telephony]\nnetwork = "manual"\n[telephony.twilio]\nmachine_detection = "enable"\n'
    )
    settings = load_settings({"CALLASSIST_CONFIG": str(own)})
    assert settings.telephony.network == "manual"
    assert settings.twilio.machine_detection is MachineDetection.ENABLE
    own.write_text('[telephony.twilio]\nacount_sid = "AC1"\n')
    with pytest.raises(SettingsError, match=r"\[telephony.twilio\].*did you mean account_sid\?"):
        load_settings({"CALLASSIST_CONFIG": str(own)})
    own.write_text('[telephony]\ntwilio = "AC1"\n')
    with pytest.raises(SettingsError, match=r"\[telephony.twilio\].*no such group"):
        load_settings({"CALLASSIST_CONFIG": str(own)})


@pytest.mark.parametrize("secret", ["AUTH_TOKEN", "AUTH_TOKEN_SECONDARY", "SIGNING_KEY"])
def test_each_secret_may_stand_in_a_file(secret: str, tmp_path: Path):
    written = tmp_path / "secret"
    written.write_text("from-a-file\n")
    environ = without(f"_{secret}") | {f"CALLASSIST_TWILIO_{secret}_FILE": str(written)}
    assert getattr(load_settings(environ).twilio, secret.lower()) == "from-a-file"


@pytest.mark.parametrize("name", ["ACCOUNT_SID", "AUTH_TOKEN", "CALLER_ID"])
def test_what_is_missing_stops_the_start_by_its_name(name: str):
    with pytest.raises(SettingsError, match=f"^CALLASSIST_TWILIO_{name}: is needed"):
        load_settings(without(name))


@pytest.mark.parametrize("name", SOFTPHONE)
def test_a_softphone_that_is_set_up_by_halves_stops_the_start(name: str):
    halves = {key: value for key, value in SOFTPHONE.items() if key != name}
    with pytest.raises(SettingsError, match=f"^{name}: is needed too"):
        load_settings(WHOLE | halves)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("ACCOUNT_SID", "AC 1", "must be empty or AC"),
        ("CALLER_ID", "02025550100", "must be empty or like"),
        ("CALLER_ID", "+1202555010x", "must be empty or like"),
        ("BASE_URL", "example.signalwire.com", "must be an address"),
        ("BASE_URL", "https://example.signalwire.com/api/laml", "belongs into path_prefix"),
        ("PATH_PREFIX", "api/laml", "must be empty or a path"),
        ("PATH_PREFIX", "/api/laml/", "must be empty or a path"),
        ("SIGNATURE_HEADER", "X Signature", "must be the name of a header"),
        ("SIGNATURE_HEADER", "", "must be the name of a header"),
        ("MACHINE_DETECTION", "yes", "must be one of off, enable, detect_message_end"),
    ],
)
def test_a_bad_value_names_its_variable(name: str, value: str, said: str):
    with pytest.raises(SettingsError, match=f"^CALLASSIST_TWILIO_{name}: .*{said}"):
        load_settings(WHOLE | {f"CALLASSIST_TWILIO_{name}": value})


def test_a_live_account_needs_an_address_that_the_network_can_reach_safely():
    with pytest.raises(SettingsError, match=r"^CALLASSIST_PUBLIC_URL: must start with https"):
        load_settings(WHOLE | {"CALLASSIST_PUBLIC_URL": "http://desk.example"})
    with pytest.raises(SettingsError, match=r"^CALLASSIST_TWILIO_BASE_URL: must start with https"):
        load_settings(WHOLE | {"CALLASSIST_TWILIO_BASE_URL": "http://calls.example"})
    tried_out = {
        "CALLASSIST_PUBLIC_URL": "http://127.0.0.1:8000",
        "CALLASSIST_TWILIO_BASE_URL": "http://127.0.0.1:4010",
    }
    assert load_settings(WHOLE | tried_out).twilio.base_url == "http://127.0.0.1:4010"


def test_only_another_provider_names_its_accounts_in_another_way():
    project = {"CALLASSIST_TWILIO_ACCOUNT_SID": "0f5c1d0e-8f0b-4d57-9a35-000000000001"}
    with pytest.raises(SettingsError, match=r"^CALLASSIST_TWILIO_ACCOUNT_SID: must"):
        load_settings(WHOLE | project)
    elsewhere = {"CALLASSIST_TWILIO_BASE_URL": "https://example.signalwire.com"}
    assert load_settings(WHOLE | project | elsewhere).twilio.account_sid.startswith("0f5c")


def test_no_secret_is_ever_shown():
    secrets = SOFTPHONE | {
        "CALLASSIST_TWILIO_AUTH_TOKEN_SECONDARY": "second-token",
        "CALLASSIST_TWILIO_SIGNING_KEY": "the-signing-key",
    }
    shown = repr(load_settings(WHOLE | secrets))
    for secret in ("first-token", "second-token", "the-signing-key", "key-secret"):
        assert secret not in shown
    with pytest.raises(SettingsError) as refusal:
        load_settings(WHOLE | {"CALLASSIST_TWILIO_ACCOUNT_SID": "first token pasted here"})
    assert "pasted" not in str(refusal.value)
