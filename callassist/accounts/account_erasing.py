"""Carrying out the deletion of accounts: housekeeping, in short transactions that may be cut off.

What is over stays over: each step looks for what is left and takes some of it away, so a crash in
the middle is carried on at the next tick, and two workers do nothing twice. Incidents and their
logs stay, without a name, a number or a note: they are one hash chain each.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.accounts.account_closing import close_account
from callassist.accounts.account_deletion import has_open_incident
from callassist.accounts.account_leftovers import LEFTOVERS, empty_account
from callassist.accounts.erasure_journal import Departed, ErasureJournal
from callassist.accounts.guest_data import ErasureNote, guest_erase
from callassist.accounts.recordings import drop_sounds, is_at_the_network
from callassist.domain.deletion import Move, Standing, next_move
from callassist.models import Account, AccountDeletion, Incident, Stay
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault

GUESTS_AT_ONCE = 100


def delete_due_accounts(
    sessions: Sessions,
    vault: Vault,
    now: datetime,
    journal: ErasureJournal,
    *,
    most_batches: int = 1000,
) -> int:
    """Carry out what is due; how many accounts were done with in this run.

    `journal` keeps erasures outside the database before they are made, so that no backup brings
    the guests back. One whose home has an open incident waits for its end.
    """
    with sessions.read() as session:
        in_force = select(AccountDeletion.id).where(
            AccountDeletion.undone_at.is_(None),
            AccountDeletion.done_at.is_(None),
            AccountDeletion.due_at <= now,
        )
        ids = list(session.scalars(in_force.order_by(AccountDeletion.id)))
    return sum(
        _carry_out(sessions, vault, deletion_id, now, journal, most_batches) for deletion_id in ids
    )


def _carry_out(
    sessions: Sessions,
    vault: Vault,
    deletion_id: int,
    now: datetime,
    journal: ErasureJournal,
    most_batches: int,
) -> bool:
    with sessions.write() as session:
        account_id = _begin(session, vault, deletion_id, now)
        account = None if account_id is None else session.get_one(Account, account_id)
    if account is None:
        return False
    # again in each run: the one that closed the account may have died before this line
    journal.departed(Departed.ACCOUNT, account.public_id, now)
    if not _erase_guests(sessions, account.id, now, journal, most_batches):
        return False
    for step in LEFTOVERS:
        for _ in range(most_batches):
            with sessions.write() as session:
                _lock(session, deletion_id)
                gone = step(session, account.id)
            if gone == 0:
                break
        else:
            return False  # the next run goes on
    with sessions.write() as session:
        return _finish(session, deletion_id, now)


def _begin(session: Session, vault: Vault, deletion_id: int, now: datetime) -> int | None:
    """Close the account when it is time; its id, None while it is not."""
    asked = _lock(session, deletion_id)
    account = session.get_one(Account, asked.account_id, with_for_update=True)
    standing = Standing(
        due_at=asked.due_at,
        undone_at=asked.undone_at,
        begun_at=asked.begun_at,
        done_at=asked.done_at,
    )
    move = next_move(standing, has_open_incident=has_open_incident(session, account.id), now=now)
    if move is Move.BEGIN:
        asked.begun_at = now
        close_account(session, vault, account, now)
        drop_sounds(session, select(Incident.id).where(Incident.account_id == account.id), now)
        account.records_calls_since = None
    return account.id if move in (Move.BEGIN, Move.GO_ON) else None


def _erase_guests(
    sessions: Sessions, account_id: int, now: datetime, journal: ErasureJournal, most_batches: int
) -> bool:
    """False when some are left for the next run."""
    left = select(Stay.public_id).where(Stay.account_id == account_id, Stay.erased_at.is_(None))
    for _ in range(most_batches):
        with sessions.read() as session:
            guests = list(session.scalars(left.order_by(Stay.id).limit(GUESTS_AT_ONCE)))
        if not guests:
            return True
        journal.guests([ErasureNote(guest, now) for guest in guests])
        with sessions.write() as session:
            session.execute(select(Account.id).where(Account.id == account_id).with_for_update())
            for guest in guests:
                guest_erase(session, guest, now=now)
    return False


def _finish(session: Session, deletion_id: int, now: datetime) -> bool:
    """What is small goes at the end, together with the word that it is done."""
    asked = _lock(session, deletion_id)
    if asked.done_at is not None or has_open_incident(session, asked.account_id):
        return False
    if is_at_the_network(session, asked.account_id):
        return False  # its own network's token is still needed to have them deleted there
    empty_account(session, asked.account_id)
    asked.done_at = now
    return True


def _lock(session: Session, deletion_id: int) -> AccountDeletion:
    """The request, afresh; nobody else works on it until the end of the transaction."""
    return session.get_one(
        AccountDeletion, deletion_id, with_for_update=True, populate_existing=True
    )
