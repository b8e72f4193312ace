"""The noise of one home over an hour, a day or a week as SVG, at the width where it is shown.

Pure. One drawing per width, so that letters keep their size; gaps stay gaps, hatched and named.
Classes for a page's own colours, presentation attributes for where there is no stylesheet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from callassist.domain.spans import Span
from callassist.domain.thresholds import Limit
from callassist.reports.curve import Point
from callassist.reports.curve_style import BRAND, CALM, GRID, INK_SOFT, LINES, LOUD, LOUD_SOFT
from callassist.reports.ribbon import Tick

_GRID_DB = 10
_TICK_COLOURS = {"call": BRAND, "contact": CALM, "message": "#8f5b00"}


class Size(NamedTuple):
    """Of a drawing, in pixels; `most_times` labels fit below it."""

    name: str
    width: int
    height: int
    most_times: int


SIZES = (
    Size("wide", 640, 260, 8),
    Size("narrow", 330, 210, 4),
    Size("small", 260, 180, 3),
)
_LEFT, _RIGHT, _TOP, _BOTTOM, _LETTERS = 34, 8, 26, 24, 12


class Label(NamedTuple):
    """What stands below an instant."""

    at: datetime
    text: str


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Everything that is drawn, and the words in it; `curves` one per sensor, cut at its gaps."""

    starts_at: datetime
    ends_at: datetime
    curves: Sequence[Sequence[Sequence[Point]]]
    limits: Sequence[Limit] = ()
    quiet: Sequence[Span] = ()
    breaches: Sequence[Span] = ()
    gaps: Sequence[Span] = ()
    ticks: Sequence[Tick] = ()
    times: Sequence[Label] = ()
    alt: str = ""
    no_data: str = "no data"

    @property
    def has_levels(self) -> bool:
        """Without levels there is no vertical axis, only what was loud."""
        return any(self.curves)


def draw(chart: Chart, size: Size) -> str:
    """The drawing of one size."""
    scale = _Scale(chart, size)
    hatch = f"gap-{size.name}"
    return "".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="chart chart-{size.name}" '
            f'viewBox="0 0 {size.width} {size.height}" width="{size.width}" '
            f'height="{size.height}" role="img" aria-label={quoteattr(chart.alt)}>',
            f'<defs><pattern id="{hatch}" width="7" height="7" patternUnits="userSpaceOnUse" '
            'patternTransform="rotate(45)"><rect class="c-gap-ground" width="7" height="7" '
            'fill="#f2f4f7"/><rect class="c-gap-line" width="2" height="7" fill="#c3cad6"/>'
            "</pattern></defs>",
            *_spans(chart.quiet, scale, "c-quiet", "#eceff3"),
            *_spans(chart.breaches, scale, "c-loud", LOUD_SOFT),
            *_grid(chart, scale),
            *_gaps(chart, scale, hatch),
            *_limits(chart, scale),
            *_curves(chart, scale),
            *_ticks(chart, scale),
            "</svg>",
        )
    )


