"""How many requests another system still allows, counted by all processes together.

Counts are kept per part of a window, so that no span of its length ever holds more than allowed.
All instants here are real time, not the service's clock: the other system's clock is real.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from callassist.models import PmsBudget
from callassist.models.types import from_micros, to_micros
from callassist.storage.sessions import Sessions

PARTS = 20  # of a window: how finely is counted
_SAID = 0  # the row that holds what the system said itself has a window of no seconds
_INSERTS = {
    "sqlite": sqlite.insert(PmsBudget).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(PmsBudget).on_conflict_do_nothing(),
}
_table = PmsBudget.__table__.c
_Taken = list[list[int]]  # [begin of a part in microseconds, requests]


@dataclass(frozen=True, kw_only=True)
class Window:
    """At most `most` requests in any `span`, counted under `key` (of whole seconds)."""

    key: str
    span: timedelta
    most: int


def take(sessions: Sessions, windows: Sequence[Window], now: datetime, *, cost: int = 1) -> float:
    """0.0: `cost` requests were taken from every window. Else nothing was taken, and in so many
    seconds it can be tried again."""
    with sessions.write() as session:
        rows = _locked(session, windows)
        wait = max((_blocked(row, now) for row in rows.values()), default=0.0)
        left = {window: _recent(rows[_place(window)], window, now) for window in windows}
        for window, taken in left.items():
            wait = max(wait, _wait(taken, window, now, cost))
        if wait <= 0:
            for window, taken in left.items():
                rows[_place(window)].taken = _with(taken, window, now, cost)
        return wait


def block(sessions: Sessions, key: str, until: datetime) -> None:
    """Nothing under `key` before `until`: the system said so itself. An earlier end is kept."""
    with sessions.write() as session:
        row = _locked(session, [Window(key=key, span=timedelta(), most=0)])[key, _SAID]
        if row.blocked_until is None or row.blocked_until < until:
            row.blocked_until = until


def forget(session: Session, key: str) -> None:
    """Nobody will ask under this key again."""
    session.execute(delete(PmsBudget).where(_table.key == key))


def _place(window: Window) -> tuple[str, int]:
    return window.key, int(window.span.total_seconds())


def _locked(session: Session, windows: Sequence[Window]) -> dict[tuple[str, int], PmsBudget]:
    """The rows of these windows, and of what the system said, held until the end of this
    transaction; in one order everywhere, so that two processes never wait in a ring."""
    keys = sorted({window.key for window in windows})
    wanted = {*map(_place, windows), *((key, _SAID) for key in keys)}
    asked = (
        select(PmsBudget)
        .where(_table.key.in_(keys))
        .order_by(_table.key, _table.window_seconds)
        .with_for_update()
    )
    found = {(row.key, row.window_seconds): row for row in session.scalars(asked)}
    if missing := sorted(wanted - found.keys()):
        insert = _INSERTS[session.get_bind().dialect.name]
        rows = [{"key": key, "window_seconds": seconds, "taken": []} for key, seconds in missing]
        session.execute(insert, rows)
        found = {(row.key, row.window_seconds): row for row in session.scalars(asked)}
    return {place: row for place, row in found.items() if place in wanted}


def _blocked(row: PmsBudget, now: datetime) -> float:
    return (row.blocked_until - now).total_seconds() if row.blocked_until else 0.0


def _recent(row: PmsBudget, window: Window, now: datetime) -> _Taken:
    """The parts that still count: those that end within the span before now.

    Parts of the far future are of a clock that was set back since.
    """
    here, span = to_micros(now), _micros(window.span)
    first, last = here - span - _part(window), here + span
    return [[begin, count] for begin, count in row.taken if first < begin <= last]


def _wait(taken: _Taken, window: Window, now: datetime, cost: int) -> float:
    """Seconds until `cost` more fit; one that costs more than a whole window needs it empty."""
    over = sum(count for _, count in taken) + min(cost, window.most) - window.most
    for begin, count in taken:
        if over <= 0:
            break
        over -= count
        free_at = from_micros(begin + _part(window)) + window.span
        if over <= 0:
            return max((free_at - now).total_seconds(), 0.001)
    return 0.0


def _with(taken: _Taken, window: Window, now: datetime, cost: int) -> _Taken:
    begin = to_micros(now) // _part(window) * _part(window)
    if taken and taken[-1][0] >= begin:
        return [*taken[:-1], [taken[-1][0], taken[-1][1] + cost]]
    return [*taken, [begin, cost]]


def _part(window: Window) -> int:
    return max(_micros(window.span) // PARTS, 1)


def _micros(span: timedelta) -> int:
    return span // timedelta(microseconds=1)
