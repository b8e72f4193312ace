"""Pages of a list, with the addresses of their neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from werkzeug.wrappers import Request

USUAL_SIZE = 50


def page(
    name: str, rows: Sequence[dict[str, Any]], request: Request, prefix: str
) -> dict[str, Any]:
    """`prefix` stands in the addresses too, which doubles it for whoever adds it again."""
    size = int(request.args.get("PageSize", USUAL_SIZE))
    number = int(request.args.get("Page", 0))
    start = size * number
    shown = rows[start : start + size]

    def address(other: int) -> str:
        kept = {
            key: value for key, value in request.args.items() if key not in ("Page", "PageToken")
        }
        query = urlencode({**kept, "PageSize": size, "Page": other})
        return f"{prefix}{request.path}?{query}"

    return {
        name: list(shown),
        "page": number,
        "page_size": size,
        "start": start,
        "end": max(start + len(shown) - 1, start),
        "uri": address(number),
        "first_page_uri": address(0),
        "previous_page_uri": address(number - 1) if number else None,
        "next_page_uri": address(number + 1) if start + size < len(rows) else None,
    }
