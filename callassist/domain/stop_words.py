"""What a one-word text to us means: stop, start again, or something that a person has to read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from callassist.errors import InvalidInput

# letters that no decomposition takes apart
_PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"})


class Meaning(StrEnum):
    """What a message asks of us."""

    STOP = "stop"
    START = "start"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class StopWords:
    """The words of every language together: a guest need not write in the stay's."""

    stop: frozenset[str]
    start: frozenset[str]

    def meaning(self, message: str) -> Meaning:
        """Of the whole message; only one that is a single word can mean stop or start."""
        word = bare(message)
        if word in self.stop:
            return Meaning.STOP
        return Meaning.START if word in self.start else Meaning.OTHER

    def is_mentioned(self, message: str) -> bool:
        """Whether a stop word is in a sentence; what it means there is for a person to say."""
        return any(bare(word) in self.stop for word in re.findall(r"\w+", message))


def parse_stop_words(table: Mapping[str, Any]) -> StopWords:
    """The table as read from TOML; InvalidInput names what is wrong."""
    stop, start = (_words(table, kind) for kind in ("stop", "start"))
    both = sorted(stop & start)
    if both:
        raise InvalidInput(f"{both[0]!r} cannot mean both", "start")
    return StopWords(stop=stop, start=start)


def bare(message: str) -> str:
    """Without case, accents, punctuation and signs; empty when it is not one word."""
    parts = message.split()
    spread = unicodedata.normalize("NFKD", message.casefold().translate(_PLAIN))
    letters = "".join(sign for sign in spread if sign.isalnum()).translate(_PLAIN)
    words = [part for part in parts if any(sign.isalnum() for sign in part)]
    return letters if len(words) == 1 else ""


def _words(table: Mapping[str, Any], kind: str) -> frozenset[str]:
    found: set[str] = set()
    for language, words in dict(table.get(kind, {})).items():
        found |= {_word(word, f"{kind}.{language}") for word in _list(words, kind)}
    if not found:
        raise InvalidInput("give at least one word", kind)
    return frozenset(found)


def _list(words: object, kind: str) -> Iterable[object]:
    if not isinstance(words, list):
        raise InvalidInput("give lists of words by language", kind)
    return words


def _word(word: object, where: str) -> str:
    plain = bare(word) if isinstance(word, str) else ""
    if not plain:
        raise InvalidInput(f"{word!r} is not a single word", where)
    return plain
