"""Routes that cost nothing until an address of theirs is written."""

from __future__ import annotations

from collections.abc import Callable

from werkzeug.routing import Rule


class LateRule(Rule):
    """Compiles what writes its addresses when the first one is written.

    Werkzeug does it for each rule when the rule is added, twice: of some hundred rules that is a
    tenth of a start, and few processes ever write addresses of all of them.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compiled: Callable[..., tuple[str, str]] | None = None

        def build(rule: Rule, **values: object) -> tuple[str, str]:
            nonlocal compiled
            if compiled is None:
                compiled = Rule._compile_builder(rule, append_unknown)
            return compiled(rule, **values)

        return build
