"""A file that somebody calls CSV, as a table: encoding and delimiter are found out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from callassist.domain.spreadsheet import unquoted
from callassist.errors import InvalidInput

MOST_ROWS = 5_000
LARGEST_FILE = 5 * 1024 * 1024
FIELD = "file"
DELIMITERS = (",", ";", "\t", "|")
_MOST_COLUMNS = 200
_LOOKED_AT = 30  # lines by which the delimiter is found
_OTHER_KINDS = (
    (b"PK\x03\x04", "this is an Excel workbook or a ZIP file; save it as CSV and choose that file"),
    (b"\xd0\xcf\x11\xe0", "this is an Excel workbook; save it as CSV and choose that file"),
    (b"%PDF", "this is a PDF; export a CSV file from where it was made"),
    (b"\x89PNG", "this is a picture; choose a CSV file"),
    (b"\xff\xd8\xff", "this is a picture; choose a CSV file"),
)
_NO_CSV = "this is not a CSV file; it needs a line of column titles and more lines below it"


@dataclass(frozen=True, kw_only=True)
class Table:
    """Column titles and rows (each with its line number in the file); cells without odd blanks."""

    titles: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    delimiter: str
    encoding: str  # utf-8, utf-16 or windows-1252


def read_table(content: bytes) -> Table:
    """The table in a file of at most 5 MB and 5,000 rows; InvalidInput says what is wrong."""
    if len(content) > LARGEST_FILE:
        raise InvalidInput("this file is larger than 5 MB; split it into smaller ones", FIELD)
    text, encoding = _decoded(content)
    text, delimiter = _delimiter(text)
    lines = _lines(text, delimiter)
    titles = next(lines, None)
    if titles is None:
        raise InvalidInput("this file is empty; choose another one", FIELD)
    if len(titles[1]) < 2:
        raise InvalidInput(_NO_CSV, FIELD)
    if len(titles[1]) > _MOST_COLUMNS:
        raise InvalidInput("this file has more than 200 columns; leave some out", FIELD)
    rows = tuple(lines)
    if len(rows) > MOST_ROWS:
        raise InvalidInput(
            f"this file has {len(rows)} rows; at most {MOST_ROWS} at once, so split it", FIELD
        )
    if not rows:
        raise InvalidInput("this file has column titles but nothing below them", FIELD)
    return Table(titles=titles[1], rows=rows, delimiter=delimiter, encoding=encoding)


def _decoded(content: bytes) -> tuple[str, str]:
    if not content.strip():
        raise InvalidInput("this file is empty; choose another one", FIELD)
    for start, what in _OTHER_KINDS:
        if content.startswith(start):
            raise InvalidInput(what, FIELD)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _strictly(content, "utf-16"), "utf-16"
    try:
        text, encoding = content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        # latin-1 with the letters that Windows added; the five bytes it leaves free mean nothing
        text, encoding = content.decode("cp1252", errors="replace"), "windows-1252"
    if any(letter < " " and letter not in "\t\r\n\f" for letter in text[:10_000]):
        raise InvalidInput(_NO_CSV, FIELD)
    if text.lstrip()[:1] in ("<", "{", "["):
        raise InvalidInput(_NO_CSV, FIELD)
    return text, encoding


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise InvalidInput(_NO_CSV, FIELD) from None


def _delimiter(text: str) -> tuple[str, str]:
    """The text (without Excel's own hint) and what stands between its cells."""
    first, _, rest = text.partition("\n")
    hint = first.strip().strip('"').lower()
    if hint.startswith("sep=") and len(hint) == 5:
        return rest, hint[4]
    if hint == "sep=":
        return rest, "\t"
    return text, max(DELIMITERS, key=lambda one: _fits(text, one))


def _fits(text: str, delimiter: str) -> tuple[int, int]:
    """How many lines have as many cells as the first one, then how many cells that is."""
    head = "\n".join(text.splitlines()[:_LOOKED_AT])
    try:
        widths = [len(cells) for cells in csv.reader(io.StringIO(head), delimiter=delimiter)]
    except csv.Error:
        return (0, 0)
    widths = [width for width in widths if width]
    if not widths or widths[0] < 2:
        return (0, 0)
    return (sum(width == widths[0] for width in widths), widths[0])


def _lines(text: str, delimiter: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            cleaned = tuple(_clean(cell) for cell in cells)
            if any(cleaned):
                yield reader.line_num, cleaned
    except csv.Error:
        raise InvalidInput(_NO_CSV, FIELD) from None


def _clean(cell: str) -> str:
    return unquoted(" ".join(cell.replace("\x00", " ").split()))
