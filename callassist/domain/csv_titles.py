"""Titles of columns as programs and people write them, and cells that mean yes or a language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import TypeVar

from callassist.domain.language import plain_language
from callassist.errors import InvalidInput

Field = TypeVar("Field")

_LANGUAGES = {
    **dict.fromkeys(("english", "anglais", "englisch"), "en"),
    **dict.fromkeys(("french", "francais", "franzosisch"), "fr"),
    **dict.fromkeys(("german", "allemand", "deutsch"), "de"),
    **dict.fromkeys(("spanish", "espagnol", "espanol", "spanisch"), "es"),
    **dict.fromkeys(("italian", "italien", "italiano", "italienisch"), "it"),
    **dict.fromkeys(("dutch", "neerlandais", "nederlands", "niederlandisch"), "nl"),
    **dict.fromkeys(("polish", "polonais", "polski", "polnisch"), "pl"),
    **dict.fromkeys(("portuguese", "portugais", "portugues", "portugiesisch"), "pt"),
}
_YES = ("yes", "y", "oui", "o", "ja", "true", "vrai", "wahr", "1", "x")
_NO = ("no", "n", "non", "nein", "false", "faux", "falsch", "0", "")


def places_of(titles: Sequence[str], known: Mapping[Field, tuple[str, ...]]) -> dict[Field, int]:
    """By field the place (from 0) of the column that seems to hold it; `known` are plain titles."""
    plain = [plain_title(title) for title in titles]
    found: dict[Field, int] = {}
    for field, names in known.items():
        places = [plain.index(title) for title in names if title in plain]
        free = [place for place in places if place not in found.values()]
        if free:
            found[field] = free[0]
    return found


def plain_title(title: str) -> str:
    """Small letters and digits without accents, one blank between words."""
    letters = unicodedata.normalize("NFKD", title.casefold())
    return " ".join(re.findall("[a-z0-9]+", "".join(c for c in letters if ord(c) < 128)))


def written_language(said: str) -> str:
    """The code of a language written as a code or a name; InvalidInput when it is neither."""
    return _LANGUAGES.get(plain_title(said)) or plain_language(said)


def written_yes(said: str) -> bool:
    """Whether a cell means yes; an empty one means no, InvalidInput for what is neither."""
    word = plain_title(said)
    if word in _YES:
        return True
    if word in _NO and (word or not said.strip()):
        return False
    raise InvalidInput("write yes or no")
