"""`callassist audit`, `guest`, `key` and `doctor`."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from callassist.models import Stay
from callassist.storage.backup import back_up
from callassist.storage.facts import put_fact
from callassist.storage.vault import Vault
from callassist.web.proxies import UNTRUSTED_PROXY
from tests.cli.installation import GUEST, NOW, NUMBER, Installation

DROP_TRIGGERS = {
    "sqlite": "SELECT 'DROP TRIGGER ' || name FROM sqlite_master WHERE type = 'trigger'"
    " AND tbl_name = 'incident_log'",
    "postgresql": "SELECT 'DROP TRIGGER ' || tgname || ' ON incident_log' FROM pg_trigger"
    " WHERE tgrelid = 'incident_log'::regclass AND NOT tgisinternal",
}


def tamper(there: Installation, statement: str) -> None:
    """Somebody with the database's password changes the log."""
    engine = there.sessions().engine
    with engine.begin() as connection:
        for drop in connection.execute(text(DROP_TRIGGERS[engine.dialect.name])).scalars().all():
            connection.execute(text(drop))
        connection.execute(text(statement))
    engine.dispose()


def test_an_untouched_log_is_as_it_was_written(anywhere):
    anywhere.add_night()
    assert anywhere.ok("audit", "verify") == "the log is as it was written"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE incident_log SET action = 'task_returned' WHERE seq = 2",
        "DELETE FROM incident_log WHERE seq = 3",
        "UPDATE incident_log SET at = at + 60000000 WHERE seq = 1",
    ],
)
def test_a_changed_log_is_found_out(anywhere, statement):
    anywhere.add_night()
    tamper(anywhere, statement)
    done = anywhere.run("audit", "verify")
    assert done.exit_code == 1
    assert "incident 1, entry" in done.stdout
    assert "fault" in done.stdout
    assert anywhere.run("db", "check").exit_code == 1


def test_a_guests_data_is_handed_out_as_json(anywhere):
    stay = anywhere.add_night()
    told = json.loads(anywhere.ok("guest", "export", stay))
    assert told["stay"]["guest_name"] == GUEST
    assert [number["number"] for number in told["numbers"]] == [NUMBER]


def test_an_erased_guest_is_gone_and_the_log_still_valid(anywhere):
    stay = anywhere.add_night()
    assert anywhere.ok("guest", "erase", "--yes", stay) == "erased"
    told = json.loads(anywhere.ok("guest", "export", stay))
    assert told["stay"]["guest_name"] is None
    assert told["numbers"] == []
    anywhere.ok("audit", "verify")
    note = json.loads((anywhere.directory / "erasures.jsonl").read_text())
    assert note["stay"] == stay


def test_nobody_is_erased_without_a_yes(here):
    stay = here.add_night()
    done = here.run("guest", "erase", stay, answer="n\n")
    assert done.exit_code == 1
    assert json.loads(here.ok("guest", "export", stay))["stay"]["guest_name"] == GUEST


def test_a_stay_that_is_not_there_is_named(here):
    assert "'nonesuch'" in here.refused("guest", "export", "nonesuch")


def test_after_a_rotation_the_old_key_is_not_needed_any_more(anywhere):
    stay = anywhere.add_night()
    anywhere.ok("db", "upgrade")
    old, new = anywhere.key, Vault.generate_key()
    anywhere.key = f"{new},{old}"
    assert "sealed anew" in anywhere.ok("key", "rotate")
    anywhere.key = new
    told = json.loads(anywhere.ok("guest", "export", stay))
    assert told["numbers"][0]["number"] == NUMBER
    anywhere.key = old
    anywhere.refused("guest", "export", stay)


def test_a_rotation_that_cannot_open_everything_says_where_and_fails(here):
    here.add_night()
    here.ok("db", "upgrade")
    lost = Vault.from_text(Vault.generate_key())
    sessions = here.sessions()
    with sessions.write() as session:
        stay = session.query(Stay).one()
        stay.guest_name = lost.seal("Somebody")
    sessions.engine.dispose()
    here.key = f"{Vault.generate_key()},{here.key}"
    done = here.run("key", "rotate")
    assert done.exit_code == 1
    assert "no key opens stay 1" in done.stderr


def findings(there: Installation, **environ: str) -> dict[str, str]:
    """What doctor says: the text by its first word, with its sign."""
    lines = there.run("doctor", **environ).stdout.splitlines()
    return {line[9:]: line[1:7].strip() for line in lines if line.startswith("[")}


def saying(found: dict[str, str], part: str) -> str:
    return next(sign for text_, sign in found.items() if part in text_)


def test_doctor_says_what_is_well_and_what_to_look_at(anywhere):
    done = anywhere.run("doctor")
    assert done.exit_code == 0, done.output
    found = findings(anywhere)
    assert saying(found, "settings and database") == "ok"
    assert saying(found, "telephony is simulated") == "look"
    assert saying(found, "nobody watches the watcher") == "look"
    assert saying(found, "no backup yet") == "look"
    assert saying(found, "MiB free") == "ok"


def test_doctor_says_what_is_to_be_written_at_the_phone_network(here):
    account = {
        "TELEPHONY": "twilio",
        "PUBLIC_URL": "https://desk.example",
        "TWILIO_ACCOUNT_SID": "AC1",
        "TWILIO_AUTH_TOKEN": "token",
        "TWILIO_CALLER_ID": "+12025550100",
        "TWILIO_BASE_URL": "http://127.0.0.1:9",  # nobody listens there
    }
    browser = {
        "TWILIO_API_KEY_SID": "SK1",
        "TWILIO_API_KEY_SECRET": "secret",
        "TWILIO_APPLICATION_SID": "AP1",
    }
    found = findings(here, **account, **browser)
    asked = "https://desk.example/hooks/telephony/twilio/browser by HTTP POST"
    assert saying(found, asked) == "ok"
    assert saying(found, "telephony (twilio): Twilio did not answer") == "BAD"
    without = findings(here, **account)
    assert saying(without, "posts them to https://desk.example/hooks/telephony/twilio/text") == "ok"
    assert saying(without, "once an application is set up for them") == "ok"


def test_doctor_calls_a_stale_backup_and_one_with_another_key_bad(here):
    sessions = here.sessions()
    here.ok("db", "upgrade")
    other = Vault.from_text(Vault.generate_key())
    back_up(sessions, other, here.directory / "backups", at=NOW.replace(year=2020))
    sessions.engine.dispose()
    done = here.run("doctor")
    assert done.exit_code == 1
    found = findings(here)
    assert saying(found, "days old") == "BAD"
    assert saying(found, "needs another secret key") == "BAD"


def test_doctor_says_when_the_monitor_cannot_be_reached(here):
    found = findings(here, HEARTBEAT_URL="http://127.0.0.1:9/ping")
    assert saying(found, "monitor was not reached") == "BAD"


def test_doctor_says_that_a_proxy_is_in_front_which_nobody_trusts(here):
    here.ok("db", "upgrade")
    assert saying(findings(here), "no proxy was seen") == "ok"
    sessions, now = here.sessions(), datetime.now(UTC)
    for age, sign in ((timedelta(hours=1), "look"), (timedelta(days=8), "ok")):
        seen = {"headers": ["X-Forwarded-For"], "at": (now - age).isoformat()}
        with sessions.write() as session:
            put_fact(session, UNTRUSTED_PROXY, seen, now=now)
        assert saying(findings(here), "proxy") == sign
    assert saying(findings(here, TRUSTED_PROXIES="2"), "2 in front are trusted") == "ok"
    sessions.engine.dispose()
