"""Compiled addresses of routes, kept for as long as a process of tests lives.

Each page test makes an application of its own, and each application would read its some five
hundred addresses again: a quarter of making it.
"""

from __future__ import annotations

from typing import Any

from werkzeug.routing import Rule

_compile = Rule.compile
_known: dict[tuple[object, ...], dict[str, Any]] = {}


def share_routes() -> None:
    """Let all applications of this process share what they read of an address."""

    def compile(rule: Rule) -> None:
        routes = rule.map
        assert routes is not None
        if rule.defaults or rule.host or routes.host_matching:
            _compile(rule)
            return
        key = type(rule), rule.rule, rule.subdomain, rule.merge_slashes, *routes.converters.items()
        if key not in _known:
            _compile(rule)
            _known[key] = _read_of(rule)
            return
        for name, value in _known[key].items():
            setattr(rule, name, value.__get__(rule) if name in _BUILDERS else value)
        rule.arguments.update(rule._converters)

    Rule.compile = compile  # type: ignore[method-assign, assignment]


_BUILDERS = ("_build", "_build_unknown")


def _read_of(rule: Rule) -> dict[str, Any]:
    """What compiling wrote; nobody changes it afterwards. Builders belong to their rule."""
    read = {name: getattr(rule, name) for name in ("_parts", "_trace", "_converters")}
    return read | {name: getattr(rule, name).__func__ for name in _BUILDERS}
