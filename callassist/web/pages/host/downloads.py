"""Files that a page hands out."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, stream_with_context

from callassist.domain.spreadsheet import BOM
from callassist.web.pages import asking


def csv_download(lines: Iterator[str], name: str) -> Response:
    """A table that spreadsheets open as it is meant; sent while it is made."""
    return download(
        stream_with_context(_encoded(lines)), "text/csv", f"{name}-{asking.now():%Y-%m-%d}.csv"
    )


def download(content: Iterator[bytes] | bytes, kind: str, name: str) -> Response:
    """Any file, to be saved under a name of ours."""
    disposition = f'attachment; filename="call-assist-{name}"'
    return Response(content, mimetype=kind, headers={"Content-Disposition": disposition})


def _encoded(lines: Iterator[str]) -> Iterator[bytes]:
    yield BOM.encode()
    for line in lines:
        yield line.encode()
