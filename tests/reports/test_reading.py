"""Who may read a report, and what is joined to it then."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from callassist.domain.viewer import Role, Viewer
from callassist.errors import InvalidInput, NotFound
from callassist.models import Desk, Incident, Operator, Report, Stay
from callassist.reports.listing import reports
from callassist.reports.reading import ReadableReport, report_for, report_of_incident
from tests.reports.nights import after
from tests.reports.rows import Home


def written(home: Home) -> str:
    """The public id of the report of a finished night."""
    incident = home.guest_reached()
    home.close(incident)
    home.deliver(incident, "closed")
    with home.sessions.read() as session:
        query = select(Report.public_id).where(Report.account_id == home.account_id)
        return session.scalars(query).one()


def read(home: Home, report: str, version: int | None = None) -> ReadableReport:
    with home.sessions.read() as session:
        return report_for(session, home.vault, home.owner, report, version=version)


def test_the_owner_reads_it_with_names(home: Home) -> None:
    report = written(home)
    body = read(home, report).as_json()
    assert body["id"] == report
    assert (body["version"], body["reason"]) == (2, "closed")
    names = body["names"]
    assert isinstance(names, dict)
    assert (names["home"], names["guest"]) == ("Loft Canal 12", "Camille")
    assert list(names["operators"].values()) == ["Léa"]
    assert list(names["notes"].values()) == ["Polite; Camille closes the windows."]


def test_it_is_in_the_hosts_language_unless_asked_otherwise(home: Home) -> None:
    found = read(home, written(home))
    assert "Nous avons joint Camille à 23:19" in found.as_html()
    assert "Camille was reached at 23:19" in found.as_html("en")
    assert found.as_pdf("en", system_fonts=False).startswith(b"%PDF-")


def test_an_older_version_can_be_read(home: Home) -> None:
    report = written(home)
    first = read(home, report, 1).as_json()
    assert (first["version"], first["reason"]) == (1, "calling_ended")
    with pytest.raises(NotFound, match="no version 7"):
        read(home, report, 7)


def test_another_account_an_operator_and_the_administrator_see_nothing(home: Home) -> None:
    report = written(home)
    with home.sessions.read() as session:
        desk = session.scalars(select(Desk.id)).one()
        incident = session.scalars(select(Incident.public_id)).one()
        for stranger in (
            Viewer(name="other", account_roles={home.account_id + 1: frozenset({Role.OWNER})}),
            Viewer(
                name="operator",
                desk_roles={desk: frozenset({Role.OPERATOR, Role.SUPERVISOR})},
                operator_ids=frozenset({home.operator_id}),
            ),
            Viewer(name="admin", is_admin=True),
            Viewer(name="odd", account_roles={home.account_id: frozenset({Role.OPERATOR})}),
        ):
            with pytest.raises(NotFound):
                report_for(session, home.vault, stranger, report)
            assert report_of_incident(session, home.vault, stranger, incident) is None
            assert reports(session, stranger).lines == []


def test_a_viewer_of_the_account_may_read(home: Home) -> None:
    report = written(home)
    looking = Viewer(name="v", account_roles={home.account_id: frozenset({Role.VIEWER})})
    with home.sessions.read() as session:
        assert report_for(session, home.vault, looking, report).copy.report_id == report


def test_an_incident_leads_to_its_report(home: Home) -> None:
    report = written(home)
    with home.sessions.read() as session:
        incident = session.scalars(select(Incident.public_id)).one()
        found = report_of_incident(session, home.vault, home.owner, incident)
    assert found is not None
    assert found.copy.report_id == report


def test_after_erasure_it_is_the_guest_and_the_notes_are_gone(home: Home) -> None:
    report = written(home)
    before = read(home, report).copy.body_hash
    with home.sessions.write() as session:
        stay = session.get_one(Stay, home.stay_id)
        stay.erased_at, stay.guest_name = after(9000), None
    found = read(home, report)
    html = found.as_html("en")
    assert "The guest was reached at 23:19" in html
    assert "Camille" not in html
    assert "windows" not in html
    assert found.copy.body_hash == before


def test_a_new_name_shows_without_a_new_version(home: Home) -> None:
    report = written(home)
    with home.sessions.write() as session:
        session.get_one(Operator, home.operator_id).desk_name = "Zoé"
    assert "Zoé" in read(home, report).as_html()


def test_the_list_is_newest_first_and_pages(home: Home) -> None:
    written(home)
    for minutes in (100, 200, 300, 400):
        with home.sessions.write() as session:
            incident = home.incident(
                session,
                breach_id=None,
                opened_at=after(minutes),
                reference=f"owl {minutes}",
            )
            incident.state, incident.resolution = "closed", "cancelled"
            incident.closed_at = after(minutes + 5)
            number = incident.id
        home.deliver(number, "closed", after(minutes + 5))
    seen: list[str] = []
    cursor = None
    with home.sessions.read() as session:
        for _ in range(3):
            page = reports(session, home.owner, after=cursor, limit=2)
            seen += [line.reference for line in page.lines]
            cursor = page.next
    assert seen == ["owl 400", "owl 300", "owl 200", "owl 100", "amber otter"]
    assert cursor is None
    with home.sessions.read() as session:
        first = reports(session, home.owner).lines[-1]
    assert (first.home, first.version, first.resolution) == ("Loft Canal 12", 2, "guest_reached")
    assert not first.ended_by_itself


def test_a_cursor_of_somebody_else_is_refused(home: Home) -> None:
    other = Home.set_up(home.sessions, "Mas des Oliviers")
    report = written(other)
    with home.sessions.read() as session, pytest.raises(InvalidInput, match="after"):
        reports(session, home.owner, after=report)
