"""Disappearance is a cancellation only after a complete read, and not when nearly all is gone."""

from __future__ import annotations

from datetime import timedelta

from callassist.pms_sync.ending import UNBELIEVED
from callassist.pms_sync.hints import read_hinted
from callassist.ports.pms import Abilities, Reservation, SetAside
from callassist.storage.sessions import Sessions
from tests.pms_sync.scenes import World, booking, world


def cancelled(here: World) -> list[str]:
    """Stays that are not to be any more."""
    return here.names(cancelled=True)


def many(count: int) -> list[Reservation | SetAside]:
    """Stays that are all still to come."""
    return [booking(f"R{number:02}", 1, after=number + 1) for number in range(count)]


def test_only_what_is_still_to_come_and_within_the_days_read_can_vanish(sessions: Sessions) -> None:
    begun, coming, far = booking("A"), booking("B", after=3), booking("C", after=390)
    here = world(sessions, begun, coming, far)
    here.run()
    here.clock.advance(days=-30)  # the days wanted end earlier now
    here.pms.bookings = []
    here.run(full=True)
    assert cancelled(here) == ["A", "B"]  # of which neither has begun by this clock
    assert here.stays()[2].cancelled_at is None


def test_a_stay_that_has_begun_does_not_vanish_with_its_calendar_entry(sessions: Sessions) -> None:
    here = world(sessions, booking("A"), booking("B", after=3))
    here.run()
    here.pms.bookings = []
    here.run(full=True)
    assert cancelled(here) == ["B"]


def test_changes_alone_say_nothing_of_what_they_do_not_name(sessions: Sessions) -> None:
    here = world(sessions, booking("A", after=1))
    here.run()
    here.pms.bookings, here.pms.changed = [], []
    here.run()
    assert cancelled(here) == []


def test_nearly_everything_gone_at_once_is_believed_when_it_is_seen_twice(
    sessions: Sessions,
) -> None:
    here = world(sessions, *many(12))
    here.run()
    here.pms.bookings = many(4)
    first = here.run(full=True)
    assert (first.error, first.is_complete) == (UNBELIEVED, False)
    assert cancelled(here) == []
    connection = here.connection()
    assert connection.wanted == "full"
    assert connection.next_run_at == here.clock.now() + timedelta(hours=1)
    second = here.run()
    assert (second.error, second.counts["cancelled"]) == (None, 8)
    assert len(cancelled(here)) == 8


def test_what_comes_back_before_it_is_seen_twice_was_never_gone(sessions: Sessions) -> None:
    here = world(sessions, *many(12))
    here.run()
    here.pms.bookings = []
    here.run(full=True)
    here.pms.bookings = many(12)
    assert here.run().error is None
    here.pms.bookings = []
    assert here.run(full=True).error == UNBELIEVED
    assert cancelled(here) == []


def test_a_system_that_can_be_asked_for_one_is_asked_before_it_is_believed(
    sessions: Sessions,
) -> None:
    able = Abilities(incremental=True, single=True, disappearance=True)
    here = world(sessions, booking("A", after=1), booking("B", after=3), abilities=able)
    here.run()
    hidden, here.pms.bookings = here.pms.bookings, []
    here.run(full=True)
    here.pms.bookings = hidden[:1]  # the pages had shifted while they were read
    read_hinted(here.sync)
    assert sorted(here.pms.asked) == ["A", "B"]
    assert cancelled(here) == ["B"]
