"""Giving homes a set of rules, several at once; and taking that back while it is young."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.accounts.policies import find_policy
from callassist.accounts.policy_changes import UNDO_FOR, ChangeAction
from callassist.domain.viewer import Viewer
from callassist.errors import Conflict, InvalidInput, NotFound
from callassist.models import Policy, PolicyChange, Property

MOST_AT_ONCE = 1000
_LOOKED_UP = 400  # ids in one query
_ACCOUNTS = 100  # whose homes are given rules in one step


@dataclass(frozen=True, kw_only=True)
class Giving:
    """What was given last, and can be taken back."""

    changes: tuple[PolicyChange, ...]  # one for each account

    @property
    def key(self) -> str:
        """What `take_back` finds it by."""
        return " ".join(change.public_id for change in self.changes)

    @property
    def homes(self) -> frozenset[str]:
        """The public ids of the homes that got other rules."""
        return frozenset(home for change in self.changes for home in _before(change))

    @property
    def name(self) -> str:
        """Of the preset; empty for the service's own rules."""
        return self.changes[0].name

    @property
    def by(self) -> str:
        """Who gave it."""
        return self.changes[0].by


def chosen_homes(session: Session, viewer: Viewer, home_ids: Iterable[str]) -> list[Property]:
    """These homes by name, all of them for somebody who may change them; else it is refused."""
    wanted = list(dict.fromkeys(home_ids))
    if not wanted:
        raise InvalidInput("tick at least one home", "home")
    if len(wanted) > MOST_AT_ONCE:
        raise InvalidInput("at most 1000 homes at once; choose fewer", "home")
    found: list[Property] = []
    for start in range(0, len(wanted), _LOOKED_UP):
        query = select(Property).where(
            Property.account_id.in_(viewer.account_ids),
            Property.public_id.in_(wanted[start : start + _LOOKED_UP]),
        )
        found += session.scalars(query)
    if len(found) != len(wanted):
        raise NotFound("no such home")
    for account_id in {home.account_id for home in found}:
        viewer.require_write(account_id)
    if any(home.archived_at is not None for home in found):
        raise Conflict("one of these homes is archived; restore it first")
    return sorted(found, key=lambda home: (home.name, home.id))


def preset_for(
    session: Session, viewer: Viewer, homes: Sequence[Property], policy: str
) -> Policy | None:
    """The preset by its public id, None for the service's rules; InvalidInput where it fits not."""
    if not policy:
        return None
    try:
        preset = find_policy(session, viewer, policy)
    except NotFound:
        raise InvalidInput("this account has no such policy", "policy") from None
    if any(home.account_id != preset.account_id for home in homes):
        raise InvalidInput(
            "these rules belong to another account than some of the homes; "
            "choose homes of one account",
            "policy",
        )
    return preset


def give_rules(
    session: Session, viewer: Viewer, home_ids: Iterable[str], policy: str, *, now: datetime
) -> int:
    """Give all of these homes a preset ("": the service's rules), or none; how many had others.

    A breach that runs keeps the rules with which it began.
    """
    homes = chosen_homes(session, viewer, home_ids)
    preset = preset_for(session, viewer, homes, policy)
    given = None if preset is None else preset.id
    changed = [home for home in homes if home.policy_id != given]
    names = _preset_names(session, changed)
    for account_id in sorted({home.account_id for home in changed}):
        own = [home for home in changed if home.account_id == account_id]
        session.add(
            PolicyChange(
                account_id=account_id,
                policy_id=given,
                name="" if preset is None else preset.name,
                action=ChangeAction.GIVEN,
                before={"homes": {home.public_id: names[home.policy_id] for home in own}},
                after={"preset": policy},
                by=viewer.name[:255],
                at=now,
            )
        )
    for home in changed:
        home.policy_id = given
    session.flush()
    return len(changed)


def last_giving(session: Session, viewer: Viewer, now: datetime) -> Giving | None:
    """What was given last in the viewer's accounts, while it can be taken back."""
    query = (
        select(PolicyChange)
        .where(
            PolicyChange.account_id.in_(
                [one for one in viewer.account_ids if viewer.can_write(one)]
            ),
            PolicyChange.action == ChangeAction.GIVEN,
            PolicyChange.at >= now - UNDO_FOR,
        )
        .order_by(PolicyChange.at.desc(), PolicyChange.id.desc())
        .limit(_ACCOUNTS)
    )
    found = list(session.scalars(query))
    if not found or found[0].undone_at is not None:
        return None
    newest = (found[0].at, found[0].by, None)
    return Giving(changes=tuple(one for one in found if (one.at, one.by, one.undone_at) == newest))


def take_back(session: Session, viewer: Viewer, key: str, *, now: datetime) -> tuple[int, int]:
    """Give the homes back what they had; how many got it, and how many were changed since.

    Conflict when 10 minutes have passed, or when it was taken back already.
    """
    wanted = key.split()[:_ACCOUNTS]
    changes = list(
        session.scalars(
            select(PolicyChange)
            .where(
                PolicyChange.public_id.in_(wanted),
                PolicyChange.account_id.in_(viewer.account_ids),
                PolicyChange.action == ChangeAction.GIVEN,
            )
            .with_for_update()
        )
    )
    if not wanted or len(changes) != len(set(wanted)):
        raise NotFound("no such change")
    for change in changes:
        viewer.require_write(change.account_id)
        if change.undone_at is not None or now - change.at > UNDO_FOR:
            raise Conflict("this change cannot be undone any more; give the homes other rules")
    counts = [_taken_back(session, change, now) for change in changes]
    session.flush()
    return sum(back for back, _ in counts), sum(left for _, left in counts)


def _taken_back(session: Session, change: PolicyChange, now: datetime) -> tuple[int, int]:
    had = _before(change)
    presets = dict(
        session.execute(
            select(Policy.public_id, Policy.id).where(Policy.account_id == change.account_id)
        ).all()
    )
    given = str((change.after or {}).get("preset", ""))
    is_gone = bool(given) and given not in presets
    back = left = 0
    ids = list(had)
    for start in range(0, len(ids), _LOOKED_UP):
        query = select(Property).where(
            Property.account_id == change.account_id,
            Property.public_id.in_(ids[start : start + _LOOKED_UP]),
        )
        for home in session.scalars(query):
            before = had[home.public_id]
            is_as_given = not is_gone and home.policy_id == presets.get(given)
            if is_as_given and (not before or before in presets):
                home.policy_id = presets.get(before)
                back += 1
            else:
                left += 1
    change.undone_at = now
    return back, left


def _before(change: PolicyChange) -> dict[str, str]:
    """By home the preset that it had; "" for the service's rules."""
    homes = (change.before or {}).get("homes", {})
    assert isinstance(homes, dict)
    return {str(home): str(preset) for home, preset in homes.items()}


def _preset_names(session: Session, homes: Iterable[Property]) -> dict[int | None, str]:
    """Public ids of the presets that homes have."""
    wanted = {home.policy_id for home in homes if home.policy_id is not None}
    names: dict[int | None, str] = {None: ""}
    for row in session.execute(select(Policy.id, Policy.public_id).where(Policy.id.in_(wanted))):
        names[row.id] = row.public_id
    return names
