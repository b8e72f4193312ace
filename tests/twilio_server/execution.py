"""Runs a document: a generator that stops wherever it has to wait for the world."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

# begin waiting; call what is handed over to go on with a value
Begin = Callable[[Callable[[Any], None]], None]
Steps = Generator[Begin, Any, Any]


class Execution:
    """One document being run on one leg, until it ends or is taken over by something else."""

    def __init__(self, steps: Steps, finished: Callable[[Any], None]) -> None:
        self._steps = steps
        self._finished = finished
        self._turn = 0
        self.is_stopped = False

    def start(self) -> None:
        self._go_on(0, None)

    def stop(self) -> None:
        """Whatever it waits for comes to nothing."""
        self.is_stopped = True

    def _go_on(self, turn: int, value: Any) -> None:
        if self.is_stopped or turn != self._turn:
            return  # a time-out that comes after the key was pressed
        self._turn += 1
        try:
            begin = self._steps.send(value)
        except StopIteration as done:
            if not self.is_stopped:
                self._finished(done.value)
            return
        now = self._turn
        begin(lambda result: self._go_on(now, result))
