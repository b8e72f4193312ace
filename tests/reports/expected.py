"""Whole outputs compared with readable files; CALLASSIST_TEST_WRITE_EXPECTED=1 writes them anew."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

HERE = Path(__file__).parent / "expected"
_NUMBERS = re.compile(r"\[\s+(-?[\d.]+(?:,\s+-?[\d.]+)*)\s+\]")


def assert_expected(name: str, actual: str) -> None:
    """The text is, to the letter, that of the file `expected/<name>`."""
    file = HERE / name
    if os.environ.get("CALLASSIST_TEST_WRITE_EXPECTED"):
        file.write_text(actual, encoding="utf-8")
    assert actual == file.read_text(encoding="utf-8")


def readable_json(value: object) -> str:
    """JSON with a line per field, points of a curve on one line each."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return _NUMBERS.sub(lambda found: "[" + re.sub(r"\s+", " ", found[1]) + "]", text) + "\n"