class _Scale:
    """From instants and levels to places."""

    def __init__(self, chart: Chart, size: Size) -> None:
        points = [point for curve in chart.curves for part in curve for point in part]
        levels = [limit.db for limit in chart.limits]
        lowest = min([*(point.low for point in points), *levels], default=30.0)
        highest = max([*(point.high for point in points), *levels], default=80.0)
        self.low = (lowest - 2) // _GRID_DB * _GRID_DB
        self.high = -(-(highest + 2) // _GRID_DB) * _GRID_DB
        self.size = size
        self.floor = size.height - _BOTTOM
        self.left = _LEFT if chart.has_levels else 8
        self.right = size.width - _RIGHT
        self._starts_at = chart.starts_at
        self._whole = max((chart.ends_at - chart.starts_at).total_seconds(), 1.0)

    def x(self, at: datetime) -> float:
        return self.x_of((at - self._starts_at).total_seconds())

    def x_of(self, seconds: float) -> float:
        share = min(max(seconds / self._whole, 0.0), 1.0)
        return self.left + share * (self.right - self.left)

    def y(self, level: float) -> float:
        share = (level - self.low) / (self.high - self.low)
        return self.floor - share * (self.floor - _TOP)


def _spans(spans: Sequence[Span], scale: _Scale, name: str, fill: str) -> Iterator[str]:
    for span in spans:
        left, right = scale.x(span.starts_at), scale.x(span.ends_at)
        yield (
            f'<rect class="{name}" x="{left:.1f}" y="{_TOP}" width="{max(1.0, right - left):.1f}" '
            f'height="{scale.floor - _TOP}" fill="{fill}"/>'
        )


def _grid(chart: Chart, scale: _Scale) -> Iterator[str]:
    if chart.has_levels:
        step = _GRID_DB if scale.high - scale.low <= 5 * _GRID_DB else 2 * _GRID_DB
        level = -(-scale.low // step) * step
        while level <= scale.high:
            y = scale.y(level)
            yield (
                f'<path class="c-grid" d="M{scale.left} {y:.1f}H{scale.right}" stroke="{GRID}"/>'
            )
            yield _text(scale.left - 6, y + 4, f"{level:g}", "end")
            level += step
        yield _text(scale.left - 6, 12, "dB", "end")
    every = max(1, -(-len(chart.times) // scale.size.most_times))
    for label in chart.times[::every]:
        x = scale.x(label.at)
        yield f'<path class="c-axis" d="M{x:.1f} {scale.floor}v4" stroke="{INK_SOFT}"/>'
        half = len(label.text) * _LETTERS * 0.27
        yield _text(
            min(max(x, half), scale.size.width - half), scale.floor + 17, label.text, "middle"
        )
    yield (
        f'<path class="c-axis" d="M{scale.left} {scale.floor}H{scale.right}" stroke="{INK_SOFT}"/>'
    )


def _gaps(chart: Chart, scale: _Scale, hatch: str) -> Iterator[str]:
    wide = len(chart.no_data) * _LETTERS * 0.58 + 10
    for gap in chart.gaps:
        left, right = scale.x(gap.starts_at), scale.x(gap.ends_at)
        yield (
            f'<rect x="{left:.1f}" y="{_TOP}" width="{max(1.0, right - left):.1f}" '
            f'height="{scale.floor - _TOP}" fill="url(#{hatch})"/>'
        )
        if right - left >= wide:
            middle, y = (left + right) / 2, (_TOP + scale.floor) / 2
            yield (
                f'<rect class="c-paper" x="{middle - wide / 2:.1f}" y="{y - 14:.1f}" '
                f'width="{wide:.1f}" height="20" rx="5" fill="#ffffff"/>'
            )
            yield _text(middle, y, chart.no_data, "middle")


def _limits(chart: Chart, scale: _Scale) -> Iterator[str]:
    if not chart.has_levels:
        return
    for limit in chart.limits:
        left, right, y = scale.x(limit.starts_at), scale.x(limit.ends_at), scale.y(limit.db)
        yield (
            f'<path class="c-limit" d="M{left:.1f} {y:.1f}H{right:.1f}" stroke="{LOUD}" '
            'stroke-width="1.25" stroke-dasharray="5 4" fill="none"/>'
        )
        if right - left >= 46:
            yield _text(left + 4, y - 5, f"{limit.db:g} dB", "start", "c-limit-text", LOUD)


def _curves(chart: Chart, scale: _Scale) -> Iterator[str]:
    for place, curve in enumerate(chart.curves):
        colour = LINES[place % len(LINES)]
        for part in curve:
            places = [f"{scale.x_of(p.seconds):.1f}" for p in part]
            if any(p.low != p.high for p in part):
                top = [f"{x} {scale.y(p.high):.1f}" for x, p in zip(places, part, strict=True)]
                low = [f"{x} {scale.y(p.low):.1f}" for x, p in zip(places, part, strict=True)]
                band = "L".join([*top, *reversed(low)])
                yield (
                    f'<path class="c-band c-{place % len(LINES)}" d="M{band}Z" fill="{colour}" '
                    'fill-opacity="0.18"/>'
                )
            line = "L".join(f"{x} {scale.y(p.mean):.1f}" for x, p in zip(places, part, strict=True))
            end = "h0.1" if len(part) == 1 else ""  # one reading between two gaps is a dot
            yield (
                f'<path class="c-line c-{place % len(LINES)}" d="M{line}{end}" stroke="{colour}" '
                'stroke-width="1.6" fill="none" stroke-linejoin="round" stroke-linecap="round"/>'
            )


def _ticks(chart: Chart, scale: _Scale) -> Iterator[str]:
    for tick in chart.ticks:
        if chart.starts_at <= tick.at <= chart.ends_at:
            x, colour = scale.x(tick.at), _TICK_COLOURS[tick.kind]
            yield (
                f'<path class="c-tick t-{tick.kind}" d="M{x:.1f} {_TOP - 8}V{scale.floor}" '
                f'stroke="{colour}" stroke-width="1.5" fill="none"/>'
                f'<circle class="t-{tick.kind}" cx="{x:.1f}" cy="{_TOP - 12}" r="5" '
                f'fill="{colour}"/>'
            )


def _text(
    x: float, y: float, words: str, anchor: str, name: str = "c-text", fill: str = INK_SOFT
) -> str:
    return (
        f'<text class="{name}" x="{x:.1f}" y="{y:.1f}" font-size="{_LETTERS}" fill="{fill}" '
        f'font-family="Inter, system-ui, sans-serif" text-anchor="{anchor}">{escape(words)}</text>'
    )
