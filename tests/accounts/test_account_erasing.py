"""Carrying a deletion out: what goes, what stays, a crash in the middle, twice is once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from callassist import incident_log
from callassist.accounts import account_erasing
from callassist.accounts.account_deletion import undo_deletion
from callassist.accounts.account_erasing import delete_due_accounts
from callassist.accounts.account_leftovers import LEFTOVERS
from callassist.accounts.departures import reapply_departures
from callassist.accounts.erasure_journal import (
    Departed,
    Departure,
    noted_departures,
    noted_erasures,
)
from callassist.accounts.tokens import viewer_for_token
from callassist.models import (
    Account,
    Erasure,
    Incident,
)
from tests.accounts.departing import DUE, WEEK, assert_gone, count, journal, place
from tests.accounts.scenes import NOW, VAULT

__all__ = ["journal", "place"]


def test_nothing_happens_before_it_is_due_or_when_it_was_undone(sessions, place, journal):
    early = DUE - timedelta(seconds=1)
    assert delete_due_accounts(sessions, VAULT, early, journal) == 0
    with sessions.write() as session:
        undo_deletion(session, place.owner, place.account.public_id, now=early)
    assert delete_due_accounts(sessions, VAULT, DUE + WEEK, journal) == 0
    with sessions.read() as session:
        assert session.get_one(Account, place.account.id).name == "Canal Homes"
        assert count(session, Erasure) == 0
    assert not journal.path.exists()


def test_when_it_is_due_everything_goes_and_the_logs_stay_true(sessions, place, journal):
    assert delete_due_accounts(sessions, VAULT, DUE, journal) == 1
    assert_gone(sessions, place)
    with sessions.read() as session:
        guests = {one.stay_public_id for one in session.scalars(select(Erasure))}
        actions = [one.action for one in incident_log.entries(session, 1)]
    assert {note.stay_public_id for note in noted_erasures(journal.path)} == guests
    assert actions == ["incident_opened", "guest_erased"]


def test_twice_is_once(sessions, place, journal):
    assert delete_due_accounts(sessions, VAULT, DUE, journal) == 1
    written = journal.path.read_text()
    assert delete_due_accounts(sessions, VAULT, DUE + WEEK, journal) == 0
    assert journal.path.read_text() == written
    with sessions.read() as session:
        assert len(incident_log.entries(session, 1)) == 2
    assert_gone(sessions, place)


class Crash(Exception):
    """The machine went away."""


@pytest.mark.parametrize("step", range(len(LEFTOVERS)))
def test_a_crash_in_any_step_is_carried_on_at_the_next_tick(
    sessions, place, journal, monkeypatch, step
):
    before = LEFTOVERS

    def crashes(session, account_id):
        before[step](session, account_id)
        raise Crash  # the transaction is rolled back with it

    broken = (*before[:step], crashes, *before[step + 1 :])
    monkeypatch.setattr(account_erasing, "LEFTOVERS", broken)
    with pytest.raises(Crash):
        delete_due_accounts(sessions, VAULT, DUE, journal)
    with sessions.read() as session:  # from the first step on nobody is in it
        assert session.get_one(Account, place.account.id).deleted_at == DUE
        assert viewer_for_token(session, place.token, NOW) is None
    monkeypatch.setattr(account_erasing, "LEFTOVERS", before)
    assert delete_due_accounts(sessions, VAULT, DUE + timedelta(minutes=1), journal) == 1
    assert_gone(sessions, place)


def test_a_crash_between_the_journal_and_the_erasure_erases_next_time(
    sessions, place, journal, monkeypatch
):
    def crashes(*_args, **_named):
        raise Crash

    monkeypatch.setattr(account_erasing, "guest_erase", crashes)
    with pytest.raises(Crash):
        delete_due_accounts(sessions, VAULT, DUE, journal)
    assert len(noted_erasures(journal.path)) == 3
    monkeypatch.undo()
    assert delete_due_accounts(sessions, VAULT, DUE, journal) == 1
    assert_gone(sessions, place)


def test_a_run_that_may_do_little_goes_on_in_the_next_one(sessions, place, journal, monkeypatch):
    monkeypatch.setattr(account_erasing, "GUESTS_AT_ONCE", 1)
    runs = 0
    while delete_due_accounts(sessions, VAULT, DUE, journal, most_batches=1) == 0:
        runs += 1
        assert runs < 20
    assert runs > 1
    assert_gone(sessions, place)


def test_an_open_incident_is_carried_to_its_end_first(sessions, place, journal):
    with sessions.write() as session:
        one = select(func.min(Incident.id)).scalar_subquery()
        session.execute(
            update(Incident).where(Incident.id == one).values(closed_at=None, state="calling_guest")
        )
    assert delete_due_accounts(sessions, VAULT, DUE, journal) == 0
    with sessions.read() as session:
        assert session.get_one(Account, place.account.id).deleted_at is None
        assert viewer_for_token(session, place.token, NOW) is not None
    with sessions.write() as session:
        session.execute(update(Incident).values(closed_at=DUE, state="closed"))
    assert delete_due_accounts(sessions, VAULT, DUE, journal) == 1
    assert_gone(sessions, place)


def test_an_older_backup_does_not_bring_the_account_back(sessions, place, journal):
    gone = [
        Departure(kind=Departed.ACCOUNT, public_id=place.account.public_id, erased_at=NOW),
        Departure(kind=Departed.ACCOUNT, public_id="made-after-the-backup", erased_at=NOW),
    ]
    with sessions.write() as session:  # the backup knows the account as it was
        undo_deletion(session, place.owner, place.account.public_id, now=NOW)
    with sessions.write() as session:
        assert reapply_departures(session, VAULT, gone, now=DUE) == 1
        assert reapply_departures(session, VAULT, gone, now=DUE) == 1  # still there, still due
    assert delete_due_accounts(sessions, VAULT, DUE, journal) == 1
    with sessions.write() as session:
        assert reapply_departures(session, VAULT, gone, now=DUE) == 0
        assert session.get_one(Account, place.account.id).deleted_at == DUE
    assert noted_departures(journal.path)[0].public_id == place.account.public_id
