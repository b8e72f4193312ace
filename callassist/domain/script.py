"""What an operator says: sentences with slots, and a neutral form where a slot is not known.

Scripts are data (config/scripts/*.toml); this module checks them and fills them in.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from callassist.domain.call_task import Party
from callassist.domain.reference import as_said
from callassist.errors import InvalidInput

SLOTS = frozenset({"guest", "desk_name", "host_spoken_name", "minutes", "call_name", "reference"})
EMERGENCY_SLOT = "emergency_number"
FALLBACK_LANGUAGE = "en"
SECTIONS = ("guest", "guest_repeat", "guest_voicemail", "host", "host_voicemail")


@dataclass(frozen=True, kw_only=True)
class Slots:
    """What is known for one call; empty or None means unknown. `minutes` as measured."""

    guest: str = ""
    desk_name: str = ""
    host_spoken_name: str = ""
    minutes: float | None = None
    call_name: str = ""
    reference: str = ""
    country: str = ""  # of the home (ISO), for the emergency number


@dataclass(frozen=True)
class Sentence:
    """One thing to say, best form first; the last form has no slot."""

    key: str
    forms: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Card:
    """What to say when the call takes a turn; `result` is the one to choose afterwards."""

    key: str
    title: str
    sentence: Sentence
    result: str | None = None


@dataclass(frozen=True, kw_only=True)
class SafetyText:
    """The card for an emergency."""

    title: str
    say: tuple[str, ...]
    steps: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ScriptBook:
    """Everything said in one language, with the version that reports name."""

    language: str
    version: str
    never: str
    sections: Mapping[str, tuple[Sentence, ...]]
    cards: tuple[Card, ...]
    safety: SafetyText


@dataclass(frozen=True, kw_only=True)
class ScriptLibrary:
    """All books, phrase cards by language, and the emergency number of each country."""

    books: Mapping[str, ScriptBook]
    phrases: Mapping[str, Mapping[str, str]]
    emergency_numbers: Mapping[str, str]
    emergency_default: str = "112"

    def emergency_number(self, country: str) -> str:
        """The number that a guest in danger rings in a country (ISO code)."""
        return self.emergency_numbers.get(country.upper(), self.emergency_default)


@dataclass(frozen=True, kw_only=True)
class Phrase:
    """One sentence to read out in the guest's language, and what it means to the operator."""

    key: str
    say: str
    meaning: str


@dataclass(frozen=True, kw_only=True)
class PhraseCard:
    """A guest's language that nobody on shift speaks: five sentences to read out."""

    language: str
    title: str
    phrases: tuple[Phrase, ...]


@dataclass(frozen=True, kw_only=True)
class SpokenCard:
    """A card filled in."""

    key: str
    title: str
    say: str
    result: str | None = None


@dataclass(frozen=True)
class Part:
    """A piece of a line; with `slot` it is a value filled in, to be said with care."""

    text: str
    slot: str = ""


@dataclass(frozen=True, kw_only=True)
class Script:
    """A script filled in for one call; `missing` names the slots that had no value.

    `parts` are the same lines in pieces, for those who show what was filled in.
    """

    language: str
    version: str
    party: Party
    repeat: bool
    lines: tuple[str, ...]
    parts: tuple[tuple[Part, ...], ...]
    voicemail: str
    cards: tuple[SpokenCard, ...]
    safety_title: str
    safety: tuple[str, ...]
    safety_steps: tuple[str, ...]
    never: str
    phrase_card: PhraseCard | None = None
    phrase_cards: tuple[PhraseCard, ...] = ()
    missing: frozenset[str] = field(default_factory=frozenset)


