"""The report's words in one language: sentences from TOML, plurals, ordinals, local times."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import lru_cache
from importlib import resources
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal

LANGUAGES = ("en", "fr")
DEFAULT = "en"


def supported(language: str | None) -> str:
    """The language if the report has it (`fr-CA` counts as `fr`), else English."""
    plain = (language or DEFAULT).split("-")[0].split("_")[0].lower()
    return plain if plain in LANGUAGES else DEFAULT


@dataclass(frozen=True)
class Count:
    """A whole number in a sentence: `{n:call|calls}` writes it with its noun, `{n:th}` in order."""

    value: int
    words: Words

    def __format__(self, spec: str) -> str:
        if spec == "th":
            return self.words.get("ordinal", str(self.value)) or str(self.value)
        number = format_decimal(self.value, locale=self.words.language)
        if "|" not in spec:
            return number
        one, many = spec.split("|")
        return f"{number}\N{NO-BREAK SPACE}{one if self._is_singular() else many}"

    def _is_singular(self) -> bool:
        return self.value == 1 or (self.value == 0 and self.words.language == "fr")


@lru_cache(maxsize=1024)
def _short_day(day: date, language: str) -> str:
    return format_date(day, "d MMM y", locale=language)


@dataclass(frozen=True)
class Words:
    """Words of one language and the zone in which times are told."""

    language: str
    tz: tzinfo

    def get(self, section: str, key: str) -> str | None:
        """The plain words, or None when there are none (a key of a newer version)."""
        part = texts(self.language).get(section)
        found = part.get(key) if isinstance(part, Mapping) else None
        return found if isinstance(found, str) else None

    def word(self, section: str, key: object) -> str:
        """The words for a key; an unknown key is shown as it is, with spaces."""
        return self.get(section, str(key)) or str(key).replace("_", " ")

    def plain(self, key: str) -> str:
        """Words which belong to no section."""
        return str(texts(self.language)[key])

    def say(self, section: str, key: str, **params: object) -> str:
        """The sentence with its parameters; numbers and instants are written as people do."""
        template = self.word(section, key)
        ready = {name: self.ready(value) for name, value in params.items()}
        return template.format_map(_Lenient(ready, self.plain("none")))

    def ready(self, value: object) -> object:
        """A parameter as a sentence writes it: counts, decimals and local times."""
        if isinstance(value, bool) or value is None:
            return self.plain("none")
        if isinstance(value, int):
            return Count(value, self)
        if isinstance(value, float):
            return self.decimal(value)
        if isinstance(value, datetime):
            return self.clock(value)
        return value

    def clock(self, at: datetime) -> str:
        """Hours and minutes in the home's zone."""
        return at.astimezone(self.tz).strftime("%H:%M")

    def seconds(self, at: datetime) -> str:
        """Hours, minutes and seconds in the home's zone."""
        return at.astimezone(self.tz).strftime("%H:%M:%S")

    def date(self, at: datetime) -> str:
        """The full date in the home's zone."""
        pattern = "EEEE d MMMM y"
        return format_date(at.astimezone(self.tz), pattern, locale=self.language)

    def moment(self, at: datetime) -> str:
        """Short date and time in the home's zone."""
        day = _short_day(at.astimezone(self.tz).date(), self.language)
        return f"{day}, {self.clock(at)}"

    def decimal(self, value: float) -> str:
        """At most one decimal."""
        return str(format_decimal(value, format="0.#", locale=self.language))

    def decibels(self, value: float) -> str:
        """A level with its unit."""
        return self.plain("decibels").format(n=self.decimal(value))

    def duration(self, seconds: int) -> str:
        """Talk time as m:ss."""
        return f"{seconds // 60}:{seconds % 60:02d}"


class _Lenient(dict[str, object]):
    """Missing parameters are shown as a dash: a report never fails for an older body."""

    def __init__(self, values: Mapping[str, object], dash: str) -> None:
        super().__init__(values)
        self._dash = dash

    def __missing__(self, key: str) -> object:
        return _Dash(self._dash)


@dataclass(frozen=True)
class _Dash:
    text: str

    def __format__(self, spec: str) -> str:
        return self.text


@lru_cache(maxsize=len(LANGUAGES))
def texts(language: str) -> Mapping[str, Any]:
    """All words of a language as its TOML files have them: of reports, reasons and figures."""
    folder = resources.files("callassist.reports").joinpath("texts")
    found: dict[str, Any] = {}
    for name in ("", "why_", "digest_", "period_"):
        file = folder.joinpath(f"{name}{language}.toml")
        found |= tomllib.loads(file.read_text(encoding="utf-8"))
    return found
