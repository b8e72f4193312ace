"""The noise curve as SVG: level, limit, unheard stretches, a mark for each message and call.

Presentation attributes only, no style and no script: it stands in a page under a strict content
security policy and is embedded in the PDF as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

from callassist.reports import curve_marks
from callassist.reports.curve_scale import LEFT, RIGHT, TOP, WIDTH, Scale
from callassist.reports.curve_style import GRID, INK, INK_SOFT, LINES, LOUD, LOUD_SOFT, PAPER, text
from callassist.reports.document_parts import Body, instant, limits, spans
from callassist.reports.words import Words

_MIN_LABEL_WIDTH = 62.0


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """The SVG, and in words what it shows."""

    svg: str
    alt: str


def draw(body: Body, words: Words) -> Drawing:
    """Draw the curve of a report's body; the same body gives the same bytes."""
    scale = Scale.of(body, words)
    alt = _alt(body, words)
    legend, height = curve_marks.legend(body, words, scale)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" role="img" aria-label="{escape(alt, {chr(34): "&quot;"})}">',
        *_definitions(body, scale),
        f'<rect x="0" y="0" width="{WIDTH}" height="{height}" fill="{PAPER}"/>',
        *_noise(body, scale),
        *_grid(scale, words),
        *_gaps(body, scale, words),
        *_limits(body, scale, words),
        *_levels(body, scale),
        *curve_marks.notices(body, scale),
        *curve_marks.ticks(body, scale),
        *legend,
        "</svg>",
    ]
    return Drawing(svg="\n".join(parts), alt=alt)


def _definitions(body: Body, scale: Scale) -> Iterator[str]:
    yield "<defs>"
    yield (
        '<pattern id="unheard" width="7" height="7" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)">'
        '<rect width="7" height="7" fill="#f2f4f7"/>'
        '<rect width="2" height="7" fill="#c3cad6"/></pattern>'
    )
    yield '<clipPath id="above-limit">'
    for span in body["noise"]["thresholds"]:
        if scale.has_levels:
            left, right = scale.x(instant(span["from"])), scale.x(instant(span["to"]))
            high = scale.y(span["db"]) - TOP
            yield (
                f'<rect x="{left:.1f}" y="{TOP}" width="{right - left:.1f}" height="{high:.1f}"/>'
            )
    yield "</clipPath></defs>"


def _noise(body: Body, scale: Scale) -> Iterator[str]:
    noise = body["noise"]
    if noise["first_loud_at"] is None:
        return
    left = scale.x(instant(noise["first_loud_at"]))
    right = scale.x(instant(noise["ended_at"] or body["as_of"]))
    top, height = TOP, scale.floor - TOP
    if not scale.has_levels:
        top, height = TOP + height // 3, height // 3
    yield (
        f'<rect x="{left:.1f}" y="{top}" width="{max(1.0, right - left):.1f}" height="{height}" '
        f'fill="{LOUD_SOFT}"/>'
    )


def _grid(scale: Scale, words: Words) -> Iterator[str]:
    floor = scale.floor
    for at in scale.times():
        x = scale.x(at)
        yield f'<path d="M{x:.1f} {floor}v5" stroke="{INK_SOFT}" stroke-width="1"/>'
        yield text(x, floor + 18, words.clock(at), anchor="middle")
    if scale.has_levels:
        for level in scale.levels():
            y = scale.y(level)
            yield f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="{GRID}" stroke-width="1"/>'
            yield text(LEFT - 8, y + 4, words.decimal(level), anchor="end")
        yield text(LEFT - 8, TOP - 14, words.word("curve", "axis"), anchor="end")
    yield f'<path d="M{LEFT} {floor}H{WIDTH - RIGHT}" stroke="{INK_SOFT}" stroke-width="1"/>'


def _gaps(body: Body, scale: Scale, words: Words) -> Iterator[str]:
    for starts_at, ends_at in unheard_by_all(body):
        left, right = scale.x(starts_at), scale.x(ends_at)
        yield (
            f'<rect x="{left:.1f}" y="{TOP}" width="{right - left:.1f}" '
            f'height="{scale.floor - TOP}" fill="url(#unheard)"/>'
        )
        if right - left >= _MIN_LABEL_WIDTH:
            middle, y = (left + right) / 2, (TOP + scale.floor) / 2
            yield (
                f'<rect x="{middle - 36:.1f}" y="{y - 13:.1f}" width="72" height="18" rx="4" '
                f'fill="{PAPER}"/>'
            )
            yield text(middle, y, words.word("curve", "not_heard"), anchor="middle", fill=INK)


