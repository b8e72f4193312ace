"""The program that lays a document out: an order as JSON comes in, the PDF goes out.

`render_pdf` runs this file in a process of its own, because Typst keeps 60 MB for ever of what it
once laid out. It imports nothing of ours.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import typst

TEMPLATES = Path(__file__).parent / "templates"
STYLE = "style.typ"  # stands before each template
_UNSHOWN = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)
_BOX = "□"
_MOST_ROUNDS = 8


def main() -> None:
    """The order is {"template", "data", "timestamp", "system_fonts"}.

    A refusal is one line and exit code 1.
    """
    order = json.load(sys.stdin)
    source = b"".join((TEMPLATES / name).read_bytes() for name in (STYLE, order["template"]))
    try:
        pdf = lay_out(source, order["data"], order["timestamp"], system_fonts=order["system_fonts"])
    except (typst.TypstError, ValueError) as refused:
        sys.exit(str(refused))
    sys.stdout.buffer.write(pdf)


def lay_out(source: bytes, data: dict[str, object], timestamp: int, *, system_fonts: bool) -> bytes:
    """The PDF; letters that no font has are shown as □, and then `glyphs_missing` is set."""
    for _ in range(_MOST_ROUNDS):
        try:
            return _compile(source, data, timestamp, system_fonts)
        except typst.TypstError as refused:
            missing = set(_unshown(refused))
            if not missing:
                raise
            data = _boxed(data, missing)
    raise ValueError("the document has too many letters that no font has")


def _compile(source: bytes, data: dict[str, object], timestamp: int, system_fonts: bool) -> bytes:
    # Words of people are JSON here and never source: nothing in them is read as markup.
    compiler = typst.Compiler(source, ignore_system_fonts=not system_fonts)
    pdf = compiler.compile(
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        timestamp=timestamp,
    )
    assert isinstance(pdf, bytes), "a PDF is one file"
    return pdf


def _unshown(refused: typst.TypstError) -> Iterator[str]:
    """Letters of the error: escapes such as \\u{200d} are read back."""
    for quoted in _UNSHOWN.findall(f"{refused}\n{refused.diagnostic}"):
        yield from re.sub(r"\\u\{([0-9a-fA-F]+)\}", lambda m: chr(int(m[1], 16)), quoted)


def _boxed(data: dict[str, object], missing: set[str]) -> dict[str, object]:
    table = str.maketrans(dict.fromkeys(missing, _BOX))
    shown = {key: _translated(each, table) for key, each in data.items()}
    return {**shown, "glyphs_missing": True}


def _translated(value: object, table: dict[int, str]) -> object:
    if isinstance(value, str):
        return value.translate(table)
    if isinstance(value, list):
        return [_translated(each, table) for each in value]
    if isinstance(value, dict):
        return {key: _translated(each, table) for key, each in value.items()}
    return value


if __name__ == "__main__":
    main()
