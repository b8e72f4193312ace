"""The mail with the figures of a period, in words: text and HTML of the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from callassist.ports.messages import Message
from callassist.reports import period_words
from callassist.reports.display_text import isolated, plain_line
from callassist.reports.period import Figures, HomeFigures
from callassist.reports.words import Words, supported

_MOST_HOMES = 30  # with a line of their own
_MOST_CELLS = 31


@dataclass(frozen=True, kw_only=True)
class Letterhead:
    """Whom the mail is from and where its links lead."""

    account: str
    place: str  # the home's name, or the account's
    url: str
    stop_url: str


def digest_message(figures: Figures, head: Letterhead, language: str, key: str) -> Message:
    """The finished mail; names of homes are text wherever they stand."""
    words = Words(supported(language), ZoneInfo("UTC"))
    sentences = period_words.sentences(figures, words)
    values = {
        "language": words.language,
        "title": plain_line(head.place),
        "days": period_words.days(figures, words),
        "sentences": sentences,
        "nights": _nights(figures, words),
        "head": period_words.head(words),
        "rows": [period_words.row(home, words) for home in _shown(figures)],
        "more": _more(figures, words),
        "url": head.url,
        "stop_url": head.stop_url,
        "open": words.word("digest", "open"),
        "why": words.say("digest", "why", account=isolated(head.account)),
        "stop": words.word("digest", "stop"),
        "homes": words.word("digest", "homes"),
    }
    return Message(
        key=key,
        title=_subject(figures, head, words),
        text=_environment().get_template("digest.txt").render(values).strip() + "\n",
        html=_environment().get_template("digest.html").render(values),
        language=words.language,
    )


def _subject(figures: Figures, head: Letterhead, words: Words) -> str:
    place = plain_line(head.place)
    if figures.incidents == 0:
        return words.say("digest", "subject_calm", place=place)
    return words.say(
        "digest",
        "subject",
        place=place,
        incidents=figures.incidents,
        quiet=figures.quiet_nights,
    )


def _nights(figures: Figures, words: Words) -> list[tuple[str, bool]]:
    """Each night's day and whether it was loud somewhere; a long period has no strip."""
    count = (figures.last - figures.first).days + 1
    if count > _MOST_CELLS:
        return []
    loud = {night for home in figures.homes for night in home.loud_nights}
    days = [date.fromordinal(figures.first.toordinal() + n) for n in range(count)]
    return [(format_date(day, "d", locale=words.language), day in loud) for day in days]


def _shown(figures: Figures) -> list[HomeFigures]:
    return period_words.loudest_first(figures)[:_MOST_HOMES]


def _more(figures: Figures, words: Words) -> str:
    hidden = len(figures.homes) - _MOST_HOMES
    return words.say("digest", "more", n=hidden) if hidden > 0 else ""


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("callassist.reports", "templates"),
        autoescape=select_autoescape(enabled_extensions=("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
