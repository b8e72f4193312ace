"""A bad setting stops every command with one sentence that names it."""

from __future__ import annotations

import pytest

from callassist.storage.vault import Vault


@pytest.mark.parametrize(
    "words", [["db", "upgrade"], ["doctor"], ["token", "create", "--scope", "admin"], ["worker"]]
)
def test_an_unknown_setting_stops_the_command_and_is_named(here, words):
    assert "CALLASSIST_TELEFONY" in here.refused(*words, TELEFONY="twilio")


def test_a_bad_value_is_named_with_what_is_allowed(here):
    said = here.refused("db", "upgrade", CLOCK_SPEED="fast")
    assert "CALLASSIST_CLOCK_SPEED" in said


def test_a_key_that_is_none_is_named(here):
    here.key = "secret"
    assert "CALLASSIST_SECRET_KEY" in here.refused("db", "upgrade")


def test_another_key_than_the_databases_is_refused_and_both_are_named(here):
    here.ok("db", "upgrade")
    first = here.vault.fingerprint
    here.key = Vault.generate_key()
    said = here.refused("user", "link", "a@example.org")
    assert first in said
    assert here.vault.fingerprint in said


def test_a_database_of_another_kind_is_refused(here):
    here.database_url = "mysql://root@localhost/nights"
    said = here.refused("db", "upgrade")
    assert "CALLASSIST_DATABASE_URL" in said
    assert "postgresql://" in said


def test_without_a_key_one_is_made_in_the_data_directory_and_kept(here):
    here.key = ""
    here.ok("db", "upgrade")
    made = (here.directory / "secret.key").read_text()
    here.ok("db", "upgrade")
    assert (here.directory / "secret.key").read_text() == made


def test_several_web_processes_need_postgresql(here):
    assert "use PostgreSQL" in here.refused("web", "--workers", "2")


def test_a_sync_without_any_connection_says_what_to_do(here):
    assert "type stays in" in here.refused("sync")
