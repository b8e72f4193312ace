"""Addresses are the same, whenever what writes them is compiled."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.exceptions import NotFound
from werkzeug.routing import BuildError, Map, Rule

from callassist.web.late_rules import LateRule

RULES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("/homes/<home>/notes", {"endpoint": "notes"}),
    ("/", {"endpoint": "list", "defaults": {"page": 1}}),
    ("/page/<int:page>", {"endpoint": "list"}),
    ("/files/<path:name>", {"endpoint": "file", "methods": ["GET"]}),
)
ASKED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("notes", {"home": "é/ü", "sort": "time"}),
    ("list", {"page": 1}),
    ("list", {"page": 7}),
    ("file", {"name": "a/b.css"}),
)


@pytest.mark.parametrize(("endpoint", "values"), ASKED)
def test_an_address_is_written_as_by_rules_that_are_compiled_at_once(
    endpoint: str, values: dict[str, Any]
) -> None:
    late, early = (
        Map([kind(rule, **options) for rule, options in RULES]).bind("example.com")
        for kind in (LateRule, Rule)
    )
    for _ in range(2):
        assert late.build(endpoint, values) == early.build(endpoint, values)


def test_addresses_are_found_and_missing_ones_refused() -> None:
    late = Map([LateRule(rule, **options) for rule, options in RULES]).bind("example.com")
    assert late.match("/homes/h1/notes") == ("notes", {"home": "h1"})
    with pytest.raises(NotFound):
        late.match("/nowhere")
    with pytest.raises(BuildError):
        late.build("notes", {})
