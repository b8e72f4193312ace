"""Tables of `config/` and types of settings, kept for as long as a process of tests lives.

Each service reads them once at its start, and each test starts one.
"""

from __future__ import annotations

import pickle
import tomllib
from collections.abc import Callable
from functools import cache
from typing import Any

from callassist.settings import load

_parse = tomllib.loads


def share_tables() -> None:
    """Let all services of this process share what a text says; each gets a copy of its own."""

    def loads(text: str, /, *, parse_float: Callable[[str], Any] = float) -> dict[str, Any]:
        if parse_float is not float:
            return _parse(text, parse_float=parse_float)
        said: dict[str, Any] = pickle.loads(_parsed(text))
        return said

    tomllib.loads = loads
    load.get_type_hints = cache(load.get_type_hints)  # type: ignore[attr-defined, assignment]


@cache
def _parsed(text: str) -> bytes:
    return pickle.dumps(_parse(text))
