"""From computed breaches to what is told: keys that stay, and one effect for each difference."""

from __future__ import annotations

from collections.abc import Sequence

from callassist.domain.noise.components import Component
from callassist.domain.noise.effects import (
    BreachBegan,
    BreachEffect,
    BreachEnded,
    BreachEscalated,
    BreachFrozen,
    BreachMoved,
    BreachReopened,
    BreachThawed,
    EndReason,
)
from callassist.domain.noise.instants import instant
from callassist.domain.noise.state import Record


def reconcile(
    old: Sequence[Record], found: Sequence[Component], next_key: int, *, at: int, on_time: bool
) -> tuple[tuple[Record, ...], list[BreachEffect]]:
    """The records for the breaches that were found, and what changed at the instant `at`.

    A breach keeps the key of the segment that began it; of several that turn out to be one, the
    latest in time goes on. `on_time`: what is applied now may start a call.
    """
    anchors = {record.anchor: record for record in old}
    records: list[Record] = []
    effects: list[BreachEffect] = []
    for component in found:
        known = [anchors[uid] for uid in component.uids if uid in anchors]
        if known:
            before: Record | None = known[-1]
            key, anchor = known[-1].key, known[-1].anchor
        else:
            before, key, anchor = None, next_key, component.uids[0]
            next_key += 1
        record = _record(component, key, anchor, known)
        effects += _differences(before, record, tuple(each.key for each in known[:-1]), at)
        blocked = any(each.proof is not None and each.proof >= each.sure for each in known)
        due_now = record.proof is not None and record.proof >= record.sure and not blocked
        if on_time and due_now and record.escalated is None and record.frozen is None:
            record, escalated = escalate(record, component.proven_at)
            effects.append(escalated)
        effects += _endings(before, record)
        records.append(record)
    return tuple(records), effects


def escalate(record: Record, at: int) -> tuple[Record, BreachEscalated]:
    """Request a call for this breach at the instant `at`."""
    effect = BreachEscalated(
        key=record.key,
        at=instant(at),
        first_loud_at=instant(record.first),
        began_at=instant(record.began),
        peak_db=record.peak,
    )
    return record._replace(escalated=at), effect


def _record(component: Component, key: int, anchor: int, known: Sequence[Record]) -> Record:
    escalated = [each.escalated for each in known if each.escalated is not None]
    return Record(
        key=key,
        anchor=anchor,
        first=component.first,
        began=component.began,
        due=component.due,
        sure=component.sure,
        last_loud=component.last_loud,
        proof=component.proof,
        peak=component.peak,
        on_since=component.on_since,
        spent=component.spent,
        frozen=component.frozen,
        turn=component.turn,
        ended=component.ended,
        reason=component.reason,
        escalated=min(escalated, default=None),
    )


def _differences(
    before: Record | None, record: Record, absorbed: tuple[int, ...], at: int
) -> list[BreachEffect]:
    key, first, began = record.key, instant(record.first), instant(record.began)
    effects: list[BreachEffect] = []
    if before is None:
        effects.append(BreachBegan(key=key, first_loud_at=first, began_at=began))
    elif absorbed or (before.first, before.began) != (record.first, record.began):
        effects.append(BreachMoved(key=key, first_loud_at=first, began_at=began, absorbed=absorbed))
    if before is not None and before.ended is not None and record.ended is None:
        effects.append(BreachReopened(key=key))
    was_frozen = None if before is None else before.frozen
    if record.frozen is not None and record.frozen != was_frozen:
        effects.append(BreachFrozen(key=key, since=instant(record.frozen)))
    elif was_frozen is not None and record.frozen is None and record.ended is None:
        effects.append(BreachThawed(key=key, at=instant(at)))
    return effects


def _endings(before: Record | None, record: Record) -> list[BreachEffect]:
    if record.ended is None or record.reason is None:
        return []
    if before is not None and (before.ended, before.reason) == (record.ended, record.reason):
        return []
    ended = BreachEnded(
        key=record.key,
        ended_at=instant(record.ended),
        reason=EndReason(record.reason),
        last_loud_at=instant(record.last_loud),
        peak_db=record.peak,
    )
    return [ended]
