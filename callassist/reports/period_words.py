"""Figures of a period in words: the same in mails and in the PDF."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time

from babel.dates import format_date

from callassist.reports.display_text import isolated
from callassist.reports.period import Figures, HomeFigures, percent
from callassist.reports.words import Words

_COLUMNS = ("home", "incidents", "minutes_above", "reached_head", "quiet_nights")


def sentences(figures: Figures, words: Words) -> list[str]:
    """What happened, from the whole to its parts; what did not happen is left out."""
    return list(_said(figures, words))


def head(words: Words) -> list[str]:
    """The titles of a table home by home."""
    return [words.word("digest", name) for name in _COLUMNS]


def row(home: HomeFigures, words: Words) -> list[str]:
    """One home as a line of the table."""
    reached = percent(home.reached, home.called)
    return [
        isolated(home.home.name),
        f"{words.ready(home.incidents)}",
        f"{words.ready(home.minutes_above)}",
        words.plain("none") if reached is None else words.plain("percent").format(n=reached),
        f"{home.quiet_nights}/{home.nights}",
    ]


def loudest_first(figures: Figures) -> list[HomeFigures]:
    """The homes by incidents, then by name."""
    return sorted(figures.homes, key=lambda home: (-home.incidents, home.home.name))


def days(figures: Figures, words: Words) -> str:
    """`16 November 2026 to 22 November 2026`, or the one night."""
    if figures.first == figures.last:
        return words.say("digest", "night", first=day_words(figures.first, words))
    return words.say(
        "digest", "days", first=day_words(figures.first, words), last=day_words(figures.last, words)
    )


def day_words(day: date, words: Words) -> str:
    """`16 November 2026`; in French the first of a month is an ordinal."""
    said = format_date(datetime.combine(day, time(), UTC), "d MMMM y", locale=words.language)
    return said.replace("1 ", "1er ", 1) if words.language == "fr" and day.day == 1 else said


def _said(figures: Figures, words: Words) -> Iterator[str]:
    if figures.incidents == 0:
        key = {0: "no_night", 1: "one_night_calm"}.get(figures.nights, "calm")
        yield words.say("digest", key, nights=figures.nights)
    else:
        yield words.say(
            "digest",
            "loud",
            incidents=figures.incidents,
            nights=figures.nights,
            quiet=figures.quiet_nights,
        )
    if figures.by_themselves:
        yield words.say("digest", "by_themselves", n=figures.by_themselves)
    if figures.called:
        yield _reached(figures, words)
    if figures.minutes_above:
        yield words.say("digest", "above", n=figures.minutes_above)


def _reached(figures: Figures, words: Words) -> str:
    if not figures.reached:
        return words.say("digest", "reached_none", called=figures.called)
    seconds = figures.first_call_seconds
    return words.say(
        "digest",
        "reached_plain" if seconds is None else "reached",
        reached=figures.reached,
        called=figures.called,
        minutes=max(1, round((seconds or 0) / 60)),
    )
