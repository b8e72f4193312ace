"""Right before a call the reservation is read again, for five seconds at most."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from callassist.errors import TransientError
from callassist.pms_sync.fresh import FreshReservation
from callassist.ports.fresh_contact import FreshContact
from callassist.ports.pms import Abilities, Reservation
from callassist.ports.pms_access import Access
from callassist.storage.sessions import Sessions
from tests.accounts.scenes import SECOND, VAULT, stay
from tests.pms_sync.scenes import World, booking, world

SINGLE = Abilities(incremental=True, single=True)


@pytest.fixture
def here(sessions: Sessions) -> World:
    """One stay that was read twenty minutes ago; its number has changed since."""
    made = world(sessions, booking("R1"), abilities=SINGLE)
    made.run()
    made.clock.advance(minutes=20)
    made.pms.bookings = [booking("R1", 2, SECOND)]
    return made


def refreshed(here: World, fresh: FreshContact | None = None) -> bool:
    """Asked before a call to the only stay."""
    fresh = fresh or FreshReservation(here.sync)
    return fresh.refresh(here.stays()[0].id, here.clock.now())


def test_a_number_that_changed_lately_is_the_one_that_is_phoned(here: World) -> None:
    assert refreshed(here) is True
    assert VAULT.open(here.stays()[0].numbers[0].number) == "+12025550102"
    assert refreshed(here) is False  # fresh enough now
    assert here.pms.asked == ["R1"]


def test_a_run_of_changes_says_that_everything_else_is_as_it_was(here: World) -> None:
    here.pms.changed = []
    here.run()
    assert refreshed(here) is False
    assert here.pms.asked == []


def test_a_system_that_is_slow_or_fails_holds_up_no_call(here: World) -> None:
    answered, original = threading.Event(), here.pms.reservation

    def slow(access: Access, external_id: str) -> Reservation | None:
        answered.wait(30)
        return original(access, external_id)

    here.pms.reservation = slow  # type: ignore[method-assign]
    here.sync = replace(
        here.sync, settings=replace(here.sync.settings, fresh_wait=timedelta(milliseconds=50))
    )
    fresh = FreshReservation(here.sync)
    assert refreshed(here, fresh) is False
    assert VAULT.open(here.stays()[0].numbers[0].number) == "+12025550101"
    waiting = [one for one in threading.enumerate() if one.name == "pms-fresh"]
    answered.set()
    for thread in waiting:
        thread.join(30)
    # what came too late is there for the next call
    assert VAULT.open(here.stays()[0].numbers[0].number) == "+12025550102"
    here.pms.error = TransientError("no answer")
    known_at = here.clock.now()
    here.clock.advance(minutes=20)
    assert refreshed(here, FreshReservation(here.sync)) is False
    assert fresh.known_at(here.stays()[0].id) == known_at


def test_a_typed_stay_and_a_calendar_are_not_asked(sessions: Sessions) -> None:
    calendar = Abilities(single=False, has_numbers=False)
    made = world(sessions, booking("R1"), abilities=calendar)
    made.run()
    made.clock.advance(hours=2)
    with sessions.write() as session:
        typed = stay(session, made.place, check_in=timedelta(days=40)).id
    fresh = FreshReservation(made.sync)
    assert fresh.refresh(typed, made.clock.now()) is False
    assert refreshed(made, fresh) is False
    assert fresh.refresh(10**6, made.clock.now()) is False
    assert fresh.known_at(typed) is None
