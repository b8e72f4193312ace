"""One file is the defaults; everything that is wrong stops the start and names itself."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import time, timedelta
from pathlib import Path

import pytest

from callassist.errors import SettingsError
from callassist.settings import (
    Bind,
    EscalationSettings,
    LogLevel,
    TelephonyNetwork,
    load_settings,
)
from callassist.settings.groups import GROUPS
from callassist.settings.sources import all_keys, find_config_dir, variable

EXAMPLE = find_config_dir({}) / "callassist.example.toml"


def test_the_example_file_is_the_defaults():
    settings = load_settings({})
    assert settings.service.bind == Bind("127.0.0.1", 8000)
    assert settings.service.clock_speed == 1
    assert settings.telephony.network is TelephonyNetwork.SIMULATED
    assert settings.escalation.offer_for == timedelta(seconds=45)
    assert settings.escalation.same_number_gap == timedelta(minutes=5)
    assert settings.retention.reports == timedelta(days=730)
    assert settings.backup.at == time(3, 30)
    assert settings.ingest.queue_limit == 2000
    assert settings.config_dir == EXAMPLE.parent


def test_database_and_backups_live_in_the_data_directory_unless_told_otherwise(tmp_path: Path):
    settings = load_settings({"CALLASSIST_DATA_DIR": str(tmp_path)})
    assert settings.database.url == f"sqlite:///{tmp_path}/callassist.db"
    assert settings.backup.dir == tmp_path / "backups"
    settings = load_settings(
        {
            "CALLASSIST_DATA_DIR": str(tmp_path),
            "CALLASSIST_DATABASE_URL": "postgresql://host/night",
            "CALLASSIST_BACKUP_DIR": "/mnt/usb",
        }
    )
    assert settings.database.url == "postgresql://host/night"
    assert settings.backup.dir == Path("/mnt/usb")


def test_every_setting_stands_in_the_example_with_a_sentence_before_it():
    lines = EXAMPLE.read_text().splitlines()
    named = [match[1] for line in lines if (match := re.match(r"(\w+) = ", line))]
    assert sorted(named) == sorted(key for _, key in all_keys())
    for place, line in enumerate(lines):
        if re.match(r"\w+ = ", line):
            assert lines[place - 1].startswith("# "), line


def test_every_setting_has_a_variable_of_its_own():
    variables = [variable(group, key) for group, key in all_keys()]
    assert len(set(variables)) == len(variables)
    assert {
        "CALLASSIST_DATABASE_URL",
        "CALLASSIST_DATA_DIR",
        "CALLASSIST_PUBLIC_URL",
        "CALLASSIST_BIND",
        "CALLASSIST_CLOCK_SPEED",
        "CALLASSIST_SECRET_KEY",
        "CALLASSIST_TELEPHONY",
        "CALLASSIST_SIMULATED_SEED",
        "CALLASSIST_HEARTBEAT_URL",
        "CALLASSIST_MAIL_URL",
        "CALLASSIST_MAIL_FROM",
        "CALLASSIST_LOG_LEVEL",
        "CALLASSIST_BACKUP_AT",
        "CALLASSIST_RETENTION_NUMBERS",
        "CALLASSIST_INGEST_QUEUE_LIMIT",
        "CALLASSIST_VAPID_SUBJECT",
        "CALLASSIST_WEB_THREADS",
        "CALLASSIST_ESCALATION_OFFER_FOR",
    } <= set(variables)


def test_a_file_of_ones_own_goes_over_the_defaults_and_a_variable_over_both(tmp_path: Path):
    own = tmp_path / "own.toml"
    own.write_text(
        '[service]\nweb_threads = 8\nlog_level = "debug"\n[escalation]\nmiss_limit = 3\n'
    )
    settings = load_settings({"CALLASSIST_CONFIG": str(own), "CALLASSIST_LOG_LEVEL": "Error"})
    assert settings.service.web_threads == 8
    assert settings.service.log_level is LogLevel.ERROR
    assert settings.escalation.miss_limit == 3


def test_a_dotenv_file_is_read_and_the_environment_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    dotenv = tmp_path / ".env"
    dotenv.write_text("CALLASSIST_WEB_THREADS=5\nCALLASSIST_LOG_LEVEL=debug\nOTHER=1\n")
    monkeypatch.setenv("CALLASSIST_LOG_LEVEL", "warning")
    settings = load_settings(dotenv=dotenv)
    assert settings.service.web_threads == 5
    assert settings.service.log_level is LogLevel.WARNING


def test_a_secret_may_stand_in_a_file(tmp_path: Path):
    secret = tmp_path / "mail"
    secret.write_text("smtp://calls:pass@mail.example.com:587\n")
    settings = load_settings({"CALLASSIST_MAIL_URL_FILE": str(secret)})
    assert settings.mail.url == "smtp://calls:pass@mail.example.com:587"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("CLOCK_SPEED", "0", "must be a number above 0"),
        ("CLOCK_SPEED", "nan", "must be a number above 0"),
        ("CLOCK_SPEED", "fast", "it is 'fast'"),
        ("BIND", "8000", "must be host:port"),
        ("BIND", "localhost:70000", "must be host:port"),
        ("PUBLIC_URL", "calls.example.com", "must be an address like https://"),
        ("PUBLIC_URL", "https://user@calls.example.com", "must be an address like https://"),
        ("PUBLIC_URL", "http://[::1", "must be an address like https://"),
        ("DATABASE_URL", "mysql://x", "must be empty, sqlite:"),
        ("TELEPHONY", "carrier pigeon", "must be one of simulated, manual, twilio"),
        ("LOG_LEVEL", "loud", "must be one of debug, info, warning, error"),
        ("WEB_THREADS", "0", "must be a whole number from 1 to 256"),
        ("WEB_THREADS", "1.5", "must be a whole number"),
        ("WEB_THREADS", "", "must be a whole number"),
        ("BACKUP_AT", "24:00", "must be a time of day like 03:30"),
        ("RETENTION_NUMBERS", "30", "must be a span of time with its units"),
        ("ESCALATION_OFFER_FOR", "0s", "must be longer than zero"),
        ("ESCALATION_OFFER_FOR", "-5s", "must be a span of time with its units"),
        ("HEARTBEAT_URL", "ftp://x", "must be empty or an address"),
        ("MAIL_URL", "smtp://", "must be file, or smtp://"),
        ("MAIL_URL", "smtp://h:99999", "must be file, or smtp://"),
        ("MAIL_FROM", "nobody", "must be an e-mail address"),
        ("VAPID_SUBJECT", "me", "must be mailto:"),
        ("DATA_DIR", "", "must name a directory"),
    ],
)
def test_a_bad_value_names_its_variable_and_what_is_allowed(name: str, value: str, said: str):
    with pytest.raises(SettingsError, match=f"^CALLASSIST_{name}: .*{re.escape(said)}"):
        load_settings({f"CALLASSIST_{name}": value})


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            "[service]\nweb_thread = 8",
            "web_thread in [service] of {path}: there is no such setting",
        ),
        ("[service]\nweb_thread = 8", "did you mean web_threads?"),
        ("[servise]\nx = 1", "did you mean service?"),
        ("web_threads = 8", "[web_threads] of {path}: no such group"),
        ("[service]\nweb_threads = true", "web_threads in [service] of {path}: must be a whole"),
        ("[escalation]\noffer_for = 45", "offer_for in [escalation] of {path}: must be a span"),
        ("[backup\n", "{path} is not TOML"),
        ("[escalation]\ncall_back_min = '20m'", "must not be longer than call_back_max"),
    ],
)
def test_a_mistake_in_ones_own_file_names_the_line_to_change(
    tmp_path: Path, written: str, said: str
):
    own = tmp_path / "own.toml"
    own.write_text(written)
    with pytest.raises(SettingsError, match=re.escape(said.format(path=own))):
        load_settings({"CALLASSIST_CONFIG": str(own)})


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"CALLASSIST_CLOCKSPEED": "1"}, "did you mean CALLASSIST_CLOCK_SPEED?"),
        ({"CALLASSIST_XYZZY": "1"}, "see config/callassist.example.toml"),
        ({"CALLASSIST_CONFIG": "/nowhere.toml"}, "CALLASSIST_CONFIG: /nowhere.toml cannot be read"),
        ({"CALLASSIST_CONFIG_DIR": "/nowhere"}, "CALLASSIST_CONFIG_DIR: /nowhere has no"),
        ({"CALLASSIST_SECRET_KEY_FILE": "/nowhere"}, "CALLASSIST_SECRET_KEY_FILE: the file"),
        (
            {"CALLASSIST_BIND": "h:1", "CALLASSIST_BIND_FILE": "/nowhere"},
            "CALLASSIST_BIND: is set twice",
        ),
    ],
)
def test_an_unknown_name_or_a_missing_file_is_refused(environ: dict[str, str], said: str):
    with pytest.raises(SettingsError, match=re.escape(said)):
        load_settings(environ)


@pytest.mark.parametrize(
    "environ",
    [
        {"CALLASSIST_MAIL_URL": "smtp:/hunter2"},
        {"CALLASSIST_DATABASE_URL": "postgres://u:hunter2@h/n"},
        {"CALLASSIST_HEARTBEAT_URL": "hunter2"},
    ],
)
def test_a_refused_secret_is_not_shown(environ: dict[str, str]):
    with pytest.raises(SettingsError) as caught:
        load_settings(environ)
    assert "hunter2" not in str(caught.value)


def test_variables_of_the_tests_and_of_other_programs_are_none_of_ours():
    load_settings({"CALLASSIST_TEST_POSTGRES": "x", "PATH": "/bin", "CALLASSIST_PYTHON": "python3"})


def test_the_groups_are_frozen_and_hold_no_default_of_their_own():
    for kind in GROUPS.values():
        with pytest.raises(TypeError):
            kind()
    assert "offer_for" in {field.name for field in fields(EscalationSettings)}
