"""The archive of an account: whole, only its own, numbers masked unless asked for, bounded."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Generator
from datetime import timedelta

import pytest
from sqlalchemy import select

from callassist.accounts.people import add_person, viewer_for_person
from callassist.domain.viewer import Role
from callassist.errors import Forbidden, NotFound
from callassist.models import ReportVersion, TeamChange
from callassist.reports.account_export import Source, account_archive, archive, take_account_data
from tests.accounts.guests import called_guest
from tests.accounts.scenes import NOW, VAULT, firm, stay

NUMBER = "+12025550101"
BODY: dict[str, object] = {"attempts": [], "incident": {}, "noise": {}}


@pytest.fixture
def place(sessions):
    """An account with three stays and incidents; beside it one that is nobody's business."""
    with sessions.write() as session:
        other = firm(session, "Other Homes")
        called_guest(session, other, stay(session, other, name="Foreign Guest"), NOW)
        made = firm(session)
        for n in range(3):
            one = stay(session, made, check_in=timedelta(days=3 * n), name=f'=Guest "{n}"')
            called_guest(session, made, one, NOW)
        for version in session.scalars(select(ReportVersion)):
            version.body = BODY
    return made


def taken(sessions, place, *, in_clear=False) -> dict[str, str]:
    """Name and text of every file."""
    source = Source(sessions=sessions, vault=VAULT, account_id=place.account.id, in_clear=in_clear)
    content = b"".join(account_archive(source, "read me", NOW))
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name).decode("utf-8-sig") for name in packed.namelist()}


def rows_of(files, name) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files[name], newline="")))


def test_everything_is_in_it_and_nothing_of_anybody_else(sessions, place):
    files = taken(sessions, place)
    assert json.loads(files["account.json"])[0]["name"] == "Canal Homes"
    (home,) = json.loads(files["homes.json"])
    assert home["name"] == "Canal 12"
    assert [one["email"] for one in rows_of(files, "people.csv")] == ["canal@example.com"]
    stays, incidents = json.loads(files["stays.json"]), json.loads(files["incidents.json"])
    assert [one["guest_name"] for one in stays] == [f'=Guest "{n}"' for n in range(3)]
    assert {one["stay"] for one in incidents} == {one["id"] for one in stays}
    assert incidents[0]["log"][0]["action"] == "incident_opened"
    assert incidents[0]["notes_of_operators"] == ["Camille was very kind"]
    assert len(json.loads(files["reports.json"])) == 3
    assert len(rows_of(files, "incidents.csv")) == 3
    everything = "".join(files.values())
    for foreign in ("Foreign Guest", "Other Homes", "other@example.com"):
        assert foreign not in everything


def test_numbers_are_masked_unless_they_are_asked_for(sessions, place):
    masked = "".join(taken(sessions, place).values())
    assert NUMBER not in masked
    assert "•••" in masked
    clear = taken(sessions, place, in_clear=True)
    assert json.loads(clear["stays.json"])[0]["numbers"][0]["number"] == NUMBER
    assert json.loads(clear["incidents.json"])[0]["calls"][0]["number"] == NUMBER


def test_a_guests_name_that_is_a_formula_is_text_in_the_table(sessions, place):
    assert rows_of(taken(sessions, place), "stays.csv")[0]["guest_name"] == '\'=Guest "0"'


def test_a_large_file_goes_on_in_a_second_one(sessions, place, monkeypatch):
    monkeypatch.setattr(archive, "MOST_BYTES", 200)
    files = taken(sessions, place)
    names = ["stays.json", "stays-2.json", "stays-3.json"]
    assert [json.loads(files[name])[0]["guest_name"][-2] for name in names] == ["0", "1", "2"]
    tables = [name for name in files if name.startswith("incidents") and name.endswith(".csv")]
    assert [len(rows_of(files, name)) for name in tables] == [1, 1, 1]


def test_an_account_with_nothing_in_it_gives_empty_files_that_can_be_read(sessions):
    with sessions.write() as session:
        place = firm(session)
    files = taken(sessions, place)
    assert json.loads(files["incidents.json"]) == []
    assert rows_of(files, "stays.csv") == []


def test_no_transaction_is_open_while_a_piece_is_sent_and_it_may_be_cut_off(sessions, place):
    source = Source(sessions=sessions, vault=VAULT, account_id=place.account.id, in_clear=False)
    pieces = account_archive(source, "read me", NOW)
    for _ in range(4):
        next(pieces)
        with sessions.write() as session:  # nobody waits for the slow reader
            session.execute(select(1))
    assert isinstance(pieces, Generator)
    pieces.close()


def test_only_owners_take_it_and_it_is_written_down(sessions, place):
    with sessions.write() as session:
        person = add_person(session, "m@example.com", Role.MANAGER, account=place.account, now=NOW)
        manager = viewer_for_person(session, person)
        public_id = place.account.public_id
        with pytest.raises(Forbidden, match="only an owner"):
            take_account_data(session, manager, public_id, in_clear=False, now=NOW)
        stranger = firm(session, "Third Homes").owner
        with pytest.raises(NotFound):
            take_account_data(session, stranger, public_id, in_clear=False, now=NOW)
        take_account_data(session, place.owner, public_id, in_clear=True, now=NOW)
        (change,) = session.scalars(select(TeamChange).where(TeamChange.action == "data_taken"))
        assert change.data == {"numbers": "clear"}
