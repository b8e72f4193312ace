"""Asking somebody to join: a link by mail, pending until accepted, revoked or too old."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session

from callassist.accounts import checks
from callassist.accounts.people import DESK_ROLES, add_person
from callassist.accounts.team import TEAM_ROLES, require_may_give
from callassist.accounts.team_changes import TeamAction, note_change
from callassist.domain.viewer import Role, Viewer
from callassist.errors import Conflict, Forbidden, InvalidInput, NotFound
from callassist.models import Account, Desk, Invitation, Person, RoleBinding

VALID_FOR = timedelta(days=7)
_NOT_AGAIN_BEFORE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class InvitationInput:
    """Who is asked to do what, as typed."""

    email: str
    role: str
    name: str = ""
    desk_name: str = ""
    language: str = "en"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """An invitation and its token, which goes into the mail and is kept nowhere."""

    invitation: Invitation
    token: str


@dataclass(frozen=True, kw_only=True)
class OpenInvitation:
    """What the invited person is shown."""

    invitation: Invitation
    place: str  # name of the account or desk; empty for an administrator
    invited_by: str
    person: Person | None  # who has this address already


def invite(
    session: Session,
    viewer: Viewer,
    typed: InvitationInput,
    *,
    now: datetime,
    noted_at: datetime,
    account: Account | None = None,
    desk: Desk | None = None,
    is_given: bool = False,
) -> Asked:
    """Ask somebody to join an account's team or a desk; `now` is real time.

    InvalidInput when they have the role, or were asked before and may still accept. With
    `is_given` they have it already, by the same hand; asking them twice sends another link.
    """
    role = _role(viewer, typed.role, account, desk)
    email = checks.email(typed.email)
    if not is_given and _has_role(session, email, role, account, desk):
        raise InvalidInput("this person has this role already", "email")
    same = select(Invitation).where(
        Invitation.email == email, Invitation.role == str(role), _place(account, desk), _open(now)
    )
    before = session.scalars(same).first()
    if before is not None and is_given:
        before.revoked_at = now
    elif before is not None:
        raise InvalidInput("this person was invited already; send the invitation again", "email")
    token = secrets.token_urlsafe(32)
    row = Invitation(
        email=email,
        name=checks.line(typed.name, "name", required=False),
        role=str(role),
        account_id=None if account is None else account.id,
        desk_id=None if desk is None else desk.id,
        desk_name=checks.line(typed.desk_name, "desk_name", 64, required=False),
        language=checks.languages([typed.language], "language")[0],
        invited_by_id=viewer.person_id,
        token_hash=_hash(token),
        created_at=now,
        mailed_at=now,
        expires_at=now + VALID_FOR,
    )
    session.add(row)
    session.flush()
    _note(session, viewer, TeamAction.INVITED, row, noted_at)
    return Asked(invitation=row, token=token)


def send_again(
    session: Session, viewer: Viewer, public_id: str, *, now: datetime, noted_at: datetime
) -> Asked:
    """A new link with new days to accept; the one before works no more."""
    row = _find(session, viewer, public_id)
    if now - row.mailed_at < _NOT_AGAIN_BEFORE:
        raise Conflict("this was sent a moment ago; wait a minute")
    token = secrets.token_urlsafe(32)
    row.token_hash, row.mailed_at, row.expires_at = _hash(token), now, now + VALID_FOR
    session.flush()
    _note(session, viewer, TeamAction.INVITED_AGAIN, row, noted_at)
    return Asked(invitation=row, token=token)


def revoke(
    session: Session, viewer: Viewer, public_id: str, *, now: datetime, noted_at: datetime
) -> None:
    """The link works no more."""
    row = _find(session, viewer, public_id)
    row.revoked_at = now
    session.flush()
    _note(session, viewer, TeamAction.INVITATION_REVOKED, row, noted_at)


def look_at(session: Session, token: str, now: datetime) -> OpenInvitation | None:
    """What a link offers; None when it is unknown, accepted, revoked or too old."""
    row = session.scalars(
        select(Invitation).where(Invitation.token_hash == _hash(token), _open(now))
    ).first()
    if row is None:
        return None
    by = None if row.invited_by_id is None else session.get(Person, row.invited_by_id)
    return OpenInvitation(
        invitation=row,
        place=place_name(session, row),
        invited_by="" if by is None else by.name or by.email,
        person=session.scalars(select(Person).where(Person.email == row.email)).first(),
    )


def place_name(session: Session, row: Invitation) -> str:
    """The account or desk that somebody is asked to join; empty for an administrator."""
    if row.account_id is not None:
        return session.get_one(Account, row.account_id).name
    return "" if row.desk_id is None else session.get_one(Desk, row.desk_id).name


def accept(
    session: Session, token: str, *, name: str, now: datetime, noted_at: datetime
) -> Person | None:
    """Give the invited person the role; None when the link is no longer good.

    Of two who accept at once one does. The role is given as it was asked for, to that address.
    """
    taken = session.execute(
        update(Invitation)
        .where(Invitation.token_hash == _hash(token), _open(now))
        .values(accepted_at=now)
        .returning(Invitation.id)
        .execution_options(synchronize_session=False)
    ).first()
    if taken is None:
        return None
    row = session.get_one(Invitation, taken.id, populate_existing=True)
    account = None if row.account_id is None else session.get_one(Account, row.account_id)
    desk = None if row.desk_id is None else session.get_one(Desk, row.desk_id)
    if _has_role(session, row.email, Role(row.role), account, desk):
        person = session.scalars(select(Person).where(Person.email == row.email)).one()
    else:
        person = add_person(
            session,
            row.email,
            Role(row.role),
            now=noted_at,
            account=account,
            desk=desk,
            name=name or row.name,
            desk_name=row.desk_name,
            languages=_languages(session, row),
        )
    if not person.name:
        person.name = checks.line(name or row.name, "name", required=False)
    if person.confirmed_at is None:
        person.confirmed_at = now
    session.flush()
    themselves = Viewer(name=person.name, person_id=person.id)
    _note(session, themselves, TeamAction.JOINED, row, noted_at, person.id)
    return person


def _role(viewer: Viewer, typed: str, account: Account | None, desk: Desk | None) -> Role:
    try:
        role = Role(typed)
    except ValueError:
        raise InvalidInput("use owner, manager or viewer", "role") from None
    if role in TEAM_ROLES:
        if account is None:
            raise InvalidInput("say which account", "account")
        require_may_give(viewer, account.id, role)
    elif role in DESK_ROLES:
        if desk is None:
            raise InvalidInput("say at which desk, or in which account", "desk")
        viewer.require_run_desk(desk.id, desk.account_id)
    elif role is not Role.ADMIN or not viewer.is_admin:
        raise Forbidden("only an administrator names another")
    return role


def _has_role(
    session: Session, email: str, role: Role, account: Account | None, desk: Desk | None
) -> bool:
    query = (
        select(RoleBinding.id)
        .join(Person, Person.id == RoleBinding.person_id)
        .where(
            Person.email == email,
            RoleBinding.role == str(role),
            RoleBinding.account_id.is_not_distinct_from(None if account is None else account.id),
            RoleBinding.desk_id.is_not_distinct_from(None if desk is None else desk.id),
        )
    )
    return session.scalar(query) is not None


def _find(session: Session, viewer: Viewer, public_id: str) -> Invitation:
    waits = and_(Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
    query = select(Invitation).where(Invitation.public_id == public_id, waits)
    row = session.scalars(query).first()
    if row is None or not _may_see(session, viewer, row):
        raise NotFound("no such invitation")
    if row.account_id is not None:
        require_may_give(viewer, row.account_id, Role(row.role))
    return row


def _may_see(session: Session, viewer: Viewer, row: Invitation) -> bool:
    if viewer.is_admin or row.account_id in viewer.account_ids:
        return True
    desk = None if row.desk_id is None else session.get(Desk, row.desk_id)
    return desk is not None and viewer.runs_desk(desk.id, desk.account_id)


def _open(now: datetime) -> ColumnElement[bool]:
    return and_(
        Invitation.accepted_at.is_(None),
        Invitation.revoked_at.is_(None),
        Invitation.expires_at > now,
    )


def _place(account: Account | None, desk: Desk | None) -> ColumnElement[bool]:
    return and_(
        Invitation.account_id.is_not_distinct_from(None if account is None else account.id),
        Invitation.desk_id.is_not_distinct_from(None if desk is None else desk.id),
    )


def _languages(session: Session, row: Invitation) -> Sequence[str]:
    """Operators speak the desk's languages until somebody says otherwise; theirs comes first."""
    if row.desk_id is None:
        return [row.language]
    return list(dict.fromkeys([row.language, *session.get_one(Desk, row.desk_id).languages]))


def _note(
    session: Session,
    viewer: Viewer,
    action: TeamAction,
    row: Invitation,
    at: datetime,
    person_id: int | None = None,
) -> None:
    note_change(
        session,
        viewer,
        action,
        now=at,
        account_id=row.account_id,
        desk_id=row.desk_id,
        person_id=person_id,
        role=row.role,
        to=masked(row.email),
    )


def masked(email: str) -> str:
    """Enough of an address to recognise it."""
    name, _, host = email.rpartition("@")
    return f"{name[:1]}•••@{host}"[:255]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
