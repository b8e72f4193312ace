"""What many ask at the same moment is looked up once for all of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Key = TypeVar("Key")
Answer = TypeVar("Answer")


@dataclass
class _Round(Generic[Key, Answer]):
    keys: set[Key] = field(default_factory=set)
    answers: Mapping[Key, Answer] = field(default_factory=dict)
    fault: Exception | None = None
    over: threading.Event = field(default_factory=threading.Event)


class Together(Generic[Key, Answer]):
    """One look at a time; who comes meanwhile waits and shares the next one.

    So a look begins after everybody whom it answers has asked: nothing is kept, nothing is old.
    `look` gets all keys that were asked for and answers each of them.
    """

    def __init__(self, look: Callable[[frozenset[Key]], Mapping[Key, Answer]]) -> None:
        self._look = look
        self._turn = threading.Lock()
        self._guard = threading.Lock()
        self._gathering: _Round[Key, Answer] | None = None

    def ask(self, key: Key) -> Answer:
        """What is so now; a look that fails, fails for everybody who waited for it."""
        with self._guard:
            mine, leads = self._gathering, self._gathering is None
            if mine is None:
                mine = self._gathering = _Round()
            mine.keys.add(key)
        if leads:
            self._lead(mine)
        else:
            mine.over.wait()
        if mine.fault is not None:
            raise mine.fault
        return mine.answers[key]

    def _lead(self, mine: _Round[Key, Answer]) -> None:
        with self._turn:
            with self._guard:
                self._gathering = None  # who comes from here on has to see what is newer
            try:
                mine.answers = self._look(frozenset(mine.keys))
            except Exception as fault:
                mine.fault = fault
            finally:
                mine.over.set()
