"""A report as a page of its own: no script, no inline style, prints on A4."""

from __future__ import annotations

from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from callassist.reports.document import Document

STYLESHEET = "/static/report.css"


def render_html(document: Document, *, stylesheet: str = STYLESHEET) -> str:
    """The whole page; every word of a person is escaped, the drawing is our own."""
    template = _environment().get_template("report.html")
    return template.render(
        doc=document,
        stylesheet=stylesheet,
        # Made by `curve_drawing`, which escapes each word that it writes.
        drawing=Markup(document.drawing.svg),  # noqa: S704
    )


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("callassist.reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
