"""A connection that was removed, and the same system connected once more."""

from __future__ import annotations

from datetime import timedelta

from callassist.accounts.guest_data import guest_erase
from callassist.domain.booked_stay import stay_key
from callassist.models import PmsConnection
from callassist.pms_sync.removing import remove_connection
from callassist.pms_sync.running import run_connection
from callassist.ports.pms import Abilities
from callassist.storage.sessions import Sessions
from tests.accounts.scenes import NOW
from tests.pms_sync.scenes import REAL, TODAY, World, booking, connect, visit, world

LISTED = Abilities(incremental=True, single=False)


def remove(here: World, *, cancels_coming: bool = False) -> None:
    """The host takes the first connection away."""
    with here.sessions.write() as session:
        remove_connection(
            session,
            here.place.owner,
            session.get_one(PmsConnection, here.connection_id),
            cancels_coming=cancels_coming,
            now=NOW,
            real_now=REAL,
        )


def connect_anew(here: World) -> int:
    """The same system again."""
    with here.sessions.write() as session:
        return connect(session, here.place, token="another")


def erase_the_last(here: World) -> None:
    """The guest of the last stay asked for it."""
    with here.sessions.write() as session:
        guest_erase(session, here.stays()[-1].public_id, now=NOW)


def test_nothing_is_kept_of_a_guest_who_was_erased_in_between(sessions: Sessions) -> None:
    here = world(sessions, booking("R1"), booking("R2"), abilities=LISTED)
    here.run()
    remove(here)
    erase_the_last(here)
    run_connection(here.sync, connect_anew(here))
    assert [row.said is None for row in here.kept()] == [False, True]
    assert [stay.guest_name is None for stay in here.stays()] == [False, True]


def test_all_visits_of_a_guest_are_erased_without_the_connection_too(sessions: Sessions) -> None:
    one = booking("R1")
    one = type(one)(
        external_id="R1",
        state=one.state,
        visits=(*one.visits, visit("L1", TODAY + timedelta(days=2), 3)),
        contact=one.contact,
    )
    here = world(sessions, one, booking("R10"), abilities=LISTED)
    here.run()
    remove(here)
    assert here.names() == ["R1", "R1#2", "R10"]
    with sessions.write() as session:
        guest_erase(session, here.stays()[1].public_id, now=NOW)
    assert [stay.erased_at is not None for stay in here.stays()] == [True, True, False]


def test_coming_stays_that_went_with_the_connection_come_back_with_it(sessions: Sessions) -> None:
    here = world(sessions, booking("R1"), booking("R2", after=5), abilities=LISTED)
    here.run()
    remove(here, cancels_coming=True)
    assert here.names(cancelled=True) == ["R2"]
    run_connection(here.sync, connect_anew(here))
    assert here.names(cancelled=False) == ["R1", "R2"]


def test_a_stay_that_both_connections_made_is_left_alone(sessions: Sessions) -> None:
    here = world(sessions, booking("R1"), booking("R2", after=5), abilities=LISTED)
    here.run()
    anew = connect_anew(here)
    here.pms.error, here.pms.error_after = ConnectionError("cut off"), 1
    run_connection(here.sync, anew)
    remove(here)
    here.pms.error = None
    run_connection(here.sync, anew)
    with sessions.read() as session:
        own = session.get_one(PmsConnection, anew).public_id
    names = [stay.external_id for stay in here.stays()]
    assert sorted(name for name in names if name and name.startswith(own)) == [
        stay_key(own, "R1"),
        stay_key(own, "R2"),
    ]
