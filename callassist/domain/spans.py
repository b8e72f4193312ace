"""Spans of time laid side by side: where do they leave a gap?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Span:
    """From `starts_at` to before `ends_at`."""

    starts_at: datetime
    ends_at: datetime


def gaps(spans: Iterable[Span], whole: Span) -> list[Span]:
    """The parts of `whole` that none of `spans` (in any order, overlapping or not) holds."""
    found: list[Span] = []
    covered_to = whole.starts_at
    for span in sorted(spans, key=lambda each: each.starts_at):
        if span.starts_at >= whole.ends_at:
            break
        if span.starts_at > covered_to:
            found.append(Span(covered_to, span.starts_at))
        covered_to = max(covered_to, span.ends_at)
    if covered_to < whole.ends_at:
        found.append(Span(covered_to, whole.ends_at))
    return found
