"""Who changed a preset, from what to what; and taking the last change back."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.domain.viewer import Viewer
from callassist.errors import Conflict, NotFound
from callassist.models import Policy, PolicyChange

UNDO_FOR = timedelta(minutes=10)
_SHOWN = 20


class ChangeAction(StrEnum):
    """What was done to a preset, or with it."""

    CREATED = "created"
    CHANGED = "changed"
    UNDONE = "undone"
    REMOVED = "removed"
    GIVEN = "given"  # to homes (giving_rules)


def state_of(policy: Policy) -> dict[str, Any]:
    """What a change is compared by."""
    return {"name": policy.name, "rules": dict(policy.rules)}


def note_change(
    session: Session,
    viewer: Viewer,
    policy: Policy,
    action: ChangeAction,
    before: dict[str, Any] | None,
    *,
    now: datetime,
) -> PolicyChange:
    """Write down who did what, in the transaction in which it was done."""
    change = PolicyChange(
        account_id=policy.account_id,
        policy_id=None if action is ChangeAction.REMOVED else policy.id,
        name=policy.name,
        action=action,
        before=before,
        after=None if action is ChangeAction.REMOVED else state_of(policy),
        by=viewer.name[:255],
        at=now,
    )
    session.add(change)
    session.flush()
    return change


def changes_of(session: Session, viewer: Viewer, policy: Policy) -> list[PolicyChange]:
    """What was done lately to a preset of the viewer's accounts and with it, newest first."""
    query = (
        select(PolicyChange)
        .where(PolicyChange.policy_id == policy.id, PolicyChange.account_id.in_(viewer.account_ids))
        .order_by(PolicyChange.id.desc())
        .limit(_SHOWN)
    )
    return list(session.scalars(query))


def can_undo(change: PolicyChange, policy: Policy, now: datetime) -> bool:
    """Whether it is young enough, and nothing was changed after it."""
    return (
        change.action == ChangeAction.CHANGED
        and change.undone_at is None
        and now - change.at <= UNDO_FOR
        and change.after == state_of(policy)
    )


def undo_change(
    session: Session, viewer: Viewer, policy: Policy, public_id: str, *, now: datetime
) -> None:
    """Put a preset back to what it was before this change.

    Conflict when 10 minutes have passed, or when it was changed again since; running breaches keep
    the rules with which they began.
    """
    viewer.require_write(policy.account_id)
    query = select(PolicyChange).where(
        PolicyChange.public_id == public_id, PolicyChange.policy_id == policy.id
    )
    change = session.scalars(query).first()
    if change is None or change.before is None:
        raise NotFound("no such change")
    if not can_undo(change, policy, now):
        raise Conflict("this change cannot be undone any more; change the rules again instead")
    before = state_of(policy)
    policy.name, policy.rules = change.before["name"], change.before["rules"]
    policy.updated_at = change.undone_at = now
    note_change(session, viewer, policy, ChangeAction.UNDONE, before, now=now)
