"""Lines of CSV that spreadsheets read as text: what a guest is called is never run as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from decimal import Decimal

BOM = "\ufeff"  # by which Excel knows UTF-8
_RUN = ("=", "+", "-", "@", "\t", "\r")  # how a formula begins, for Excel, Calc and Sheets
_QUOTE = "'"


def csv_line(cells: Iterable[object]) -> str:
    """One line with its line end; numbers stay numbers, None is empty, text is made harmless."""
    out = io.StringIO()
    csv.writer(out).writerow([_cell(cell) for cell in cells])
    return out.getvalue()


def harmless(text: str) -> str:
    """The text, quoted when a spreadsheet would run it; `unquoted` undoes it."""
    return _QUOTE + text if text.lstrip(" ").startswith(_RUN) else text


def unquoted(text: str) -> str:
    """What `harmless` was given."""
    return text[1:] if text.startswith(_QUOTE) and harmless(text[1:]) == text else text


def _cell(value: object) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, int | float):
        return value
    if isinstance(value, Decimal):
        return f"{value:f}"  # a number, whatever it begins with; never 1E-9
    return harmless(str(value).replace("\x00", ""))
