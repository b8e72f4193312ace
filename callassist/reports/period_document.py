"""Figures of a period in words of one language, ready to be laid out as a PDF."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from callassist.reports import period_words
from callassist.reports.display_text import isolated
from callassist.reports.document_figures import Figure
from callassist.reports.document_parts import Row
from callassist.reports.period import Figures
from callassist.reports.words import Words, supported


@dataclass(frozen=True, kw_only=True)
class PeriodDocument:
    """Finished words; `reference` is the period. A single home has no table of homes."""

    language: str
    title: str
    place: str
    reference: str
    sentences: list[str]
    figures: list[Figure]
    homes_head: list[str]
    homes: list[Row]
    loud: list[tuple[str, str]]  # a home and its nights with an incident
    section: Mapping[str, str]
    foot: list[str]
    words: Mapping[str, str]


def period_document(
    figures: Figures, place: str, language: str, zone: tzinfo, made_at: datetime
) -> PeriodDocument:
    """Lay the words out; `place` is a home or an account, `zone` where its reader lives."""
    words = Words(supported(language), zone)
    several = len(figures.homes) > 1
    return PeriodDocument(
        language=words.language,
        title=words.word("period", "title"),
        place=isolated(place),
        reference=period_words.days(figures, words),
        sentences=period_words.sentences(figures, words),
        figures=list(_tiles(figures, words)),
        homes_head=period_words.head(words),
        homes=[period_words.row(one, words) for one in period_words.loudest_first(figures)]
        if several
        else [],
        loud=list(_loud(figures, words)),
        section={
            "homes": words.word("digest", "homes"),
            "loud": words.word("period", "loud"),
        },
        foot=[
            words.word("period", "counted"),
            words.say("period", "made", at=words.moment(made_at)),
        ],
        words={
            "page": words.word("title", "page"),
            "of": words.word("title", "of"),
            "glyphs": words.word("foot", "glyphs"),
        },
    )


def _tiles(figures: Figures, words: Words) -> Iterator[Figure]:
    dash, percent = words.plain("none"), figures.reached_percent
    by_themselves = words.say("period", "by_themselves", n=figures.by_themselves)
    yield _tile(
        words, "incidents", figures.incidents, by_themselves if figures.by_themselves else ""
    )
    yield _tile(
        words,
        "reached",
        dash if percent is None else words.plain("percent").format(n=percent),
        words.say("period", "of_calls", reached=figures.reached, called=figures.called)
        if figures.called
        else words.word("period", "no_call"),
    )
    seconds = figures.first_call_seconds
    yield _tile(
        words,
        "first_call",
        dash if seconds is None else words.duration(seconds),
        "" if seconds is None else words.word("period", "half_sooner"),
    )
    yield _tile(words, "above", figures.minutes_above, words.word("period", "the_limit"))
    yield _tile(
        words, "quiet", figures.quiet_nights, words.say("period", "of_nights", n=figures.nights)
    )


def _tile(words: Words, key: str, value: int | str, hint: str) -> Figure:
    shown = f"{words.ready(value)}" if isinstance(value, int) else value
    return Figure(label=words.word("period", key), value=shown, hint=hint)


def _loud(figures: Figures, words: Words) -> Iterator[tuple[str, str]]:
    for one in period_words.loudest_first(figures):
        if one.loud_nights:
            nights = [period_words.day_words(night, words) for night in sorted(one.loud_nights)]
            yield isolated(one.home.name), words.plain("list_join").join(nights)
