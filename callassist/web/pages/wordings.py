"""What a service says in English, found by its pattern and said in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from flask_babel.speaklater import LazyString

# (what is said, what we say); the pattern's groups are the values of ours
Wordings = tuple[tuple[str, LazyString], ...]


def worded(
    wordings: Iterable[tuple[str, LazyString]],
    said: str,
    values: Callable[[Mapping[str, str]], Mapping[str, str]] = dict,
) -> str | None:
    """The first that fits the whole of it; None for what we have no words for.

    `values` puts the groups themselves into words where that is needed.
    """
    for pattern, words in wordings:
        found = re.fullmatch(pattern, said, re.DOTALL)
        if found:
            return str(words) % values(found.groupdict())
    return None
