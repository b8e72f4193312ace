"""Who changed what about people: written with the change, read by those who may see the team."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from callassist.domain.viewer import Viewer
from callassist.errors import NotFound
from callassist.models import Account, Person, TeamChange

PAGE = 50


class TeamAction(StrEnum):
    """What was done."""

    INVITED = "invited"
    INVITED_AGAIN = "invited_again"
    INVITATION_REVOKED = "invitation_revoked"
    JOINED = "joined"
    TAKES_CALLS = "takes_calls"  # at a desk that they run
    ROLE_CHANGED = "role_changed"
    REMOVED = "removed"
    SECOND_FACTOR_ON = "second_factor_on"
    SECOND_FACTOR_OFF = "second_factor_off"
    FIRM_GAVE = "firm_gave"
    FIRM_TOOK = "firm_took"
    TOKEN_MADE = "token_made"  # noqa: S105 the name of an action
    TOKEN_REVOKED = "token_revoked"  # noqa: S105 the name of an action
    DATA_TAKEN = "data_taken"
    DELETION_ASKED = "deletion_asked"
    DELETION_UNDONE = "deletion_undone"
    LEFT = "left"  # for good, by themselves
    OWN_NETWORK_ADDED = "own_network_added"
    OWN_NETWORK_CHANGED = "own_network_changed"
    OWN_NETWORK_REMOVED = "own_network_removed"
    RECORDING_ON = "recording_on"
    RECORDING_OFF = "recording_off"
    RECORDING_HEARD = "recording_heard"
    RECORDING_DELETED = "recording_deleted"


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change with today's names; `who` and `whom` are None when the person is gone."""

    id: int
    at: datetime
    action: TeamAction
    who: str | None
    whom: str | None
    data: Mapping[str, str]


def note_change(
    session: Session,
    viewer: Viewer,
    action: TeamAction,
    *,
    now: datetime,
    account_id: int | None = None,
    desk_id: int | None = None,
    person_id: int | None = None,
    **data: str,
) -> None:
    """Write down what `viewer` did, in the transaction that does it; `data` has no names."""
    session.add(
        TeamChange(
            account_id=account_id,
            desk_id=desk_id,
            by_person_id=viewer.person_id,
            by="" if viewer.person_id is not None else viewer.name[:255],
            action=str(action),
            person_id=person_id,
            data=data,
            at=now,
        )
    )
    session.flush()


def changes(
    session: Session, viewer: Viewer, account: Account, *, before: int | None = None
) -> list[Change]:
    """Changes of one of the viewer's accounts, newest first, at most `PAGE` and one more."""
    if not (viewer.is_admin or account.id in viewer.account_ids):
        raise NotFound("no such account")
    who, whom = aliased(Person), aliased(Person)
    query = (
        select(TeamChange, who, whom)
        .outerjoin(who, who.id == TeamChange.by_person_id)
        .outerjoin(whom, whom.id == TeamChange.person_id)
        .where(TeamChange.account_id == account.id)
        .order_by(TeamChange.id.desc())
        .limit(PAGE + 1)
    )
    if before is not None:
        query = query.where(TeamChange.id < before)
    return [
        Change(
            id=row.id,
            at=row.at,
            action=TeamAction(row.action),
            who=_name(by) or row.by or None,
            whom=_name(of),
            data=row.data,
        )
        for row, by, of in session.execute(query)
    ]


def _name(person: Person | None) -> str | None:
    if person is None or person.erased_at is not None:
        return None
    return person.name or person.email