def render_script(
    library: ScriptLibrary,
    language: str,
    party: Party,
    slots: Slots,
    *,
    repeat: bool = False,
    guest_language: str | None = None,
) -> Script:
    """The script for a call in `language`, or in English where there is no book for it.

    With a `guest_language` that is not the script's, a phrase card is added where one exists.
    """
    book = library.books.get(_plain(language)) or library.books[FALLBACK_LANGUAGE]
    values = _values(slots)
    section = "host" if party is Party.HOST else "guest_repeat" if repeat else "guest"
    number = {EMERGENCY_SLOT: library.emergency_number(slots.country)}
    return Script(
        language=book.language,
        version=book.version,
        party=party,
        repeat=repeat,
        lines=tuple(_say(one, values) for one in book.sections[section]),
        parts=tuple(_parts(one, values) for one in book.sections[section]),
        voicemail=" ".join(_say(one, values) for one in book.sections[f"{party}_voicemail"]),
        cards=_cards(book, party, values),
        safety_title=book.safety.title,
        safety=tuple(text.format_map(number) for text in book.safety.say),
        safety_steps=tuple(text.format_map(number) for text in book.safety.steps),
        never=book.never,
        phrase_card=_phrase_card(library, book.language, guest_language or language, number),
        phrase_cards=_phrase_cards(library, book.language, number),
        missing=SLOTS - values.keys(),
    )


def spoken_minutes(minutes: float | None) -> int | None:
    """Measured minutes rounded down to 5; None when unknown or under 5."""
    if minutes is None or minutes < 5:
        return None
    return int(minutes // 5) * 5


@lru_cache(maxsize=2048)  # a page of a call asks for each sentence of every script
def slots_in(text: str) -> frozenset[str]:
    """Names of the slots that a sentence has; InvalidInput for a brace that closes nothing."""
    try:
        return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name)
    except ValueError:
        raise InvalidInput(f"a slot is not closed in {text!r}", "say") from None


def _values(slots: Slots) -> dict[str, str]:
    minutes = spoken_minutes(slots.minutes)
    given = {
        "guest": slots.guest.strip(),
        "desk_name": slots.desk_name.strip(),
        "host_spoken_name": slots.host_spoken_name.strip(),
        "minutes": "" if minutes is None else str(minutes),
        "call_name": slots.call_name.strip(),
        "reference": as_said(slots.reference),
    }
    return {name: value for name, value in given.items() if value}


def _say(sentence: Sentence, values: Mapping[str, str]) -> str:
    return _form(sentence, values).format_map(values)


def _form(sentence: Sentence, values: Mapping[str, str]) -> str:
    return next(form for form in sentence.forms if slots_in(form) <= values.keys())


def _parts(sentence: Sentence, values: Mapping[str, str]) -> tuple[Part, ...]:
    found = []
    for text, slot, _, _ in string.Formatter().parse(_form(sentence, values)):
        if text:
            found.append(Part(text))
        if slot:
            found.append(Part(values[slot], slot))
    return tuple(found)


def _cards(book: ScriptBook, party: Party, values: Mapping[str, str]) -> tuple[SpokenCard, ...]:
    if party is Party.HOST:
        return ()
    return tuple(
        SpokenCard(
            key=card.key, title=card.title, say=_say(card.sentence, values), result=card.result
        )
        for card in book.cards
    )


def _phrase_card(
    library: ScriptLibrary, language: str, guest_language: str, number: Mapping[str, str]
) -> PhraseCard | None:
    wanted = _plain(guest_language)
    spoken, meanings = library.phrases.get(wanted), library.phrases.get(language)
    if wanted == language or spoken is None or meanings is None:
        return None
    phrases = tuple(
        Phrase(key=key, say=text.format_map(number), meaning=meanings[key].format_map(number))
        for key, text in spoken.items()
        if key != "title"
    )
    return PhraseCard(language=wanted, title=spoken["title"], phrases=phrases)


def _phrase_cards(
    library: ScriptLibrary, language: str, number: Mapping[str, str]
) -> tuple[PhraseCard, ...]:
    """One for each language that no book is written in."""
    found = (
        _phrase_card(library, language, code, number)
        for code in sorted(library.phrases.keys() - library.books.keys())
    )
    return tuple(card for card in found if card is not None)


def _plain(language: str) -> str:
    return language.partition("-")[0].lower()
