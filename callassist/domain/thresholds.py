"""From when to when which level was loud, and which hours were quiet ones."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from itertools import pairwise
from typing import NamedTuple

from callassist.domain.policy import EscalationPolicy
from callassist.domain.spans import Span

_DAY = timedelta(days=1)


class Limit(NamedTuple):
    """From `starts_at` to `ends_at` a reading of `db` or more is loud."""

    starts_at: datetime
    ends_at: datetime
    db: float


def limits(
    policy: EscalationPolicy, tz: tzinfo, starts_at: datetime, ends_at: datetime
) -> list[Limit]:
    """The limits between two instants, cut where quiet hours begin or end; equal ones joined."""
    cuts = {starts_at, ends_at}
    for span in _quiet(policy, tz, starts_at, ends_at):
        cuts.update((span.starts_at, span.ends_at))
    found: list[Limit] = []
    for begins, ends in pairwise(sorted(cut for cut in cuts if starts_at <= cut <= ends_at)):
        db = policy.threshold_at(begins, tz)
        if found and found[-1].db == db:
            found[-1] = found[-1]._replace(ends_at=ends)
        else:
            found.append(Limit(begins, ends, db))
    return found


def quiet_spans(
    policy: EscalationPolicy, tz: tzinfo, starts_at: datetime, ends_at: datetime
) -> list[Span]:
    """The quiet hours between two instants, in order."""
    found = [
        Span(max(span.starts_at, starts_at), min(span.ends_at, ends_at))
        for span in _quiet(policy, tz, starts_at, ends_at)
        if span.starts_at < ends_at and span.ends_at > starts_at
    ]
    return sorted(found, key=lambda span: span.starts_at)


def _quiet(
    policy: EscalationPolicy, tz: tzinfo, starts_at: datetime, ends_at: datetime
) -> list[Span]:
    found = []
    last = ends_at.astimezone(tz).date()
    for hours in policy.all_quiet_hours:
        day = starts_at.astimezone(tz).date() - _DAY
        while day <= last:
            span = hours.span_on(day, tz)
            if span is not None:
                found.append(Span(*span))
            day += _DAY
    return found
