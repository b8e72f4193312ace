"""The chart of a home: a size for each width, gaps named, no style and no script."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest

from callassist.domain.spans import Span
from callassist.domain.thresholds import Limit
from callassist.reports.curve import Point
from callassist.reports.noise_chart import SIZES, Chart, Label, Size, draw
from callassist.reports.ribbon import Tick

BEGIN = datetime(2026, 6, 13, 12, tzinfo=UTC)
END = BEGIN + timedelta(hours=24)
CHART = Chart(
    starts_at=BEGIN,
    ends_at=END,
    curves=[[[Point(0, 40.0, 42.0, 44.0), Point(3600, 41.0, 70.0, 90.0)], [Point(80000, 5, 5, 5)]]],
    limits=[Limit(BEGIN, END, 75.0)],
    gaps=[Span(BEGIN + timedelta(hours=2), BEGIN + timedelta(hours=20))],
    ticks=[Tick(BEGIN + timedelta(hours=1), "call")],
    times=[Label(BEGIN + timedelta(hours=n), f"{n} <h>") for n in range(0, 24, 3)],
    alt='What it shows & "more"',
    no_data="no <data>",
)


@pytest.mark.parametrize("size", SIZES)
def test_each_size_is_xml_with_readable_letters(size: Size) -> None:
    drawn = draw(CHART, size)
    root = ET.fromstring(drawn)
    assert root.get("aria-label") == 'What it shows & "more"'
    assert "style" not in drawn
    texts = list(root.iter("{http://www.w3.org/2000/svg}text"))
    assert all(float(text.get("font-size", "0")) >= 11 for text in texts)
    assert "no <data>" in [text.text for text in texts]
    assert len([text for text in texts if "<h>" in str(text.text)]) <= size.most_times
    for text in texts:
        assert 0 <= float(text.get("x", "-1")) <= size.width


def test_without_levels_only_what_was_loud_is_drawn() -> None:
    chart = replace(CHART, curves=[], breaches=[Span(BEGIN, BEGIN + timedelta(hours=1))])
    drawn = draw(chart, SIZES[0])
    assert 'class="c-loud"' in drawn
    assert "c-limit" not in drawn
    assert ">dB<" not in drawn
