"""Text that people typed, made safe to stand inside a sentence of ours."""

from __future__ import annotations

import unicodedata

_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"


def plain_line(text: str) -> str:
    """One line: control characters, line breaks and marks that turn the direction become spaces."""
    return " ".join("".join(" " if _disturbs(letter) else letter for letter in text).split())


def isolated(text: str) -> str:
    """The line, fenced off where it is written from right to left, so that our words stay put."""
    line = plain_line(text)
    if any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in line):
        return f"{_FIRST_STRONG_ISOLATE}{line}{_POP_ISOLATE}"
    return line


def _disturbs(letter: str) -> bool:
    if letter == "\u200d":  # joins emoji and Persian letters
        return False
    return unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
