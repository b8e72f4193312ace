"""The French catalogue is complete, in use and compiled; every refusal has words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import callassist
from callassist.web import catalogue
from callassist.web.pages import refusals

PACKAGE = Path(callassist.__file__).parent
# what forms and buttons of pages call; refusals of their rules are shown to people
SERVICES = (
    *(f"accounts/{name}.py" for name in ("contacts", "properties", "people", "desks", "checks")),
    *(f"accounts/{name}.py" for name in ("agreements", "connections", "sensors", "tokens")),
    *(f"roster/{name}.py" for name in ("shifts", "swaps", "swap_rules")),
    *(f"stays/{name}.py" for name in ("service", "details", "store")),
    *(
        f"escalation/{name}.py"
        for name in ("offers", "dialling", "wrap_up", "presence", "notes", "giving_back")
    ),
    *(f"escalation/{name}.py" for name in ("opening", "ending")),
    *(f"notifications/{name}.py" for name in ("keeping_channels", "channel_test", "email")),
    *(f"domain/{name}.py" for name in ("phone", "language")),
)
REFUSED = {"InvalidInput", "Conflict", "Forbidden", "IllegalMove"}


def test_the_french_catalogue_is_complete() -> None:
    fresh = catalogue.brought_up_to_date("fr")
    assert catalogue.untranslated(fresh) == []


def test_the_french_catalogue_has_nothing_that_is_not_in_use() -> None:
    kept = {str(message.id) for message in catalogue.read("fr")}
    used = {str(message.id) for message in catalogue.brought_up_to_date("fr")}
    assert kept == used, "run python -m callassist.web.catalogue"


def test_the_compiled_catalogue_is_fresh() -> None:
    path = catalogue.po_path("fr")
    compiled = catalogue.compiled(catalogue.read("fr"))
    assert path.with_suffix(".mo").read_bytes() == compiled, (
        "run python -m callassist.web.catalogue"
    )


def test_french_keeps_its_values_and_its_spaces() -> None:
    for message in catalogue.read("fr"):
        if not message.id:
            continue
        for text, english in zip(all_of(message.string), all_of(message.id), strict=True):
            assert set(re.findall(r"%\(\w+\)s", text)) == set(re.findall(r"%\(\w+\)s", english))
            assert not re.search(r" [:;?!»]|« ", text), f"an ordinary blank in {text!r}"


def all_of(text: object) -> list[str]:
    """A text, or its forms for one and for many."""
    return [str(each) for each in text] if isinstance(text, (tuple, list)) else [str(text)]


@pytest.mark.parametrize("file", SERVICES)
def test_every_refusal_with_values_in_it_has_words(file: str) -> None:
    for text in refused_with_values(PACKAGE / file):
        known = any(re.fullmatch(pattern, text) for pattern, _ in refusals._WITH_VALUES)
        assert known, f"{file} refuses with {text!r}: add it to web/pages/refusals.py"


def refused_with_values(path: Path) -> Iterator[str]:
    """What the f-strings in refusals of a file say, with "7" for each value."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        if node.func.id not in REFUSED or not node.args:
            continue
        first = node.args[0]
        if isinstance(first, ast.JoinedStr):
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else "7" for part in first.values
            )


def test_no_text_hides_in_an_f_string_where_it_is_not_collected() -> None:
    hidden = [
        f"{path.name}: {line.strip()}"
        for path in (catalogue.PACKAGE / "web").rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"""\bf["'].*\{n?(?:gettext|_)\(""", line)
    ]
    assert hidden == []
