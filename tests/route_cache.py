"""Parsed addresses of routes, kept for as long as a process of tests lives.

Each page test makes an application of its own, and each application would read its some five
hundred addresses again: a fifth of making it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from werkzeug.routing import Rule

_parse = Rule._parse_rule
_known: dict[tuple[object, ...], tuple[list[Any], list[Any], dict[str, Any]]] = {}


def share_routes() -> None:
    """Let all applications of this process share what they read of an address."""

    def parse(rule: Rule, text: str) -> Iterable[Any]:
        key = (text, *rule.map.converters.items())
        if key not in _known:
            before = len(rule._trace)
            parts = list(_parse(rule, text))
            _known[key] = parts, rule._trace[before:], dict(rule._converters)
            return parts
        parts, trace, converters = _known[key]
        rule._trace.extend(trace)
        rule._converters.update(converters)
        rule.arguments.update(converters)
        return parts

    Rule._parse_rule = parse  # type: ignore[method-assign, assignment]
