"""Paths into JSON that a host picks from a sample: `data.items[0].value`, `status[code=va].value`.

A step is a name, a place in a list, or the first item of a list in which a field has a value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from callassist.errors import InvalidInput

LONGEST_PATH = 200
MOST_LEAVES = 200
DEEPEST = 8
MISSING = object()

_STEP = re.compile(r"(?:^|\.)([^.\[\]]+)|\[(\d{1,4})\]|\[([^\[\]=]+)=([^\[\]]*)\]")
_NAMING = ("code", "key", "name", "id", "dpId", "dp_id", "dp", "type")  # fields that tell items


@dataclass(frozen=True)
class Where:
    """The item of a list whose `field` says `value`."""

    field: str
    value: str


Step = str | int | Where
Path = tuple[Step, ...]


@dataclass(frozen=True)
class Leaf:
    """One value of a sample and the path to it."""

    path: str
    value: str | int | float | bool | None


def parse_path(text: str, option: str) -> Path:
    """The steps of a path; raises InvalidInput naming the option."""
    steps: list[Step] = []
    place = 0
    if not text or len(text) > LONGEST_PATH:
        raise InvalidInput(f"give a path of 1 to {LONGEST_PATH} characters", option)
    while place < len(text):
        found = _STEP.match(text, place)
        if found is None:
            raise InvalidInput("not a path; write it like data.items[0].level", option)
        name, index, field, value = found.groups()
        if name is not None:
            steps.append(name)
        else:
            steps.append(int(index) if index is not None else Where(field, value))
        place = found.end()
    return tuple(steps)


def find(value: object, path: Path) -> object:
    """What stands at the path, MISSING when nothing does."""
    for step in path:
        if isinstance(step, str):
            value = value.get(step, MISSING) if isinstance(value, dict) else MISSING
        elif not isinstance(value, list):
            return MISSING
        elif isinstance(step, int):
            value = value[step] if step < len(value) else MISSING
        else:
            value = _first_where(value, step)
        if value is MISSING:
            return MISSING
    return value


def put(body: object, path: Path, value: object) -> object:
    """`body` with `value` at the path, made where there was nothing."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(step, str):
        made = dict(body) if isinstance(body, dict) else {}
        made[step] = put(made.get(step), rest, value)
        return made
    items = list(body) if isinstance(body, list) else []
    if isinstance(step, int):
        items += [None] * (step + 1 - len(items))
        items[step] = put(items[step], rest, value)
        return items
    place = next((at for at, one in enumerate(items) if _first_where([one], step) is one), None)
    if place is None:
        items.append({step.field: step.value})
        place = len(items) - 1
    items[place] = put(items[place], rest, value)
    return items


def pointer(path: Path) -> str:
    """The path for people and for faults."""
    text = ""
    for step in path:
        if isinstance(step, str):
            text += f".{step}" if text else step
        elif isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f"[{step.field}={step.value}]"
    return text


def leaves(value: object) -> list[Leaf]:
    """The values of a sample in their order, with paths that find them again."""
    found: list[Leaf] = []
    for leaf in _leaves(value, "", DEEPEST):
        found.append(leaf)
        if len(found) == MOST_LEAVES:
            break
    return found


def _leaves(value: object, path: str, deep: int) -> Iterator[Leaf]:
    if isinstance(value, dict) and deep:
        for name, inner in value.items():
            if not re.search(r"[.\[\]]", name) and name:
                yield from _leaves(inner, f"{path}.{name}" if path else name, deep - 1)
    elif isinstance(value, list) and deep:
        for index, inner in enumerate(value):
            yield from _leaves(inner, path + _step_to(value, index), deep - 1)
    elif path and len(path) <= LONGEST_PATH and not isinstance(value, dict | list):
        assert value is None or isinstance(value, str | int | float | bool)
        yield Leaf(path, value)


def _step_to(items: list[object], index: int) -> str:
    """By name where an item has one of its own, else by place: places change."""
    item = items[index]
    for field in _NAMING:
        said = item.get(field) if isinstance(item, dict) else None
        if isinstance(said, str | int) and not re.search(r"[\[\]]", str(said)):
            where = Where(field, _text(said))
            if _first_where(items, where) is item:
                return f"[{field}={where.value}]"
    return f"[{index}]"


def _first_where(items: list[object], where: Where) -> object:
    for item in items:
        if isinstance(item, dict) and _text(item.get(where.field)) == where.value:
            return item
    return MISSING


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
