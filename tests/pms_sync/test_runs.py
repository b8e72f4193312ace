"""A run: counted, idempotent, one bad record alone, and nothing lost when it is cut off."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from callassist.errors import TransientError
from callassist.models import ImportRun, OutboxEntry, PmsConnection, PmsSetAside
from callassist.pms_sync.running import INTERRUPTED, run_connection
from callassist.ports.pms import ReservationState, SetAside
from callassist.ports.pms_access import BadAnswer, CredentialsRefused, PageLoop, RateLimited
from callassist.storage.sessions import Sessions
from tests.accounts.scenes import GUEST, NOW, SECOND, VAULT
from tests.pms_sync.scenes import as_state, booking, world


def test_running_twice_changes_nothing_and_counts_in_the_hosts_words(sessions: Sessions) -> None:
    here = world(sessions, booking("R1"), booking("R2", 2, "", after=3))
    first = here.run()
    assert (first.kind, first.is_complete, first.error) == ("full", True, None)
    assert first.counts == {
        "listings": 1,
        "read": 2,
        "created": 2,
        "stays": 2,
        "without_number": 1,
        "requests": 2,
    }
    second = here.run(full=True)
    assert second.counts["unchanged"] == 2
    assert "changed" not in second.counts
    assert len(here.stays()) == 2


def test_a_bad_record_is_set_aside_and_the_others_go_in(sessions: Sessions) -> None:
    backwards = booking("R2", -1, after=5)
    unread = SetAside(external_id="R3", reason="arrival is not a date", raw='{"id": "R3"}')
    here = world(sessions, booking("R1"), backwards, unread, booking("R4", 1, after=9))
    run = here.run()
    assert run.counts["set_aside"] == 2
    assert here.names() == ["R1", "R4"]
    with sessions.read() as session:
        aside = {one.external_id: one for one in session.scalars(select(PmsSetAside))}
    assert aside["R2"].reason == "check_out_at: check-out must be after check-in"
    assert VAULT.open(aside["R3"].raw or b"") == '{"id": "R3"}'
    assert "Camille" not in VAULT.open(aside["R2"].raw or b"")
    here.pms.bookings = [booking("R1"), booking("R2", 1), booking("R4", 1, after=9)]
    assert here.run(full=True).counts["created"] == 1
    with sessions.read() as session:
        assert session.scalars(select(PmsSetAside)).all() == []


def test_changes_only_are_asked_for_until_a_day_has_passed(sessions: Sessions) -> None:
    here = world(sessions, booking("R1"))
    here.run()
    here.pms.changed = [booking("R1", 3)]
    here.clock.advance(minutes=15)
    run = here.run()
    assert (run.kind, run.counts["changed"], run.is_complete) == ("changes", 1, False)
    assert here.pms.wanted[0].since is None
    since = here.pms.wanted[1].since
    assert since is not None
    assert since < here.sync.now_real() - timedelta(minutes=15)
    assert here.run().kind == "changes"
    here.clock.advance(days=1)
    assert here.run().kind == "full"


def test_a_clock_that_was_wrong_makes_the_next_run_a_full_one(sessions: Sessions) -> None:
    here = world(sessions, booking("R1"))
    here.clock.advance(days=200)
    here.run()
    here.clock.advance(days=-200)
    assert here.run().kind == "full"


def test_what_came_before_a_crash_stays_and_the_rest_follows(sessions: Sessions) -> None:
    class Killed(BaseException):
        """The process ends here."""

    here = world(sessions, *(booking(f"R{number:02}", 1, after=number) for number in range(70)))
    pages = []

    def die_at_the_third() -> None:
        pages.append(1)
        if len(pages) == 3:
            raise Killed

    here.pms.before_page = die_at_the_third
    with pytest.raises(Killed):
        here.run()
    assert len(here.stays()) == len(here.kept()) == 40
    assert run_connection(here.sync, here.connection_id) is None  # its claim holds
    here.clock.advance(minutes=6)
    run = here.run()
    assert (run.kind, run.counts["created"], run.counts["unchanged"]) == ("full", 30, 40)
    with sessions.read() as session:
        first = session.scalars(select(ImportRun).order_by(ImportRun.id)).first()
    assert first is not None
    assert (first.error, first.ended_at) == (INTERRUPTED, NOW + timedelta(minutes=6))


def test_credentials_that_are_revoked_in_mid_run_stop_it_and_what_is_known_stays(
    sessions: Sessions,
) -> None:
    here = world(sessions, *(booking(f"R{number}", 1, after=number) for number in range(30)))
    here.pms.error, here.pms.error_after = CredentialsRefused("make a new key", "api_key"), 25
    here.run()
    assert len(here.stays()) == 25  # not one of those that came before is lost
    here.pms.error = None
    here.run(full=True)
    here.pms.error = CredentialsRefused("make a new key", "api_key")
    run = here.run(full=True)
    assert (run.error, run.is_complete) == ("make a new key", False)
    assert run.detail == "CredentialsRefused: make a new key (GET /reservations)"
    connection = here.connection()
    assert (connection.failures, connection.error_field) == (1, "api_key")
    assert all(one.cancelled_at is None for one in here.stays())


def test_failing_twice_is_told_once_and_working_again_ends_it(sessions: Sessions) -> None:
    here = world(sessions, booking("R1"))
    here.pms.error = TransientError("it does not answer")
    spans = []
    for _ in range(4):
        here.run()
        next_at = here.connection().next_run_at
        assert next_at is not None
        spans.append(next_at - here.clock.now())
    assert spans[0] < timedelta(minutes=17) < timedelta(minutes=90) < spans[3]
    with sessions.read() as session:
        told = list(session.scalars(select(OutboxEntry).where(OutboxEntry.topic == "notify")))
    assert [one.payload["kind"] for one in told] == ["connection_failing"]
    assert told[0].payload["facts"]["reason"] == "unreachable"
    here.pms.error = None
    here.run()
    assert (here.connection().failures, here.connection().error) == (0, None)


@pytest.mark.parametrize("error", [PageLoop("more than 20000 pages"), BadAnswer("a page of HTML")])
def test_pages_that_do_not_end_cancel_nothing(sessions: Sessions, error: Exception) -> None:
    here = world(sessions, booking("R1", after=1), booking("R2", after=5))
    here.run()
    here.pms.bookings, here.pms.error = [booking("R1", after=1)], error
    run = here.run(full=True)
    assert run.error is not None
    assert [one.cancelled_at for one in here.stays()] == [None, None]


def test_a_run_that_is_told_to_wait_waits_and_a_long_wait_suspends_it(sessions: Sessions) -> None:
    here = world(sessions, booking("R1"))
    here.access.errors = [RateLimited("slower", retry_after=0.01)]
    assert here.run().error is None
    with sessions.write() as session:
        session.get_one(PmsConnection, here.connection_id).wanted = "full"
    here.access.errors = [RateLimited("five tokens a day", retry_after=7200)]
    run = here.run()
    connection = here.connection()
    assert run.error == "five tokens a day"
    assert (connection.failures, connection.wanted) == (0, "full")
    assert connection.next_run_at == here.clock.now() + timedelta(hours=2)


def test_a_connection_that_is_paused_in_mid_run_is_left_alone(sessions: Sessions) -> None:
    here = world(sessions, *(booking(f"R{number}", 1, after=number) for number in range(70)))

    def pause() -> None:
        if len(here.kept()) == 40:
            with sessions.write() as session:
                session.get_one(PmsConnection, here.connection_id).disabled_at = NOW

    here.pms.before_page = pause
    run = here.run()
    assert run.ended_at is not None
    assert len(here.stays()) == 40
    assert run_connection(here.sync, here.connection_id) is None


def test_old_runs_are_forgotten(sessions: Sessions) -> None:
    here = world(sessions)
    with sessions.write() as session:
        for _ in range(70):
            session.add(
                ImportRun(
                    account_id=here.place.account.id,
                    connection_id=here.connection_id,
                    source="fakepms",
                    started_at=NOW,
                    ended_at=NOW,
                    counts={},
                )
            )
    here.run()
    with sessions.read() as session:
        assert len(session.scalars(select(ImportRun.id)).all()) == 60


def test_a_reservation_that_comes_twice_in_one_read_is_stored_once(sessions: Sessions) -> None:
    newer = replace(booking("R1", 3), channel="airbnb")
    here = world(sessions, booking("R1"), newer)
    assert here.run().counts["created"] == 1
    assert [one.channel for one in here.kept()] == ["airbnb"]


def test_a_cancelled_stay_that_comes_back_is_a_stay_again(sessions: Sessions) -> None:
    one = booking("R1", 2, GUEST, SECOND)
    here = world(sessions, one)
    here.run()
    here.pms.bookings = [as_state(one, ReservationState.CANCELLED)]
    assert here.run(full=True).counts["cancelled"] == 1
    assert here.stays()[0].cancelled_at is not None
    here.pms.bookings = [one]
    here.run(full=True)
    (stay,) = here.stays()
    assert stay.cancelled_at is None
    assert len(stay.numbers) == 2
