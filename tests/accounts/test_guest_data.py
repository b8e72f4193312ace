"""What we hold about a guest: handed out whole, erased for good."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from callassist import incident_log, stays
from callassist.accounts.erasure_journal import NAME, note_erasure, noted_erasures
from callassist.accounts.guest_data import (
    ErasureNote,
    erasures,
    guest_erase,
    guest_export,
    reapply_erasures,
)
from callassist.errors import NotFound, PermanentError
from callassist.models import CallAttempt, CallTask, Consent, Erasure, Incident, Stay, StayNumber
from callassist.stays import ConsentInput
from callassist.storage.sessions import Sessions
from tests.accounts.guests import called_guest
from tests.accounts.scenes import NOW, VAULT, firm, stay

YES = ConsentInput(channel="sms", text="Texts", given_by="guest", source="guest page")


def test_the_export_has_everything_we_hold_and_is_json(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = firm(session)
        one = stay(session, place)
        stays.give_consent(session, place.owner, one.public_id, YES, now=NOW)
        called_guest(session, place, one, NOW)
    with sessions.read() as session:
        data = guest_export(session, VAULT, one.public_id)
    assert json.loads(json.dumps(data)) == data
    assert data["stay"]["guest_name"] == "Camille Martin"
    assert data["numbers"][0]["number"] == "+12025550101"
    assert data["consents"][0]["text"] == "Texts"
    (incident,) = data["incidents"]
    assert incident["notes"] == ["Camille was very kind"]
    assert incident["complaint"] == "Mr Martin is singing"
    assert incident["calls"][0]["number"] == "+12025550101"


def test_erasure_empties_names_numbers_and_notes_and_the_log_stays_true(
    sessions: Sessions,
) -> None:
    with sessions.write() as session:
        place = firm(session)
        one = stay(session, place)
        stays.give_consent(session, place.owner, one.public_id, YES, now=NOW)
        incident = called_guest(session, place, one, NOW)
    with sessions.write() as session:
        guest_erase(session, one.public_id, now=NOW + timedelta(days=1))
    with sessions.read() as session:
        gone = session.get_one(Stay, one.id)
        assert (gone.guest_name, gone.imported, gone.numbers) == (None, None, [])
        assert gone.erased_at == NOW + timedelta(days=1)
        for table in (StayNumber, Consent):
            assert session.scalars(select(table)).all() == []
        assert session.scalars(select(CallTask.note)).all() == [None]
        assert session.scalars(select(CallAttempt.number)).all() == [None]
        assert session.scalars(select(Incident.complaint)).all() == [None]
        assert incident_log.verify(session) == []
        actions = [entry.action for entry in incident_log.entries(session, incident.id)]
        assert actions == ["incident_opened", "guest_erased"]
        data = guest_export(session, VAULT, one.public_id)
        assert (data["numbers"], data["incidents"][0]["notes"]) == ([], [])


def test_erasing_twice_is_one_erasure(sessions: Sessions) -> None:
    with sessions.write() as session:
        one = stay(session, firm(session))
        first = guest_erase(session, one.public_id, now=NOW)
        again = guest_erase(session, one.public_id, now=NOW + timedelta(days=1))
        assert first == again
        assert erasures(session) == [first]
        with pytest.raises(NotFound, match="nobody"):
            guest_erase(session, "nobody", now=NOW)
        with pytest.raises(NotFound, match="nobody"):
            guest_export(session, VAULT, "nobody")


def test_a_stop_outlives_the_erasure(sessions: Sessions) -> None:
    with sessions.write() as session:
        one = stay(session, firm(session))
        index = one.numbers[0].number_index
        stays.do_not_call(session, one, index, "operator", NOW)
        guest_erase(session, one.public_id, now=NOW)
        assert stays.is_stopped(session, index)


def test_a_restored_older_backup_does_not_bring_an_erased_guest_back(
    sessions: Sessions, tmp_path: Path
) -> None:
    journal = tmp_path / NAME
    assert noted_erasures(journal) == []
    with sessions.write() as session:
        place = firm(session)
        one, other = stay(session, place), stay(session, firm(session, "Other Homes"))
    # The backup is older than the erasure: in it the guest is there and the row is not.
    note_erasure(journal, ErasureNote(one.public_id, NOW))
    note_erasure(journal, ErasureNote("made-after-the-backup", NOW))
    with sessions.write() as session:
        assert reapply_erasures(session, now=NOW, notes=noted_erasures(journal)) == 1
        assert reapply_erasures(session, now=NOW, notes=noted_erasures(journal)) == 0
        assert session.get_one(Stay, one.id).guest_name is None
        assert session.get_one(Stay, other.id).guest_name is not None
        assert len(erasures(session)) == 2


def test_the_databases_own_erasures_are_applied_again_too(sessions: Sessions) -> None:
    with sessions.write() as session:
        one = stay(session, firm(session))
        session.execute(delete(Erasure))
        session.add(Erasure(stay_public_id=one.public_id, erased_at=NOW))
    with sessions.write() as session:
        assert reapply_erasures(session, now=NOW) == 1
        assert session.get_one(Stay, one.id).erased_at == NOW


def test_a_damaged_journal_names_its_line(tmp_path: Path) -> None:
    journal = tmp_path / NAME
    note_erasure(journal, ErasureNote("abc", NOW))
    journal.write_text(journal.read_text() + "{half\n")
    with pytest.raises(PermanentError, match="line 2"):
        noted_erasures(journal)
