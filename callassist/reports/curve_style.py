"""Colours and text of the drawing; every colour on white has at least 4.5:1 where it is read."""

from __future__ import annotations

from xml.sax.saxutils import escape

PAPER = "#ffffff"
INK = "#151a26"
INK_SOFT = "#48526a"
GRID = "#e3e7ee"
LOUD = "#c02b1f"
LOUD_SOFT = "#fdf0ee"
CALM = "#0b7a55"
WATCH = "#8f5b00"
BRAND = "#3a45c4"
LINES = ("#48526a", "#1767b5", "#6b4fa0", "#0b7a55")

# The first that exists: browsers have one of the first two, the PDF's compiler the third.
FONT = "Inter, system-ui, Libertinus Serif, sans-serif"


def text(
    x: float, y: float, words: str, *, anchor: str = "start", fill: str = INK_SOFT, size: float = 12
) -> str:
    """One line of text."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family="{FONT}" font-size="{size:g}" fill="{fill}" '
        f'text-anchor="{anchor}">{escape(words)}</text>'
    )
