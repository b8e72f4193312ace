"""One report per incident; version 1 when calling ended, version 2 at closing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from callassist.domain.viewer import Role, Viewer
from callassist.errors import Conflict, Forbidden, NotFound, PermanentError
from callassist.models import CallAttempt, CallTask, Incident, NoiseReading, Report, ReportVersion
from callassist.reports.gathering import gather
from callassist.reports.incident_report import body_hash, build
from callassist.reports.version_reason import VersionReason
from callassist.reports.versions import correct, verify_reports
from tests.reports.nights import after
from tests.reports.rows import Home


def versions(home: Home) -> list[ReportVersion]:
    with home.sessions.read() as session:
        return list(session.scalars(select(ReportVersion).order_by(ReportVersion.id)))


def written(home: Home) -> list[tuple[int, str]]:
    return [(row.version, row.reason) for row in versions(home)]


def public_id(home: Home, incident_id: int) -> str:
    with home.sessions.read() as session:
        return session.get_one(Incident, incident_id).public_id


def test_a_reached_guest_gives_two_versions_of_one_report(home: Home) -> None:
    incident = home.guest_reached()
    home.deliver(incident, "calling_ended")
    assert written(home) == [(1, "calling_ended")]
    assert versions(home)[0].body["quiet"] == {"state": "pending", "minutes": None}
    home.close(incident)
    home.deliver(incident, "closed")
    assert written(home) == [(1, "calling_ended"), (2, "closed")]
    assert versions(home)[1].body["quiet"] == {"state": "quiet", "minutes": 11}
    with home.sessions.read() as session:
        assert len(session.scalars(select(Report)).all()) == 1


def test_delivered_again_nothing_changes(home: Home) -> None:
    incident = home.guest_reached()
    home.close(incident)
    for reason in ("calling_ended", "closed", "closed", "calling_ended"):
        home.deliver(incident, reason)
    assert written(home) == [(1, "calling_ended"), (2, "closed")]
    assert len(home.messages()) == 1


def test_delivered_in_the_wrong_order_the_versions_are_the_same(home: Home) -> None:
    incident = home.guest_reached()
    home.deliver(incident, "calling_ended", after(38))
    early = versions(home)[0]
    other = Home.set_up(home.sessions, "Mas des Oliviers")
    late = other.guest_reached()
    other.close(late)
    other.deliver(late, "closed")
    rows = versions(home)[1:]
    assert [(row.version, row.reason) for row in rows] == [(1, "calling_ended"), (2, "closed")]
    for part in ("summary", "quiet", "advice", "caveats", "ticks"):
        assert rows[0].body[part] == early.body[part]
    assert (
        rows[0].body["noise"]["curve"]["sensors"][0]["segments"]
        == (early.body["noise"]["curve"]["sensors"][0]["segments"])
    )


def test_the_host_hears_of_the_final_version_only(home: Home) -> None:
    incident = home.guest_reached()
    home.deliver(incident, "calling_ended")
    assert home.messages() == []
    home.close(incident)
    home.deliver(incident, "closed")
    (told,) = home.messages()
    assert told["incident"] == public_id(home, incident)
    assert (told["version"], told["reason"]) == (2, "closed")


def test_noise_that_ended_by_itself_is_one_version_without_a_message(home: Home) -> None:
    with home.sessions.write() as session:
        home.readings(session, 27, 22)
        incident = home.incident(session).id
    home.close(incident, 27, resolution="went_quiet")
    home.deliver(incident, "closed")
    assert written(home) == [(1, "closed")]
    assert versions(home)[0].body["summary"]["key"] == "ended_by_itself"
    assert home.messages() == []


def test_calls_that_end_with_the_incident_still_give_two_versions(home: Home) -> None:
    with home.sessions.write() as session:
        home.readings(session, 40, 35)
        incident = home.incident(session, state="calling_guest", call_requested_at=after(30)).id
    home.close(incident, 40, resolution="went_quiet", calling_ended_at=after(40))
    home.deliver(incident, "calling_ended")
    home.deliver(incident, "closed")
    assert written(home) == [(1, "calling_ended"), (2, "closed")]
    assert len(home.messages()) == 1


def test_an_open_incident_has_no_report_yet(home: Home) -> None:
    with home.sessions.write() as session:
        incident = home.incident(session).id
    home.deliver(incident, "closed")
    assert written(home) == []


def test_an_incident_that_does_not_exist_is_given_up(home: Home) -> None:
    with pytest.raises(PermanentError, match="no incident 4711"):
        home.deliver(4711, "closed")


def test_rebuilt_from_the_same_rows_the_hash_is_the_same(home: Home) -> None:
    incident_id = home.guest_reached()
    home.close(incident_id)
    home.deliver(incident_id, "closed")
    with home.sessions.read() as session:
        incident = session.get_one(Incident, incident_id)
        again = build(gather(session, incident, VersionReason.CLOSED))
    stored = versions(home)[1]
    assert stored.body == again
    assert stored.body_hash == body_hash(again) == body_hash(stored.body)


def test_a_changed_body_is_found(home: Home) -> None:
    incident = home.guest_reached()
    home.close(incident)
    home.deliver(incident, "closed")
    with home.sessions.write() as session:
        assert verify_reports(session) == []
        row = session.scalars(select(ReportVersion).where(ReportVersion.version == 2)).one()
        row.body = row.body | {"quiet": {"state": "quiet", "minutes": 1}}
    with home.sessions.read() as session:
        (broken,) = verify_reports(session)
    assert broken.version == 2
    assert broken.kept_hash != broken.found_hash


def test_a_correction_is_a_version_of_its_own_and_the_host_hears_of_it(home: Home) -> None:
    incident = home.guest_reached()
    home.close(incident)
    home.deliver(incident, "closed")
    with home.sessions.write() as session:
        session.execute(
            update(CallAttempt)
            .where(CallAttempt.disposition == "guest_agreed")
            .values(disposition="guest_refused")
        )
        row = correct(session, home.owner, public_id(home, incident), now=after(60))
        assert row.version == 3
    assert written(home)[-1] == (3, "correction")
    assert {note["key"] for note in versions(home)[-1].body["advice"]} == {"guest_refused"}
    assert [told["reason"] for told in home.messages()] == ["closed", "correction"]


def test_a_correction_without_a_change_is_refused(home: Home) -> None:
    incident = home.guest_reached()
    home.close(incident)
    home.deliver(incident, "closed")
    with home.sessions.write() as session, pytest.raises(Conflict, match="nothing has changed"):
        correct(session, home.owner, public_id(home, incident), now=after(60))
    home.deliver(incident, "correction")
    assert len(written(home)) == 2


def test_only_those_who_may_change_things_correct_a_report(home: Home) -> None:
    incident = home.guest_reached()
    home.close(incident)
    home.deliver(incident, "closed")
    looking = Viewer(name="v", account_roles={home.account_id: frozenset({Role.VIEWER})})
    stranger = Viewer(name="s", account_roles={home.account_id + 1: frozenset({Role.OWNER})})
    with home.sessions.write() as session:
        with pytest.raises(Forbidden):
            correct(session, looking, public_id(home, incident), now=after(60))
        with pytest.raises(NotFound):
            correct(session, stranger, public_id(home, incident), now=after(60))


def test_an_open_incident_cannot_be_corrected(home: Home) -> None:
    incident = home.guest_reached()
    home.deliver(incident, "calling_ended")
    with home.sessions.write() as session, pytest.raises(Conflict, match="still open"):
        correct(session, home.owner, public_id(home, incident), now=after(60))


def test_a_reading_from_the_future_is_not_drawn(home: Home) -> None:
    incident = home.guest_reached()
    home.close(incident)
    with home.sessions.write() as session:
        session.add(
            NoiseReading(
                sensor_id=home.sensor_id,
                event_key="future",
                at=after(20) + timedelta(seconds=30),
                received_at=after(-60),
                kind="level",
                level_db=120.0,
                verdict="future",
            )
        )
    home.deliver(incident, "closed")
    points = versions(home)[1].body["noise"]["curve"]["sensors"][0]["segments"][0]
    assert max(point[3] for point in points) < 120


def test_limits_change_where_quiet_hours_begin(home: Home) -> None:
    with home.sessions.write() as session:
        home.readings(session, 27, 22)
        incident = home.incident(session, complaint_at=after(-20)).id
    home.close(incident, 27, resolution="went_quiet")
    home.deliver(incident, "closed")
    assert versions(home)[0].body["noise"]["thresholds"] == [
        {"from": "2026-11-21T20:52:00Z", "to": "2026-11-21T21:00:00Z", "db": 75.0},
        {"from": "2026-11-21T21:00:00Z", "to": "2026-11-21T22:09:00Z", "db": 70.0},
    ]


def test_a_home_that_was_named_in_the_calls_of_another_shows_them(home: Home) -> None:
    leader = home.guest_reached()
    second = Home.set_up(home.sessions, "Mas des Oliviers")
    with home.sessions.write() as session:
        incident = second.incident(
            session,
            call_requested_at=after(33),
            calling_ended_at=after(37),
            contact_at=after(37),
            first_contact="guest",
            led_by_id=leader,
        ).id
    second.close(incident)
    second.deliver(incident, "closed")
    body = versions(home)[-1].body
    assert [attempt["attempt_number"] for attempt in body["attempts"]] == [2]
    assert "calls_shared" in {note["key"] for note in body["caveats"]}


def test_no_name_number_or_note_is_stored(home: Home) -> None:
    incident = home.guest_reached()
    home.close(incident)
    home.deliver(incident, "closed")
    with home.sessions.read() as session:
        assert session.scalars(select(CallTask.note).where(CallTask.note.is_not(None))).all()
    for row in versions(home):
        text = str(row.body)
        for personal in ("Camille", "Léa", "Loft", "2025550112", "windows", "ana@"):
            assert personal not in text
