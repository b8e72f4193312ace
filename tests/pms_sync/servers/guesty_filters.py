"""Guesty's two languages for filters: brackets of v3, JSON of the legacy list."""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable
from typing import Any

Record = dict[str, Any]

_SEARCH_FIELDS = {
    "status",
    "listingId",
    "confirmationCode",
    "source",
    "checkIn",
    "checkOut",
    "createdAt",
}
_BRACKETS = re.compile(r"filter\[([A-Za-z]+)\](?:\[([a-z]+)\])?")
_ORDER = {"gte": operator.ge, "gt": operator.gt, "lte": operator.le, "lt": operator.lt}


def search_filter(params: dict[str, list[str]]) -> Callable[[Record], bool]:
    """filter[field]=v and filter[field][op]=v; a comma says "one of"; ValueError otherwise."""
    tests: list[Callable[[Record], bool]] = []
    for name, values in params.items():
        found = _BRACKETS.fullmatch(name)
        if found is None or found[1] not in _SEARCH_FIELDS:
            raise ValueError(f"{name} is not a parameter of this search")
        tests.append(_search_test(found[1], found[2] or "eq", values[0]))
    return lambda record: all(test(record) for test in tests)


def _search_test(field: str, op: str, value: str) -> Callable[[Record], bool]:
    several = set(value.split(","))
    if op in ("eq", "in"):
        return lambda record: _of(record, field) in several
    if op in ("ne", "nin"):
        return lambda record: _of(record, field) not in several
    if op not in _ORDER:
        raise ValueError(f"{op} is no operator")
    compare = _ORDER[op]
    return lambda record: bool(compare(_cut(_of(record, field), value), value))


def legacy_filter(written: str) -> Callable[[Record], bool]:
    """A JSON array of {field, operator, ...}; all must hold."""
    conditions = json.loads(written)
    if not isinstance(conditions, list):
        raise ValueError("filters must be an array")
    tests = [_legacy_test(one) for one in conditions]
    return lambda record: all(test(record) for test in tests)


def _legacy_test(one: dict[str, Any]) -> Callable[[Record], bool]:
    field, op = one["field"], one["operator"]
    value: Any = one.get("value")
    if op == "$between":
        first, last = one["from"], one["to"]
        return lambda record: (
            first <= _cut(_of(record, field), first) and _cut(_of(record, field), last) <= last
        )
    if op in ("$contains", "$in"):
        return lambda record: _of(record, field) in value
    if op == "$eq":
        return lambda record: bool(_of(record, field) == value)
    compare = _ORDER.get(op.removeprefix("$"))
    if compare is None:
        raise ValueError(f"{op} is no operator")
    return lambda record: bool(compare(_cut(_of(record, field), value), value))


def _of(record: Record, field: str) -> Any:
    """A reservation is found by its first listing only."""
    if field == "listingId" and record.get("stay"):
        return record["stay"][0]["listingId"]
    return record.get(field)


def _cut(value: Any, like: str) -> str:
    """Instants and days compare as far as the shorter goes."""
    return str(value)[: len(like)]