def unheard_by_all(body: Body) -> list[tuple[datetime, datetime]]:
    """Stretches in which none of the home's level sensors was heard."""
    sensors = [sensor["id"] for sensor in body["noise"]["sensors"] if sensor["kind"] == "level"]
    common: list[tuple[datetime, datetime]] | None = None
    for sensor in sensors:
        own = [
            (instant(span["from"]), instant(span["to"]))
            for span in body["noise"]["silent"]
            if span["sensor"] == sensor
        ]
        common = own if common is None else _overlaps(common, own)
    return common or []


def _overlaps(
    one: list[tuple[datetime, datetime]], other: list[tuple[datetime, datetime]]
) -> list[tuple[datetime, datetime]]:
    pairs = ((max(a[0], b[0]), min(a[1], b[1])) for a in one for b in other)
    return [(start, end) for start, end in pairs if start < end]


def _limits(body: Body, scale: Scale, words: Words) -> Iterator[str]:
    if not scale.has_levels:
        return
    for span in body["noise"]["thresholds"]:
        left, right = scale.x(instant(span["from"])), scale.x(instant(span["to"]))
        y = scale.y(span["db"])
        yield (
            f'<path d="M{left:.1f} {y:.1f}H{right:.1f}" stroke="{LOUD}" stroke-width="1.25" '
            'stroke-dasharray="5 4" fill="none"/>'
        )
        if right - left >= _MIN_LABEL_WIDTH * 1.5:
            label = words.say("curve", "threshold", db=words.decimal(span["db"]))
            yield text(left + 6, y - 5, label, fill=LOUD)


def _levels(body: Body, scale: Scale) -> Iterator[str]:
    for place, sensor in enumerate(body["noise"]["curve"]["sensors"]):
        colour = LINES[place % len(LINES)]
        for segment in sensor["segments"]:
            if any(low != high for _, low, _, high in segment):
                band = _band(segment, scale)
                yield _area(band, colour)
                yield _area(band, LOUD, 'clip-path="url(#above-limit)"')
            line = _line(segment, scale)
            if len(segment) == 1:
                line += "h0.1"  # one reading between two gaps is a dot
            stroke = 'fill="none" stroke-linejoin="round" stroke-linecap="round"'
            yield f'<path d="{line}" stroke="{colour}" stroke-width="1.6" {stroke}/>'
            yield (
                f'<path d="{line}" stroke="{LOUD}" stroke-width="2.2" {stroke} '
                'clip-path="url(#above-limit)"/>'
            )


def _area(band: str, colour: str, more: str = "") -> str:
    return (
        f'<path d="{band}" fill="{colour}" fill-opacity="0.16" stroke="{colour}" '
        f'stroke-width="0.8" stroke-opacity="0.4" {more}/>'
    )


def _line(segment: list[Any], scale: Scale) -> str:
    points = [f"{scale.x_of(s):.1f} {scale.y(mean):.1f}" for s, _, mean, _ in segment]
    return "M" + "L".join(points)


def _band(segment: list[Any], scale: Scale) -> str:
    high = [f"{scale.x_of(s):.1f} {scale.y(top):.1f}" for s, _, _, top in segment]
    low = [f"{scale.x_of(s):.1f} {scale.y(least):.1f}" for s, least, _, _ in reversed(segment)]
    return "M" + "L".join([*high, *low]) + "Z"


def _alt(body: Body, words: Words) -> str:
    drawn = body["noise"]["curve"]
    peak = body["noise"]["peak_db"]
    marks = [
        words.say("tick", tick["kind"], number=tick["number"], at=instant(tick["at"]))
        for tick in body["ticks"]
    ]
    said = words.say(
        "curve",
        "alt",
        start=instant(drawn["from"]),
        end=instant(drawn["to"]),
        peak=words.word("curve", "alt_no_levels")
        if peak is None
        else words.say("curve", "alt_peak", db=words.decimal(peak)),
        limit=words.say("curve", "alt_limit", limits=limits(body, words))
        if body["noise"]["thresholds"]
        else "",
        gaps=words.say("curve", "alt_gaps", spans=spans(body, words))
        if body["noise"]["silent"]
        else "",
        calls=words.say("curve", "alt_calls", calls="; ".join(marks)) if marks else "",
    )
    return " ".join(said.split(" ")).replace("  ", " ").strip()
