"""Erasing a person: who they were, how they came in, where they were told things."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import Session

from callassist.accounts.team_changes import TeamAction, note_change
from callassist.domain.call_task import TaskState
from callassist.domain.deletion import Tie, is_the_same, tie
from callassist.domain.nudge import NudgeKind
from callassist.domain.viewer import Role, Viewer
from callassist.errors import CallAssistError, Conflict, InvalidInput
from callassist.models import (
    Account,
    CallTask,
    DutySpan,
    Invitation,
    NeedsYou,
    Notification,
    NotificationChannel,
    Operator,
    Person,
    PhoneRing,
    PolicyChange,
    RecoveryCode,
    RoleBinding,
    SecondFactor,
    Shift,
    ShiftSwap,
    SignInLink,
    SignInSession,
)
from callassist.storage import nudges
from callassist.storage.vault import Vault

_REMOVED = "removed"  # as of a channel that its owner took away
_IN_HAND = (TaskState.OFFERED, TaskState.ASSIGNED, TaskState.WRAPPING_UP)


def leave_for_good(
    session: Session, vault: Vault, viewer: Viewer, typed_email: str, *, now: datetime
) -> None:
    """Erase who asks, everywhere; that it is them was proved before.

    InvalidInput for another address than theirs; Conflict for the last owner of an account, the
    last administrator, and for an operator who has a call in hand.
    """
    person = session.get_one(Person, viewer.person_id)
    if not is_the_same(typed_email, person.email):
        raise InvalidInput("this is not your address; write it as above", "email")
    _lock_owned(session, viewer)
    held = tie(
        last_owner=_is_last_owner(session, viewer),
        last_administrator=viewer.is_admin and _administrators(session) < 2,
        call_in_hand=_has_call(session, viewer),
    )
    if held is not None:
        raise _in_words(held)
    places: list[int | None] = [*sorted(viewer.account_ids)]
    for account_id in places or [None]:
        note_change(session, viewer, TeamAction.LEFT, now=now, account_id=account_id)
    erase_person(session, vault, person, now=now)


def erase_person(session: Session, vault: Vault, person: Person, *, now: datetime) -> None:
    """Empty the row and drop what hangs on it; what they did stays, by somebody who is gone.

    Operators keep the desk name under which reports speak of them. Twice is fine.
    """
    if person.erased_at is not None:
        return
    _forget_words(session, person)
    close_sign_in(session, person)
    for table in (SignInLink, SecondFactor, RecoveryCode, RoleBinding, DutySpan):
        session.execute(delete(table).where(table.person_id == person.id))
    session.execute(delete(Invitation).where(Invitation.email == person.email))
    forget_channels(session, vault, NotificationChannel.person_id == person.id, now)
    _forget_rings(session, person)
    _leave_desks(session, person, now)
    person.email = f"{person.public_id}@erased.invalid"
    person.name, person.password, person.firm_subject = "", None, None
    person.active, person.erased_at, person.confirmed_at = False, now, None
    person.language = person.timezone = person.quiet_from = person.quiet_until = None
    session.flush()
    session.expire(person, ["bindings"])


def close_sign_in(session: Session, person: Person) -> None:
    """Sign the person out everywhere, at once, and forget where that was."""
    session.execute(delete(SignInSession).where(SignInSession.person_id == person.id))
    person.fs_uniquifier = secrets.token_hex(32)
    nudges.tell(session, nudges.Told(kind=NudgeKind.ACCESS, person_id=person.id))


def forget_channels(
    session: Session, vault: Vault, which: ColumnElement[bool], now: datetime
) -> None:
    """Tell nothing there any more and forget the addresses; the delivery log keeps its lines."""
    session.execute(
        update(NotificationChannel)
        .where(which)
        .values(
            address=vault.seal(""),
            address_mask=_REMOVED,
            label=None,
            disabled_at=now,
            disabled_reason=_REMOVED,
        )
        .execution_options(synchronize_session=False)
    )


def _forget_words(session: Session, person: Person) -> None:
    """Where a name was written down as text, in accounts in which they have a role."""
    places = [one.account_id for one in person.bindings if one.account_id is not None]
    names = [person.name, person.email] if person.name else [person.email]
    for table, column in ((PolicyChange, "by"), (NeedsYou, "acknowledged_by")):
        session.execute(
            update(table)
            .where(table.account_id.in_(places), getattr(table, column).in_(names))
            .values({column: ""})
            .execution_options(synchronize_session=False)
        )


def _forget_rings(session: Session, person: Person) -> None:
    """The number of their phone where it rang; that it rang stays."""
    theirs = (
        select(Notification.id)
        .join(NotificationChannel, NotificationChannel.id == Notification.channel_id)
        .where(NotificationChannel.person_id == person.id)
    )
    operators = select(Operator.id).where(Operator.person_id == person.id)
    rung = or_(PhoneRing.notification_id.in_(theirs), PhoneRing.operator_id.in_(operators))
    session.execute(
        update(PhoneRing)
        .where(rung)
        .values(number=None)
        .execution_options(synchronize_session=False)
    )


def _leave_desks(session: Session, person: Person, now: datetime) -> None:
    for operator in session.scalars(select(Operator).where(Operator.person_id == person.id)):
        operator.active, operator.name, operator.phone = False, operator.desk_name, None
        session.execute(delete(Shift).where(Shift.operator_id == operator.id, Shift.ends_at > now))
        swaps = or_(ShiftSwap.asker_id == operator.id, ShiftSwap.colleague_id == operator.id)
        session.execute(update(ShiftSwap).where(swaps).values(reason="", answer=None))


def _lock_owned(session: Session, viewer: Viewer) -> None:
    """Of two owners who leave at once one stays."""
    owned = select(Account.id).where(Account.id.in_(viewer.account_ids)).order_by(Account.id)
    session.execute(owned.with_for_update())


def _is_last_owner(session: Session, viewer: Viewer) -> bool:
    mine = [place for place, roles in viewer.account_roles.items() if Role.OWNER in roles]
    others = select(RoleBinding.account_id).where(
        RoleBinding.account_id.in_(mine),
        RoleBinding.role == str(Role.OWNER),
        RoleBinding.person_id != viewer.person_id,
    )
    return bool(set(mine) - set(session.scalars(others)))


def _administrators(session: Session) -> int:
    query = (
        select(func.count(func.distinct(Person.id)))
        .join(RoleBinding, RoleBinding.person_id == Person.id)
        .where(RoleBinding.role == str(Role.ADMIN), Person.active.is_(True))
    )
    return session.scalar(query) or 0


def _has_call(session: Session, viewer: Viewer) -> bool:
    query = select(CallTask.id).where(
        CallTask.operator_id.in_(viewer.operator_ids),
        CallTask.state.in_([str(one) for one in _IN_HAND]),
    )
    return session.scalar(query.limit(1)) is not None


def _in_words(held: Tie) -> CallAssistError:
    match held:
        case Tie.LAST_OWNER:
            return Conflict(
                "you are the last owner of an account; name another owner, or delete the account"
            )
        case Tie.LAST_ADMINISTRATOR:
            return Conflict("you are the last administrator; name another one first")
        case Tie.CALL_IN_HAND:
            return Conflict("you have a call in hand; finish it first")
