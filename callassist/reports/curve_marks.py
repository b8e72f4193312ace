"""Marks above the curve (messages, calls, contact), the sensor's own notices, and the legend."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from callassist.reports.curve_scale import BOTTOM, LEFT, RIGHT, TOP, WIDTH, Scale
from callassist.reports.curve_style import (
    BRAND,
    CALM,
    INK,
    INK_SOFT,
    LINES,
    LOUD,
    LOUD_SOFT,
    PAPER,
    WATCH,
    text,
)
from callassist.reports.document_parts import Body, instant
from callassist.reports.words import Words

_ROW = 18  # of the legend
_APART = 19.0  # between two marks
_MARK_Y = 16.0
_LETTER = 6.6  # mean width of a letter of the legend


def _warning(x: float, y: float, number: str) -> str:
    corners = f"M{x:.1f} {y - 8:.1f}L{x + 9:.1f} {y + 7:.1f}H{x - 9:.1f}Z"
    return f'<path d="{corners}" fill="{WATCH}"/>' + text(
        x, y + 5, number or "!", anchor="middle", fill=PAPER, size=9
    )


def _guest_call(x: float, y: float, number: str) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="8.5" fill="{BRAND}"/>' + text(
        x, y + 4, number, anchor="middle", fill=PAPER, size=11
    )


def _host_call(x: float, y: float, number: str) -> str:
    return (
        f'<rect x="{x - 8:.1f}" y="{y - 8:.1f}" width="16" height="16" rx="2" fill="{PAPER}" '
        f'stroke="{BRAND}" stroke-width="1.6"/>'
    ) + text(x, y + 4, number, anchor="middle", fill=BRAND, size=11)


def _contact(x: float, y: float, number: str) -> str:
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="8.5" fill="{CALM}"/>'
        f'<path d="M{x - 4:.1f} {y + 0.5:.1f}l3 3.2l5.2 -6.6" fill="none" stroke="{PAPER}" '
        'stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/>'
    )


_MARKS: dict[str, tuple[Callable[[float, float, str], str], str]] = {
    "warning": (_warning, WATCH),
    "guest_call": (_guest_call, BRAND),
    "host_call": (_host_call, BRAND),
    "contact": (_contact, CALM),
}


def ticks(body: Body, scale: Scale) -> Iterator[str]:
    """A mark in the head of the drawing for each tick, with a line down to its instant."""
    free = LEFT - _APART
    for tick in body["ticks"]:
        sign, colour = _MARKS[tick["kind"]]
        true_x = scale.x(instant(tick["at"]))
        x = min(max(true_x, free + _APART), WIDTH - RIGHT + 4)
        free = x
        yield (
            f'<path d="M{x:.1f} {_MARK_Y + 9:.1f}L{true_x:.1f} {TOP - 6}V{scale.floor}" '
            f'stroke="{colour}" stroke-width="1" stroke-opacity="0.55" fill="none"/>'
        )
        number = tick["number"] if isinstance(tick["number"], int) else ""
        yield sign(x, _MARK_Y, str(number))


def notices(body: Body, scale: Scale) -> Iterator[str]:
    """A small mark on the time axis for each notice or state that a sensor sent."""
    floor = scale.floor
    for sensor in body["noise"]["sensors"]:
        for notice in sensor["notices"]:
            x = scale.x(instant(notice["at"]))
            colour = CALM if notice["kind"].endswith("ended") else LOUD
            yield f'<path d="M{x:.1f} {floor}l-5 -9h10z" fill="{colour}"/>'
            if notice["number"]:
                yield text(x, floor - 13, str(notice["number"]), anchor="middle", fill=colour)


def legend(body: Body, words: Words, scale: Scale) -> tuple[list[str], int]:
    """The legend's elements and the height of the whole drawing."""
    x, row, top = float(LEFT), 0, scale.floor + BOTTOM
    found: list[str] = []
    for key, sign in _legend_signs(body):
        label = words.word("curve", f"legend_{key}")
        width = 26 + len(label) * _LETTER + 16
        if x + width > WIDTH - RIGHT and x > LEFT:
            x, row = float(LEFT), row + 1
        y = top + 10 + row * _ROW
        found += [sign(x + 9, y), text(x + 26, y + 4, label, fill=INK)]
        x += width
    return found, top + 22 + row * _ROW


def _legend_signs(body: Body) -> Iterator[tuple[str, Callable[[float, float], str]]]:
    noise = body["noise"]
    if any(one["segments"] for one in noise["curve"]["sensors"]):
        yield "level", lambda x, y: _stroke(x, y, LINES[0], 1.6)
        yield "loud", lambda x, y: _stroke(x, y, LOUD, 2.2)
        yield "threshold", lambda x, y: _stroke(x, y, LOUD, 1.25, "5 4")
    elif noise["first_loud_at"]:
        yield "notice", lambda x, y: _box(x, y, LOUD_SOFT)
    if noise["silent"]:
        yield "gap", lambda x, y: _box(x, y, "url(#unheard)")
    kinds = dict.fromkeys(tick["kind"] for tick in body["ticks"])
    for kind in kinds:
        yield kind, partial(_unnumbered, _MARKS[kind][0])


def _unnumbered(sign: Callable[[float, float, str], str], x: float, y: float) -> str:
    return sign(x, y, "")


def _stroke(x: float, y: float, colour: str, width: float, dashes: str = "none") -> str:
    return (
        f'<path d="M{x - 9:.1f} {y:.1f}h20" stroke="{colour}" stroke-width="{width:g}" '
        f'stroke-dasharray="{dashes}"/>'
    )


def _box(x: float, y: float, fill: str) -> str:
    return (
        f'<rect x="{x - 9:.1f}" y="{y - 6:.1f}" width="20" height="12" fill="{fill}" '
        f'stroke="{INK_SOFT}" stroke-width="0.5"/>'
    )
