"""Asking for an account's deletion, and taking that back while it waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.orm import Session

from callassist.accounts.people import find_account
from callassist.accounts.team_changes import TeamAction, note_change
from callassist.domain.deletion import Refusal, Wish, refusal
from callassist.domain.nudge import NudgeKind
from callassist.domain.viewer import Role, Viewer
from callassist.errors import CallAssistError, Conflict, Forbidden, InvalidInput
from callassist.models import Account, AccountDeletion, Desk, Incident, ServiceAgreement
from callassist.storage import nudges

_WAITING = (
    select(AccountDeletion, Account)
    .join(Account, Account.id == AccountDeletion.account_id)
    .where(
        AccountDeletion.account_id.in_(bindparam("accounts", expanding=True)),
        AccountDeletion.undone_at.is_(None),
        AccountDeletion.begun_at.is_(None),
    )
    .order_by(AccountDeletion.due_at, AccountDeletion.id)
)


@dataclass(frozen=True, kw_only=True)
class WaitingDeletion:
    """A deletion in force that an owner can still take back."""

    account: Account
    due_at: datetime
    is_held: bool  # due, but an incident is open
    may_undo: bool


def ask_for_deletion(
    session: Session,
    viewer: Viewer,
    account_public_id: str,
    typed_name: str,
    *,
    now: datetime,
    wait: timedelta,
) -> AccountDeletion:
    """Put one of the viewer's accounts down for deletion after `wait`.

    That the viewer is who they say was proved before. Forbidden for who is no owner, InvalidInput
    for another name, Conflict while an incident is open.
    """
    account = find_account(session, viewer, account_public_id)
    session.execute(select(Account.id).where(Account.id == account.id).with_for_update())
    refused = refusal(
        Wish(
            is_owner=is_owner(viewer, account.id),
            name=account.name,
            typed_name=typed_name,
            has_open_incident=has_open_incident(session, account.id),
            is_asked_already=in_force(session, account.id) is not None,
            serves_others=_serves_others(session, account.id, now),
        )
    )
    if refused is not None:
        raise _in_words(refused)
    asked = AccountDeletion(
        account_id=account.id, asked_by_id=viewer.person_id, asked_at=now, due_at=now + wait
    )
    session.add(asked)
    _note(session, viewer, TeamAction.DELETION_ASKED, account, now)
    return asked


def undo_deletion(
    session: Session, viewer: Viewer, account_public_id: str, *, now: datetime
) -> Account:
    """Keep the account after all; Conflict when nothing waits any more. Twice is fine."""
    account = find_account(session, viewer, account_public_id)
    if not is_owner(viewer, account.id):
        raise Forbidden("only an owner takes the deletion back; ask one")
    undone = session.execute(
        update(AccountDeletion)
        .where(
            AccountDeletion.account_id == account.id,
            AccountDeletion.undone_at.is_(None),
            AccountDeletion.begun_at.is_(None),
        )
        .values(undone_at=now)
        .returning(AccountDeletion.id)
        .execution_options(synchronize_session=False)
    )
    if undone.first() is not None:
        _note(session, viewer, TeamAction.DELETION_UNDONE, account, now)
    return account


def waiting_deletions(session: Session, viewer: Viewer, now: datetime) -> list[WaitingDeletion]:
    """Which of the viewer's accounts wait to be deleted, the next one first."""
    rows = session.execute(_WAITING, {"accounts": list(viewer.account_ids)})
    return [
        WaitingDeletion(
            account=account,
            due_at=asked.due_at,
            is_held=asked.due_at <= now and has_open_incident(session, account.id),
            may_undo=is_owner(viewer, account.id),
        )
        for asked, account in rows
    ]


def in_force(session: Session, account_id: int) -> AccountDeletion | None:
    """The request about an account that was not undone."""
    query = select(AccountDeletion).where(
        AccountDeletion.account_id == account_id, AccountDeletion.undone_at.is_(None)
    )
    return session.scalars(query).first()


def has_open_incident(session: Session, account_id: int) -> bool:
    """Whether anything runs in one of the account's homes, a practice alert included."""
    query = select(Incident.id).where(
        Incident.account_id == account_id, Incident.closed_at.is_(None)
    )
    return session.scalar(query.limit(1)) is not None


def is_owner(viewer: Viewer, account_id: int) -> bool:
    """Whether the viewer owns the account."""
    return Role.OWNER in viewer.account_roles.get(account_id, frozenset())


def _in_words(refused: Refusal) -> CallAssistError:
    match refused:
        case Refusal.NOT_AN_OWNER:
            return Forbidden("only an owner deletes the account; ask one")
        case Refusal.OTHER_NAME:
            return InvalidInput("this is not the account's name; write it as above", "name")
        case Refusal.INCIDENT_OPEN:
            return Conflict(
                "an incident is open and somebody may be on the phone; ask again when it is over"
            )
        case Refusal.ASKED_ALREADY:
            return Conflict("the deletion of this account was asked for already")
        case Refusal.SERVES_OTHERS:
            return Conflict(
                "your desk takes other accounts' calls; ask an administrator to end that first"
            )


def _serves_others(session: Session, account_id: int, now: datetime) -> bool:
    query = (
        select(ServiceAgreement.id)
        .join(Desk, Desk.id == ServiceAgreement.desk_id)
        .where(
            Desk.account_id == account_id,
            ServiceAgreement.account_id != account_id,
            or_(ServiceAgreement.ends_at.is_(None), ServiceAgreement.ends_at > now),
        )
    )
    return session.scalar(query.limit(1)) is not None


def _note(
    session: Session, viewer: Viewer, action: TeamAction, account: Account, now: datetime
) -> None:
    note_change(session, viewer, action, now=now, account_id=account.id)
    # the first page says so at once, wherever it is open
    nudges.tell(session, nudges.Told(kind=NudgeKind.HOME, account_id=account.id))
