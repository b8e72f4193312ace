"""`callassist db` and `callassist resume`: from one machine to another."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from callassist.storage.facts import dialling_allowed
from callassist.storage.vault import Vault
from tests.cli.installation import NUMBER, Installation


@pytest.fixture
def other(here: Installation, there: Path) -> Installation:
    """Another machine with the same key and no database yet."""
    directory = there / "other machine"
    directory.mkdir()
    return Installation(directory, f"sqlite:///{directory}/callassist.db", here.key)


def dials(at: Installation) -> bool:
    sessions = at.sessions()
    with sessions.read() as session:
        allowed = dialling_allowed(session)
    sessions.engine.dispose()
    return allowed


def test_a_backup_prints_its_path_and_names_the_key_that_it_needs(anywhere):
    done = anywhere.run("db", "backup")
    assert done.exit_code == 0, done.output
    assert Path(done.stdout.strip()).parent == anywhere.directory / "backups"
    assert anywhere.vault.fingerprint in done.stderr
    assert anywhere.ok("db", "check", done.stdout.strip()) == "all is well"


def test_a_backup_goes_where_it_is_told_to(here, there):
    assert Path(here.ok("db", "backup", "--to", str(there / "disk"))).parent == there / "disk"


def test_a_night_moves_to_another_machine_and_dials_only_after_resume(here, other):
    stay = here.add_night()
    backup = here.ok("db", "backup")
    said = other.ok("db", "restore", backup)
    assert "callassist resume" in said
    assert not dials(other)
    told = json.loads(other.ok("guest", "export", stay))
    assert told["numbers"][0]["number"] == NUMBER
    other.ok("audit", "verify")
    assert other.run("doctor").exit_code == 1
    assert other.ok("resume") == "this copy dials again"
    assert dials(other)
    assert other.run("doctor").exit_code == 0


def test_who_was_erased_after_the_backup_is_erased_again(here, other):
    stay = here.add_night()
    backup = here.ok("db", "backup")
    here.ok("guest", "erase", "--yes", stay)
    shutil.copy(here.directory / "erasures.jsonl", other.directory)
    assert "1 erased guests were erased again" in other.ok("db", "restore", backup)
    told = json.loads(other.ok("guest", "export", stay))
    assert (told["stay"]["guest_name"], told["numbers"]) == (None, [])
    other.ok("audit", "verify")


def test_a_restore_over_data_is_refused(here):
    here.add_night()
    backup = here.ok("db", "backup")
    assert "move it away first" in here.refused("db", "restore", backup)


def test_a_restore_with_another_key_is_refused(here, other):
    backup = here.ok("db", "backup")
    other.key = Vault.generate_key()
    assert here.vault.fingerprint in other.refused("db", "restore", backup)
    assert not (other.directory / "callassist.db").exists()


def test_a_damaged_backup_is_found_and_refused(here, other):
    backup = Path(here.ok("db", "backup"))
    with backup.open("ab") as file:
        file.write(b"more")
    done = here.run("db", "check", str(backup))
    assert (done.exit_code, "checksum differs" in done.stdout) == (1, True)
    assert "checksum differs" in other.refused("db", "restore", str(backup))


def test_the_live_database_is_checked(anywhere):
    anywhere.add_night()
    assert anywhere.ok("db", "check") == "all is well"


def test_an_upgrade_can_be_repeated(anywhere):
    assert anywhere.ok("db", "upgrade") == anywhere.ok("db", "upgrade")


def test_a_file_without_a_manifest_is_no_backup(here, there):
    stray = there / "stray.db"
    stray.write_bytes(b"")
    assert "no readable manifest" in here.refused("db", "restore", str(stray))
