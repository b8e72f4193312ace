"""The report as a note: of the final version and of corrections, with the way there and no name."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from callassist.models import Account, CallAttempt, Incident, OutboxEntry, Report
from callassist.ports.reservation_notes import TOPIC, ReservationNote
from callassist.reports.note import note_writer
from callassist.reports.versions import correct
from tests.reports.nights import after
from tests.reports.rows import Home

note_of = note_writer("https://calls.example/")


def notes(home: Home) -> list[ReservationNote]:
    """The notes that were put into the outbox, as they would be written."""
    with home.sessions.read() as session:
        rows = session.scalars(
            select(OutboxEntry).where(OutboxEntry.topic == TOPIC).order_by(OutboxEntry.id)
        )
        found = [note_of(session, row.payload["version_id"]) for row in rows]
        return [one for one in found if one is not None]


def closed(home: Home) -> int:
    incident = home.guest_reached()
    home.deliver(incident, "calling_ended")
    assert notes(home) == []
    home.close(incident)
    home.deliver(incident, "closed")
    return incident


def test_the_final_version_is_a_note_with_the_way_to_the_report(home: Home) -> None:
    incident = closed(home)
    home.deliver(incident, "closed")
    (note,) = notes(home)
    with home.sessions.read() as session:
        report = session.scalars(select(Report)).one()
    assert f"https://calls.example/reports/{report.public_id}" in note.text
    assert "amber otter" in note.text
    assert (note.incident_id, note.stay_id) == (incident, home.stay_id)
    assert note.key == f"{report.public_id}:2"


def test_it_names_neither_guest_nor_home_nor_number(home: Home) -> None:
    closed(home)
    (note,) = notes(home)
    for personal in ("Camille", "Martin", "Loft", "+1", "Canal"):
        assert personal not in note.text


@pytest.mark.parametrize(("language", "word"), [("en", "Report:"), ("fr-CA", "Rapport\xa0:")])
def test_it_is_written_in_the_hosts_language(home: Home, language: str, word: str) -> None:
    with home.sessions.write() as session:
        session.execute(update(Account).values(language=language))
    closed(home)
    (note,) = notes(home)
    assert word in note.text


def test_a_correction_is_noted_and_says_so(home: Home) -> None:
    incident = closed(home)
    with home.sessions.write() as session:
        changed = update(CallAttempt).where(CallAttempt.disposition == "guest_agreed")
        session.execute(changed.values(disposition="guest_refused"))
        public_id = session.get_one(Incident, incident).public_id
        correct(session, home.owner, public_id, now=after(60))
    first, second = notes(home)
    assert "a été corrigé (version 3)" in second.text
    assert first.key != second.key


def test_noise_that_ended_by_itself_leaves_no_note(home: Home) -> None:
    with home.sessions.write() as session:
        home.readings(session, 27, 22)
        quiet = home.incident(session).id
    home.close(quiet, 27, resolution="went_quiet")
    home.deliver(quiet, "closed")
    assert notes(home) == []


def test_a_practice_alert_leaves_no_note(home: Home) -> None:
    practice = home.guest_reached()
    with home.sessions.write() as session:
        session.get_one(Incident, practice).practice = True
    home.close(practice)
    home.deliver(practice, "closed")
    assert notes(home) == []
