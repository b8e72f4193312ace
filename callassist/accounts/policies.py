"""Policies: named presets of rules that an account's homes share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callassist.accounts import checks
from callassist.accounts.policy_changes import ChangeAction, note_change, state_of
from callassist.domain.policy import EscalationPolicy
from callassist.domain.viewer import Viewer
from callassist.errors import Conflict, NotFound
from callassist.models import Account, Policy, Property


def create_policy(
    session: Session,
    viewer: Viewer,
    account: Account,
    name: str,
    rules: Mapping[str, object],
    *,
    now: datetime,
) -> Policy:
    """A new preset; InvalidInput names the rule that is wrong by its dotted path."""
    viewer.require_write(account.id)
    policy = Policy(
        account_id=account.id,
        name=checks.line(name, "name"),
        rules=EscalationPolicy.from_dict(rules).to_dict(),
        created_at=now,
        updated_at=now,
    )
    session.add(policy)
    session.flush()
    note_change(session, viewer, policy, ChangeAction.CREATED, None, now=now)
    return policy


def update_policy(
    session: Session,
    viewer: Viewer,
    public_id: str,
    *,
    now: datetime,
    name: str | None = None,
    rules: Mapping[str, object] | None = None,
) -> Policy:
    """Change a preset for all of its homes; `rules` replaces all rules, running breaches keep."""
    policy = find_policy(session, viewer, public_id)
    viewer.require_write(policy.account_id)
    before = state_of(policy)
    if name is not None:
        policy.name = checks.line(name, "name")
    if rules is not None:
        policy.rules = EscalationPolicy.from_dict(rules).to_dict()
    policy.updated_at = now
    session.flush()
    if state_of(policy) != before:
        note_change(session, viewer, policy, ChangeAction.CHANGED, before, now=now)
    return policy


def remove_policy(session: Session, viewer: Viewer, public_id: str, *, now: datetime) -> None:
    """Remove a preset that no home uses; Conflict says how many do."""
    policy = find_policy(session, viewer, public_id)
    viewer.require_write(policy.account_id)
    used_by = homes_using(session, policy)
    if used_by:
        raise Conflict(f"homes that use this policy: {used_by}; give them another one first")
    note_change(session, viewer, policy, ChangeAction.REMOVED, state_of(policy), now=now)
    session.delete(policy)
    session.flush()


def find_policy(session: Session, viewer: Viewer, public_id: str) -> Policy:
    """A preset of one of the viewer's accounts; NotFound for anything else."""
    policy = session.scalars(select(Policy).where(Policy.public_id == public_id)).first()
    if policy is None or not (viewer.is_admin or policy.account_id in viewer.account_ids):
        raise NotFound("no such policy")
    return policy


def policies(session: Session, viewer: Viewer, account_id: int | None = None) -> list[Policy]:
    """The presets of the viewer's accounts, or of one of them, by name."""
    query = select(Policy).order_by(Policy.name, Policy.id)
    if not viewer.is_admin:
        query = query.where(Policy.account_id.in_(viewer.account_ids))
    if account_id is not None:
        query = query.where(Policy.account_id == account_id)
    return list(session.scalars(query))


def homes_using(session: Session, policy: Policy) -> int:
    """How many homes a change of this preset would reach."""
    query = select(func.count()).where(Property.policy_id == policy.id)
    return session.scalar(query) or 0
