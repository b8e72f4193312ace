"""Our kind of Flask application: what it would find out with every request, it knows."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from functools import lru_cache
from typing import Any

from flask import Flask, has_request_context
from flask.globals import request_ctx
from flask.templating import Environment

from callassist.web.late_rules import LateRule

_ADDRESSES = 4096
_LONGEST = 40  # a public id has twenty letters; what people searched for is not kept


class Templates(Environment):
    """Templates that look what all of them have in common up in one dictionary, not in two.

    Jinja asks such a pair for all its names whenever a template takes in another.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """What all have in common, which is there before the first template is read."""
        return {**self.globals, **(d or {})}


class Application(Flask):
    """Remembers the addresses that pages write by the dozen."""

    jinja_environment = Templates
    url_rule_class = LateRule

    def __init__(self, name: str, **settings: Any) -> None:
        super().__init__(name, **settings)
        self._written = lru_cache(maxsize=_ADDRESSES)(self._write)

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself: Flask would look some twenty times per request whether one is a
        coroutine, and none of ours is.
        """
        return func

    def url_for(self, /, endpoint: str, **values: Any) -> str:
        """As Flask's. Within a site an address depends on nothing else than is the key here."""
        if (
            endpoint.startswith(".")
            or not has_request_context()
            or not all(map(_is_small, values.values()))
        ):
            return super().url_for(endpoint, **values)
        adapter = request_ctx.url_adapter
        return self._written(adapter.script_name if adapter else "", endpoint, **values)

    def _write(self, _root: str, endpoint: str, /, **values: Any) -> str:
        return super().url_for(endpoint, **values)


def _is_small(value: object) -> bool:
    kind = type(value)  # True is as good a key as 1, but is written otherwise
    return kind is int or value is None or (kind is str and len(str(value)) <= _LONGEST)
