"""Erasing, retention, export and a change of keys know what systems said of guests."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from callassist.accounts.guest_data import guest_erase, guest_export
from callassist.accounts.retention import Retention, forget_expired
from callassist.models import PmsReservation, PmsSetAside, Stay
from callassist.ports.pms import SetAside
from callassist.storage.rotation import rotate
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault
from tests.accounts.scenes import NOW, SECOND, VAULT
from tests.pms_sync.scenes import TODAY, World, booking, visit, world


def erase(here: World, stay: Stay) -> None:
    """The guest asked for it."""
    with here.sessions.write() as session:
        guest_erase(session, stay.public_id, now=NOW)


def test_an_erased_guest_is_not_brought_back_by_the_next_run(sessions: Sessions) -> None:
    one = booking("R1")
    two_visits = replace(one, visits=(*one.visits, visit("L1", TODAY + timedelta(days=2), 3)))
    here = world(sessions, two_visits, booking("R2", after=9))
    here.run()
    erase(here, here.stays()[1])  # the second visit of R1
    erased = [stay.erased_at is not None for stay in here.stays()]
    assert erased == [True, True, False]
    assert [row.said is None for row in here.kept()] == [True, False]
    here.pms.bookings[0] = booking("R1", 5, SECOND)
    run = here.run(full=True)
    assert run.counts["unchanged"] == 2
    assert [row.said is None for row in here.kept()] == [True, False]
    assert all(not stay.numbers and stay.guest_name is None for stay in here.stays()[:2])


def test_erasing_takes_a_record_that_was_set_aside_along(sessions: Sessions) -> None:
    here = world(sessions, booking("R1"))
    here.run()
    here.pms.bookings = [SetAside(external_id="R1", reason="odd", raw='{"guest": "Camille"}')]
    here.run(full=True)
    erase(here, here.stays()[0])
    with sessions.read() as session:
        assert session.scalars(select(PmsSetAside)).all() == []


def test_a_guests_export_says_what_the_system_said(sessions: Sessions) -> None:
    here = world(sessions, booking("R1"))
    here.run()
    with sessions.read() as session:
        export = guest_export(session, VAULT, here.stays()[0].public_id)
    assert export["booking"]["reservation"]["contact"]["name"] == "Camille Martin"


def test_what_was_said_goes_thirty_days_after_departure(sessions: Sessions) -> None:
    here = world(sessions, booking("R1", 2), booking("R2", 20, after=1))
    here.run()
    forget_expired(sessions, Retention(), NOW + timedelta(days=34))
    assert [row.external_id for row in here.kept()] == ["R2"]


def test_a_change_of_keys_opens_and_places_everything_as_before(sessions: Sessions) -> None:
    here = world(sessions, booking("R1"))
    here.run()
    old = VAULT._keys[VAULT._primary.id]
    fresh = Vault.from_text(Vault.generate_key())
    both = Vault([fresh._primary, old])
    report = rotate(sessions, both, NOW)
    assert report.broken == []
    with sessions.read() as session:
        said = session.scalars(select(PmsReservation.said)).one()
    assert said is not None
    assert fresh.is_current(said)
    here.sync = replace(here.sync, vault=fresh)
    run = here.run(full=True)
    assert run.counts.get("created", 0) == run.counts.get("changed", 0) == 0
    assert len(here.stays()) == 1
