"""Scripts as they are written in TOML, checked before anybody reads one out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callassist.domain.results import GUEST_RULES
from callassist.domain.script import (
    EMERGENCY_SLOT,
    FALLBACK_LANGUAGE,
    SECTIONS,
    SLOTS,
    Card,
    SafetyText,
    ScriptBook,
    ScriptLibrary,
    Sentence,
    slots_in,
)
from callassist.errors import InvalidInput


def parse_library(
    books: Mapping[str, Mapping[str, Any]],
    phrases: Mapping[str, Any],
    emergency: Mapping[str, Any],
) -> ScriptLibrary:
    """The library from decoded TOML; InvalidInput names the book and sentence that is wrong."""
    parsed = {language: parse_book(book, language) for language, book in books.items()}
    if FALLBACK_LANGUAGE not in parsed:
        raise InvalidInput("there must be an English script, en.toml", "scripts")
    return ScriptLibrary(
        books=parsed,
        phrases=_phrases(phrases),
        emergency_numbers=dict(emergency.get("numbers", {})),
        emergency_default=str(emergency.get("default", "112")),
    )


def parse_book(book: Mapping[str, Any], language: str) -> ScriptBook:
    """One language's book; InvalidInput names what is missing or cannot always be said."""
    try:
        safety = book["safety"]
        return ScriptBook(
            language=language,
            version=str(book["version"]),
            never=str(book["never"]),
            sections={
                name: tuple(
                    _sentence(line["key"], line["say"], f"{language}.{name}")
                    for line in book[name]["lines"]
                )
                for name in SECTIONS
            },
            cards=tuple(_card(card, language) for card in book["cards"]),
            safety=SafetyText(
                title=str(safety["title"]),
                say=_safety(safety["say"], language),
                steps=_safety(safety["steps"], language),
            ),
        )
    except KeyError as error:
        raise InvalidInput(f"lacks {error.args[0]!r}", f"script {language}") from None


def _card(card: Mapping[str, Any], language: str) -> Card:
    result = card.get("result")
    if result is not None and result not in {str(known) for known in GUEST_RULES}:
        raise InvalidInput(f"{result!r} is not a result", f"{language}.cards.{card['key']}")
    return Card(
        key=card["key"],
        title=card["title"],
        sentence=_sentence(card["key"], card["say"], f"{language}.cards"),
        result=result,
    )


def _sentence(key: str, forms: list[str], where: str) -> Sentence:
    place = f"{where}.{key}"
    if not forms:
        raise InvalidInput("has nothing to say", place)
    for form in forms:
        unknown = slots_in(form) - SLOTS
        if unknown:
            raise InvalidInput(f"unknown slot {{{min(unknown)}}}", place)
    if slots_in(forms[-1]):
        raise InvalidInput("the last form must do without slots, for when none is known", place)
    return Sentence(key, tuple(forms))


def _safety(texts: list[str], language: str) -> tuple[str, ...]:
    for text in texts:
        if slots_in(text) - {EMERGENCY_SLOT}:
            raise InvalidInput("may only use {emergency_number}", f"{language}.safety")
    return tuple(texts)


def _phrases(phrases: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    cards = {code: dict(card) for code, card in phrases.items() if isinstance(card, dict)}
    keys = cards.get(FALLBACK_LANGUAGE, {}).keys()
    for code, card in cards.items():
        if card.keys() != keys:
            raise InvalidInput(
                "must have the same sentences as the English card", f"phrases.{code}"
            )
        for text in card.values():
            if slots_in(text) - {EMERGENCY_SLOT}:
                raise InvalidInput("may only use {emergency_number}", f"phrases.{code}")
    return cards
