"""The ribbon: tones under their limits, gaps that stay gaps, one drawing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

from callassist.domain.spans import Span
from callassist.domain.thresholds import Limit
from callassist.reports.ribbon import (
    CELL,
    Cell,
    Ribbon,
    Tick,
    Tone,
    cells_of_levels,
    draw,
    with_breaches,
)

NOON = datetime(2026, 6, 13, 12, tzinfo=UTC)
LIMITS = [
    Limit(NOON, NOON + 2 * CELL, 75.0),
    Limit(NOON + 2 * CELL, NOON + 8 * CELL, 70.0),
]


def test_a_cell_is_judged_by_the_limit_of_its_time() -> None:
    cells = cells_of_levels({0: 72.0, 1: 75.0, 2: 72.0, 4: 66.0, 5: 40.0}, 6, NOON, LIMITS)
    assert [cell.tone for cell in cells] == [
        Tone.RAISED,
        Tone.LOUD,
        Tone.LOUD,
        Tone.UNHEARD,
        Tone.RAISED,
        Tone.CALM,
    ]
    assert cells[5].swell < cells[4].swell < cells[2].swell


def test_a_breach_makes_its_cells_loud_also_without_levels() -> None:
    calm = [Cell(Tone.UNHEARD, 0.0)] * 4
    breach = Span(NOON + timedelta(minutes=20), NOON + timedelta(minutes=31))
    shown = with_breaches(calm, NOON, [breach])
    assert [cell.tone is Tone.LOUD for cell in shown] == [False, True, True, False]
    before = Span(NOON - timedelta(hours=1), NOON - timedelta(minutes=30))
    assert with_breaches(calm, NOON, [before]) == tuple(calm)


def test_the_figures_of_a_ribbon() -> None:
    cells = cells_of_levels({0: 80.0, 1: 80.0, 2: 30.0}, 4, NOON, LIMITS)
    ribbon = Ribbon(starts_at=NOON, cells=tuple(cells))
    assert ribbon.loud_for == 2 * CELL
    assert ribbon.unheard_for == CELL
    assert ribbon.since_loud() == NOON + 2 * CELL


def test_the_drawing_is_xml_says_what_it_shows_and_has_no_style() -> None:
    cells = (*cells_of_levels({0: 80.0, 1: 50.0}, 3, NOON, LIMITS), Cell(Tone.LATER, 0.0))
    ribbon = Ribbon(
        starts_at=NOON,
        cells=cells,
        quiet=(Span(NOON, NOON + CELL),),
        ticks=(Tick(NOON + CELL, "call"), Tick(NOON - CELL, "contact")),
    )
    drawn = draw(ribbon, 'Loud "here" <b>')
    root = ET.fromstring(drawn)
    assert root.get("aria-label") == 'Loud "here" <b>'
    assert "style" not in drawn
    classes = [element.get("class") for element in root]
    assert classes == ["r-quiet", "r-calm", "r-loud", "r-unheard", "t-call"]
