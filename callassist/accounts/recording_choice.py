"""Whether an account's calls are recorded: off until an owner says so, with a dated record."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.accounts.account_deletion import is_owner
from callassist.accounts.team_changes import TeamAction, note_change
from callassist.domain.viewer import Viewer
from callassist.errors import Forbidden, InvalidInput
from callassist.models import Account, Person, TeamChange


def choose_recording(
    session: Session, viewer: Viewer, account: Account, *, on: bool, confirmed: bool, now: datetime
) -> bool:
    """Switch it; False when it was so already. Forbidden for whoever is not an owner.

    `confirmed`: the owner said that they have a reason for it and have told their guests; without
    it nothing is switched on.
    """
    if not is_owner(viewer, account.id):
        raise Forbidden("only an owner of the account decides about recordings; ask one")
    if on == (account.records_calls_since is not None):
        return False
    if on and not confirmed:
        raise InvalidInput("tick this first: without it calls are not recorded", "confirmed")
    account.records_calls_since = now if on else None
    action = TeamAction.RECORDING_ON if on else TeamAction.RECORDING_OFF
    note_change(session, viewer, action, now=now, account_id=account.id)
    return True


def who_switched_on(session: Session, account: Account) -> str | None:
    """Who said so last; None when they are gone."""
    return session.scalar(
        select(Person.name)
        .join(TeamChange, TeamChange.by_person_id == Person.id)
        .where(
            TeamChange.account_id == account.id, TeamChange.action == str(TeamAction.RECORDING_ON)
        )
        .order_by(TeamChange.id.desc())
        .limit(1)
    )
