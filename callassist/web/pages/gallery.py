"""Every building block in its states, for whoever builds pages; only in development."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from callassist.web.languages import language
from callassist.web.pages import asking
from callassist.web.pages.forms import Form
from callassist.web.pages.gallery_words import WORDS

# A drawing like those that `segno` makes, small enough to stand here.
_CODE = (
    '<svg viewBox="0 0 7 7" shape-rendering="crispEdges"><path stroke="#000" '
    'd="M0 .5h3M4 .5h1M6 .5h1M0 1.5h1M2 1.5h1M5 1.5h1M0 2.5h3M4 2.5h2M1 3.5h2M4 3.5h3'
    'M0 4.5h1M3 4.5h2M1 5.5h3M5 5.5h2M0 6.5h2M3 6.5h1M5 6.5h1"/></svg>'
)


def blueprint() -> Blueprint:
    """The page `/_ui`."""
    pages = Blueprint("gallery", __name__)
    pages.add_url_rule("/_ui", "show", show)
    return pages


def show() -> ResponseReturnValue:
    """All macros, with words of a night."""
    words = WORDS[language()]
    now = asking.now()
    filled = {"name": words["home"], "note": words["note"], "kind": "b", "agreed": "yes", "on": "y"}
    form, wrong = Form(filled, "ok-"), Form({**filled, "name": "", "phone": "12"}, "bad-")
    wrong.errors = {"phone": words["bad_phone"], "name": words["bad_name"], "": words["bad"]}
    return render_template(
        "gallery/index.html",
        say=SimpleNamespace(**words),
        form=form,
        wrong=wrong,
        code=_CODE,
        icons=icon_names(Path(str(current_app.static_folder))),
        soon=now + timedelta(minutes=4, seconds=12),
        zone=ZoneInfo("Europe/Paris"),
        earlier=now - timedelta(minutes=2, seconds=48),
    )


def icon_names(static: Path) -> list[str]:
    """Every icon there is."""
    return re.findall(r'<symbol id="([^"]+)"', (static / "icons.svg").read_text("utf-8"))
