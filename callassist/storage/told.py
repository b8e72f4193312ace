"""What somebody's open pages are told of a change: a kind and a public id, no more."""

from __future__ import annotations

from dataclasses import dataclass

from callassist.domain.nudge import NudgeKind


@dataclass(frozen=True, kw_only=True)
class Told:
    """One nudge before it is a row; it has at least one of the three places."""

    kind: NudgeKind
    public_id: str = ""
    account_id: int | None = None
    desk_id: int | None = None
    person_id: int | None = None
