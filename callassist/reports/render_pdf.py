"""A report as a tagged PDF (PDF/UA-1), made without any system package.

Words of people reach the template as JSON, never as source, so nothing in them is read as markup.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from importlib import resources

import typst

from callassist.errors import PermanentError
from callassist.reports.document import Document

_UNSHOWN = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)
_BOX = "□"
_MOST_ROUNDS = 8


class ReportNotDrawn(PermanentError):
    """The PDF could not be laid out; the web page and the JSON have the same content."""


def render_pdf(document: Document, *, made_at: datetime, system_fonts: bool = True) -> bytes:
    """The PDF's bytes; `made_at` is written into it, so that one version gives one file.

    Letters that no font has are shown as □ and a line says so. Raises ReportNotDrawn.
    """
    data = json.dumps(dataclasses.asdict(document), ensure_ascii=False)
    for _ in range(_MOST_ROUNDS):
        try:
            return _compile(data, made_at, system_fonts)
        except typst.TypstError as refused:
            missing = set(_unshown(refused))
            if not missing:
                raise ReportNotDrawn(f"the report could not be laid out: {refused}") from refused
            data = _boxed(data, missing)
    raise ReportNotDrawn("the report has too many letters that no font has")


def _compile(data: str, made_at: datetime, system_fonts: bool) -> bytes:
    compiler = typst.Compiler(_template(), ignore_system_fonts=not system_fonts)
    pdf = compiler.compile(
        format="pdf",
        sys_inputs={"data": data},
        pdf_standards=["ua-1"],
        timestamp=int(made_at.timestamp()),
    )
    assert isinstance(pdf, bytes), "a PDF is one file"
    return pdf


def _unshown(refused: typst.TypstError) -> Iterator[str]:
    """Letters of the error: escapes such as \\u{200d} are read back."""
    for quoted in _UNSHOWN.findall(f"{refused}\n{refused.diagnostic}"):
        yield from re.sub(r"\\u\{([0-9a-fA-F]+)\}", lambda m: chr(int(m[1], 16)), quoted)


def _boxed(data: str, missing: set[str]) -> str:
    changed: dict[str, object] = json.loads(data)
    table = str.maketrans(dict.fromkeys(missing, _BOX))
    boxed = _translated(changed, table)
    if isinstance(boxed, dict):
        boxed["glyphs_missing"] = True
    return json.dumps(boxed, ensure_ascii=False)


def _translated(value: object, table: dict[int, str]) -> object:
    if isinstance(value, str):
        return value.translate(table)
    if isinstance(value, list):
        return [_translated(each, table) for each in value]
    if isinstance(value, dict):
        return {key: _translated(each, table) for key, each in value.items()}
    return value


@lru_cache(maxsize=1)
def _template() -> bytes:
    return resources.files("callassist.reports").joinpath("templates", "report.typ").read_bytes()
