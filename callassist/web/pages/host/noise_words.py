"""What a ribbon and a chart show, said in words: to read fast, or instead of seeing them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal
from markupsafe import Markup

from callassist.domain.spans import Span
from callassist.reports import ribbon as drawing
from callassist.reports.noise_past import BreachSpan
from callassist.reports.ribbon import CELL, Ribbon, Tone
from callassist.web.languages import language
from callassist.web.pages import times
from callassist.web.translate import gettext as _
from callassist.web.translate import ngettext

_NAMED = 3


def ribbon_svg(ribbon: Ribbon, zone: ZoneInfo) -> Markup:
    """The strip; its label says the same."""
    return _svg(ribbon, zone, language(), times.hour_cycle())


@lru_cache(maxsize=256)  # of 11 KB; a page draws the same ones again until something is heard
def _svg(ribbon: Ribbon, zone: ZoneInfo, _language: str, _cycle: str | None) -> Markup:
    """What decides the drawing and its words; `ribbon_words` asks for the last two itself."""
    return Markup(drawing.draw(ribbon, ribbon_words(ribbon, zone)))  # noqa: S704 our own drawing


def ribbon_words(ribbon: Ribbon, zone: ZoneInfo) -> str:
    """From when to when it was loud, and when nothing was heard."""
    loud, unheard = spans(ribbon, Tone.LOUD), spans(ribbon, Tone.UNHEARD)
    said = [
        _("Loud %(spans)s.", spans=between(loud, zone)) if loud else _("Never loud."),
        *([_("No data %(spans)s.", spans=between(unheard, zone))] if unheard else []),
        *(_called(ribbon, zone)),
    ]
    return " ".join(said)


def spans(ribbon: Ribbon, tone: Tone) -> list[Span]:
    """The stretches of one tone."""
    found: list[Span] = []
    for place, cell in enumerate(ribbon.cells):
        at = ribbon.starts_at + CELL * place
        if cell.tone is not tone:
            continue
        if found and found[-1].ends_at == at:
            found[-1] = Span(found[-1].starts_at, at + CELL)
        else:
            found.append(Span(at, at + CELL))
    return found


def between(parts: Sequence[Span], zone: ZoneInfo) -> str:
    """`22:45 to 23:30, 01:00 to 01:15`; many are counted."""
    named = [
        _(
            "%(start)s to %(end)s",
            start=times.clock(part.starts_at, zone),
            end=times.clock(part.ends_at, zone),
        )
        for part in parts[:_NAMED]
    ]
    rest = len(parts) - len(named)
    if rest:
        named.append(ngettext("%(num)s more time", "%(num)s more times", rest))
    return ", ".join(named)


def window_words(
    breaches: Sequence[BreachSpan],
    gaps: Sequence[Span],
    peak: tuple[float, datetime] | None,
    now: datetime,
    zone: ZoneInfo,
) -> list[str]:
    """The text beside a chart, one sentence each."""
    loud = sum((breach.until(now).ends_at - breach.starts_at for breach in breaches), timedelta())
    said = []
    if breaches:
        said.append(
            ngettext(
                "Loud once, for %(span)s.",
                "Loud %(num)s times, %(span)s together.",
                len(breaches),
                span=times.lasting(loud),
            )
        )
    else:
        said.append(_("Never loud."))
    if peak is not None:
        said.append(
            _("Loudest: %(db)s dB, %(at)s.", db=decibels(peak[0]), at=times.at(peak[1], now, zone))
        )
    if gaps:
        silent = sum((gap.ends_at - gap.starts_at for gap in gaps), timedelta())
        said.append(
            _(
                "No data for %(span)s (%(spans)s): unknown, not quiet.",
                span=times.lasting(silent),
                spans=between(gaps, zone),
            )
        )
    return said


def decibels(level: float) -> str:
    """A level as people there write it."""
    return str(format_decimal(level, format="0", locale=language()))


def _called(ribbon: Ribbon, zone: ZoneInfo) -> list[str]:
    return [
        _("Call requested %(at)s.", at=times.clock(tick.at, zone))
        if tick.kind == "call"
        else _("Reached %(at)s.", at=times.clock(tick.at, zone))
        for tick in ribbon.ticks
        if ribbon.starts_at <= tick.at <= ribbon.ends_at
    ]
