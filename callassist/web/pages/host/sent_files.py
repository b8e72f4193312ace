"""Files that hosts send in: larger than a form, and refused in words when they are too large."""

from __future__ import annotations

from flask import request

from callassist.domain.csv_table import LARGEST_FILE
from callassist.errors import InvalidInput

MOST_SENT = 16 * 1024 * 1024  # of the request: larger files are refused in words below this


def allow_large_files() -> None:
    """Only where files are sent may a request be larger than a form."""
    request.max_content_length = MOST_SENT


def sent_file() -> tuple[str, bytes]:
    """The chosen file's name and content; InvalidInput when none was chosen."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise InvalidInput("choose a file", "file")
    return sent.filename, sent.read(LARGEST_FILE + 1)
