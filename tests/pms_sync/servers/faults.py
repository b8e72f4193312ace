"""What goes wrong between a system and us, each on demand."""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass, field
from typing import Any


@dataclass(kw_only=True)
class Fault:
    """Spoils the next `times` requests whose "METHOD /path" matches, after letting `after` pass."""

    kind: str
    matching: str = ""
    times: int = 1
    after: int = 0
    status: int = 0
    seconds: float = 0
    headers: dict[str, str] = field(default_factory=dict)


class Faults:
    """The faults that a server still has to do."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._replayed: dict[str, Any] = {}

    def status(self, status: int, *, retry_after: str | None = None, **when: Any) -> None:
        """401, 403, 429, 500 ... in the system's own words; 429 with or without Retry-After."""
        headers = {} if retry_after is None else {"Retry-After": retry_after}
        self._waiting.append(Fault(kind="status", status=status, headers=headers, **when))

    def slow(self, seconds: float, **when: Any) -> None:
        """The right answer, too late."""
        self._waiting.append(Fault(kind="slow", seconds=seconds, **when))

    def cut_off(self, **when: Any) -> None:
        """Half of the right answer, then the connection ends."""
        self._waiting.append(Fault(kind="cut_off", **when))

    def html(self, **when: Any) -> None:
        """A page of HTML with status 200 instead of JSON."""
        self._waiting.append(Fault(kind="html", **when))

    def empty(self, **when: Any) -> None:
        """Status 200 and nothing in it."""
        self._waiting.append(Fault(kind="empty", **when))

    def wrong_types(self, **when: Any) -> None:
        """Every list in the answer is a text, every number an object."""
        self._waiting.append(Fault(kind="wrong_types", **when))

    def garbled(self, seed: int, **when: Any) -> None:
        """A tenth of all values in the answer are of some other type; `seed` says which."""
        self._waiting.append(Fault(kind="garbled", status=seed, **when))

    def same_page(self, matching: str, times: int = 1000) -> None:
        """Whatever page is asked for, the first one comes: paging never ends."""
        self._waiting.append(Fault(kind="same_page", matching=matching, times=times))

    def revoked(self, after: int, matching: str = "") -> None:
        """The owner takes the access away after so many requests, for good."""
        self._waiting.append(Fault(kind="revoked", after=after, matching=matching))

    def due(self, line: str) -> Fault | None:
        """The fault for this request ("GET /path"), if one is due."""
        for fault in list(self._waiting):
            if not re.search(fault.matching, line):
                continue
            if fault.after > 0:
                fault.after -= 1
                continue
            fault.times -= 1
            if fault.times <= 0:
                self._waiting.remove(fault)
            return fault
        return None

    def replay(self, fault: Fault, answer: Any) -> Any:
        """The first answer that this fault saw."""
        return self._replayed.setdefault(fault.matching, answer)


def of_wrong_types(body: bytes) -> bytes:
    """JSON whose lists became texts and whose numbers became objects."""
    return json.dumps(_wrong(json.loads(body or b"null"))).encode()


def garble(body: bytes, seed: int) -> bytes:
    """JSON in which a tenth of all values below the top are something else."""
    return json.dumps(_garbled(json.loads(body or b"null"), random.Random(seed), 0)).encode()


def _wrong(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _wrong(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return "none of your lists"
    return {"odd": True} if isinstance(value, int | float) else value


_ODD: tuple[Any, ...] = (
    None,
    [],
    {},
    "odd",
    -1,
    1e300,
    True,
    ["x"],
    {"a": None},
    "\x00",
    "9" * 500,
)


def _garbled(value: Any, dice: random.Random, depth: int) -> Any:
    if depth > 2 and dice.random() < 0.1:
        return dice.choice(_ODD)
    if isinstance(value, dict):
        return {name: _garbled(inner, dice, depth + 1) for name, inner in value.items()}
    if isinstance(value, list):
        return [_garbled(inner, dice, depth + 1) for inner in value]
    return dice.choice(_ODD) if depth > 1 and dice.random() < 0.1 else value
