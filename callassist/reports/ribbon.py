"""The noise ribbon: a day as a strip, thin when calm, swelling when loud, open where unheard.

Pure, and one drawing for pages, reports and e-mail. Shapes carry classes for a page's own colours
and presentation attributes for where there is no stylesheet; e-mail takes the cells' tones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple
from xml.sax.saxutils import quoteattr

from callassist.domain.spans import Span
from callassist.domain.thresholds import Limit

CELL = timedelta(minutes=15)
RAISED_WITHIN = 5.0  # dB below the limit
_SWELLS_OVER = 40.0  # dB below the limit at which the strip is thinnest
_STEP, _WIDTH, _MIDDLE, _THINNEST, _THICKEST = 4, 3, 12.0, 1.0, 11.0


class Tone(StrEnum):
    """What was heard in one cell."""

    CALM = "calm"
    RAISED = "raised"  # near the limit
    LOUD = "loud"
    UNHEARD = "unheard"  # no data: unknown, not quiet
    LATER = "later"  # has not happened yet


COLOURS = {
    Tone.CALM: "#98a2b5",
    Tone.RAISED: "#b87a10",
    Tone.LOUD: "#c02b1f",
    Tone.UNHEARD: "#c3cad6",
}
TICK_COLOURS = {"call": "#3a45c4", "contact": "#0b7a55", "message": "#8f5b00"}
_QUIET = "#eceff3"


class Cell(NamedTuple):
    """A quarter of an hour; `swell` from 0, thin, to 1."""

    tone: Tone
    swell: float


class Tick(NamedTuple):
    """Something that was done; `kind` is one of TICK_COLOURS."""

    at: datetime
    kind: str


@dataclass(frozen=True, kw_only=True)
class Ribbon:
    """A stretch of time in cells, with its quiet hours and what was done."""

    starts_at: datetime
    cells: tuple[Cell, ...]
    quiet: tuple[Span, ...] = ()
    ticks: tuple[Tick, ...] = ()

    @property
    def ends_at(self) -> datetime:
        """Where the last cell ends."""
        return self.starts_at + CELL * len(self.cells)

    @property
    def loud_for(self) -> timedelta:
        """In how much of it something loud was heard, in whole cells."""
        return CELL * sum(cell.tone is Tone.LOUD for cell in self.cells)

    @property
    def unheard_for(self) -> timedelta:
        """How much of it nobody knows."""
        return CELL * sum(cell.tone is Tone.UNHEARD for cell in self.cells)

    def since_loud(self) -> datetime | None:
        """When the last loud cell ended; None when none was loud."""
        for place in range(len(self.cells) - 1, -1, -1):
            if self.cells[place].tone is Tone.LOUD:
                return self.starts_at + CELL * (place + 1)
        return None


def cells_of_levels(
    highest: Mapping[int, float], count: int, starts_at: datetime, limits: Sequence[Limit]
) -> list[Cell]:
    """Cells from the highest level in each that has one, by its place, under their limits."""
    found, at_limit, unheard = [], 0, Cell(Tone.UNHEARD, 0.0)
    ends = [_place(limit.ends_at, starts_at) for limit in limits[:-1]]
    for place in range(count):
        while at_limit < len(ends) and ends[at_limit] <= place:
            at_limit += 1
        level = highest.get(place)
        found.append(unheard if level is None else _cell(level, limits[at_limit].db))
    return found


def with_breaches(
    cells: Sequence[Cell], starts_at: datetime, breaches: Iterable[Span]
) -> tuple[Cell, ...]:
    """The cells, those in a breach loud; also where no level was sent."""
    shown = list(cells)
    for breach in breaches:
        first = (breach.starts_at - starts_at) // CELL
        last = max(-((starts_at - breach.ends_at) // CELL), first + 1)
        for place in range(max(0, first), min(len(shown), last)):
            shown[place] = Cell(Tone.LOUD, max(shown[place].swell, 0.9))
    return tuple(shown)


def draw(ribbon: Ribbon, label: str) -> str:
    """The strip as SVG, as wide as what holds it; `label` says in words what it shows."""
    width = len(ribbon.cells) * _STEP
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="ribbon" viewBox="0 0 {width} 24" '
        f'preserveAspectRatio="none" role="img" aria-label={quoteattr(label)}>',
        *_quiet(ribbon),
    ]
    for tone in COLOURS:
        path = "".join(_bars(ribbon.cells, tone))
        if path:
            parts.append(f'<path class="r-{tone}" fill="{COLOURS[tone]}" d="{path}"/>')
    parts += [*_ticks(ribbon), "</svg>"]
    return "".join(parts)


def _place(at: datetime, starts_at: datetime) -> int:
    """The first cell whose middle is not before `at`."""
    return -((starts_at + CELL / 2 - at) // CELL)


@lru_cache(maxsize=4096)  # a page has a thousand cells, and levels have one decimal
def _cell(level: float, limit: float) -> Cell:
    swell = min(max((level - limit + _SWELLS_OVER) / (_SWELLS_OVER + 10.0), 0.0), 1.0)
    if level >= limit:
        return Cell(Tone.LOUD, swell)
    return Cell(Tone.RAISED if level >= limit - RAISED_WITHIN else Tone.CALM, swell * 0.8)


def _bars(cells: Sequence[Cell], tone: Tone) -> Iterator[str]:
    for place, cell in enumerate(cells):
        if cell.tone is not tone:
            continue
        x = place * _STEP
        if tone is Tone.UNHEARD:  # a slanted stroke: a hatch that needs no pattern
            yield f"M{x} 17l2.6-10h1.2l-2.6 10z"
            continue
        half = _THINNEST + (_THICKEST - _THINNEST) * cell.swell**1.6
        yield f"M{x} {_MIDDLE - half:.1f}h{_WIDTH}v{2 * half:.1f}h-{_WIDTH}z"


def _quiet(ribbon: Ribbon) -> Iterator[str]:
    path = ""
    for span in ribbon.quiet:
        left, right = _x(ribbon, span.starts_at), _x(ribbon, span.ends_at)
        path += f"M{left:.1f} 0h{right - left:.1f}v24h-{right - left:.1f}z"
    if path:
        yield f'<path class="r-quiet" fill="{_QUIET}" d="{path}"/>'


def _ticks(ribbon: Ribbon) -> Iterator[str]:
    for tick in ribbon.ticks:
        if ribbon.starts_at <= tick.at <= ribbon.ends_at:
            x, colour = _x(ribbon, tick.at), TICK_COLOURS[tick.kind]
            yield f'<path class="t-{tick.kind}" fill="{colour}" d="M{x - 1:.1f} 0h2.4v24h-2.4z"/>'


def _x(ribbon: Ribbon, at: datetime) -> float:
    return min(max((at - ribbon.starts_at) / CELL, 0.0), float(len(ribbon.cells))) * _STEP
