"""Each kind of data is kept as long as it is needed, and not a day longer."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from callassist import incident_log
from callassist.accounts.people import add_person
from callassist.accounts.retention import Retention, forget_expired
from callassist.accounts.sign_in_links import make_sign_in_link
from callassist.domain.viewer import Role
from callassist.models import (
    CallAttempt,
    CallTask,
    Incident,
    NoiseReading,
    Notification,
    Report,
    ReportVersion,
    SignInLink,
    Stay,
    StayNumber,
)
from callassist.storage.sessions import Sessions
from tests.accounts.guests import called_guest
from tests.accounts.scenes import NOW, firm, stay

DAY = timedelta(days=1)
OUT = NOW + 2 * DAY  # check-out
KEPT = Retention()


def test_names_and_numbers_go_thirty_days_after_check_out(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = firm(session)
        one = stay(session, place)
        called_guest(session, place, one, NOW)
    assert forget_expired(sessions, KEPT, OUT + 30 * DAY)["stays"] == 0
    forgotten = forget_expired(sessions, KEPT, OUT + 30 * DAY + timedelta(seconds=1))
    assert (forgotten["stays"], forgotten["attempts"]) == (1, 1)
    with sessions.read() as session:
        assert session.scalars(select(Stay.guest_name)).all() == [None]
        assert session.scalar(select(func.count(StayNumber.id))) == 0
        assert session.scalars(select(CallAttempt.number)).all() == [None]
        assert session.scalars(select(CallAttempt.number_mask)).all() == ["+1•••••01"]
        assert session.scalars(select(CallTask.note)).all() == ["Camille was very kind"]
        assert incident_log.verify(session) == []
    again = forget_expired(sessions, KEPT, OUT + 31 * DAY)
    assert set(again.values()) == {0}


def test_a_dial_without_a_stay_loses_its_number_thirty_days_after_it(
    sessions: Sessions,
) -> None:
    with sessions.write() as session:
        place = firm(session)
        incident = called_guest(session, place, stay(session, place, nights=300), NOW)
        session.execute(update(Incident).where(Incident.id == incident.id).values(stay_id=None))
    assert forget_expired(sessions, KEPT, NOW + 29 * DAY)["attempts"] == 0
    assert forget_expired(sessions, KEPT, NOW + 31 * DAY)["attempts"] == 1


def test_readings_go_after_ninety_days_in_any_number(sessions: Sessions) -> None:
    with sessions.write() as session:
        for number in range(12):
            session.add(reading(number))
    assert forget_expired(sessions, KEPT, NOW + 95 * DAY)["readings"] == 5
    with sessions.read() as session:
        assert session.scalar(select(func.min(NoiseReading.received_at))) == NOW + 5 * DAY


def test_reports_and_notes_go_after_two_years_unless_they_are_held(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = firm(session)
        one = stay(session, place)
        for _ in range(2):
            called_guest(session, place, one, NOW)
        held = session.scalars(select(Report).order_by(Report.id)).first()
        assert held is not None
        held.held = True
    forgotten = forget_expired(sessions, KEPT, NOW + 731 * DAY)
    assert (forgotten["reports"], forgotten["notes"]) == (1, 1)
    with sessions.read() as session:
        assert _counts(session) == (1, 1, 2)
        notes = session.scalars(select(CallTask.note).order_by(CallTask.id)).all()
        assert notes == ["Camille was very kind", None]
        assert incident_log.verify(session) == []


def test_old_sign_in_links_go(sessions: Sessions) -> None:
    with sessions.write() as session:
        person = add_person(session, "root@example.com", Role.ADMIN, now=NOW)
        make_sign_in_link(session, person, NOW)
    forget_expired(sessions, KEPT, NOW + DAY)
    with sessions.read() as session:
        assert session.scalar(select(func.count(SignInLink.id))) == 1
    assert forget_expired(sessions, KEPT, NOW + 2 * DAY)["sign_in_links"] == 1


def test_messages_go_when_their_time_is_over(sessions: Sessions) -> None:
    kept = Retention(log=10 * DAY)
    with sessions.write() as session:
        place = firm(session)
        for day in range(3):
            session.add(
                Notification(
                    account_id=place.account.id,
                    kind="report_ready",
                    key=str(day),
                    facts={},
                    status="sent",
                    created_at=NOW + day * DAY,
                )
            )
    assert forget_expired(sessions, kept, NOW + 10 * DAY)["messages"] == 0
    assert forget_expired(sessions, kept, NOW + 11.5 * DAY)["messages"] == 2
    with sessions.read() as session:
        assert session.scalars(select(Notification.key)).all() == ["2"]


def test_one_run_does_so_much_and_the_next_goes_on(sessions: Sessions) -> None:
    with sessions.write() as session:
        session.add_all([reading(0), reading(1)])
    assert forget_expired(sessions, KEPT, NOW + 95 * DAY, most_batches=0)["readings"] == 0
    assert forget_expired(sessions, KEPT, NOW + 95 * DAY, most_batches=1)["readings"] == 2


def reading(day: int) -> NoiseReading:
    """One reading that came `day` days after NOW."""
    at = NOW + day * DAY
    return NoiseReading(
        sensor_id=1,
        event_key=str(day),
        at=at,
        received_at=at,
        kind="level",
        level_db=50.0,
        verdict="calm",
    )


def _counts(session: Session) -> tuple[int | None, int | None, int | None]:
    return (
        session.scalar(select(func.count(Report.id))),
        session.scalar(select(func.count(ReportVersion.id))),
        session.scalar(select(func.count(Incident.id))),
    )
