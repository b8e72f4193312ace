"""The operator's break: what is left of it, wherever they are on the desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import render_template
from flask.typing import ResponseReturnValue

from callassist import roster
from callassist.roster.breaks import Breaks
from callassist.web.pages import asking
from callassist.web.pages.desk import places


def fragment() -> ResponseReturnValue:
    """What is left of the break; nothing while there is none."""
    return render_template("desk/break.html", pause=_mine(asking.now()))


def for_templates() -> dict[str, Callable[[datetime], Breaks]]:
    """Asked by the frame only while somebody is on a break."""
    return {"my_break": _mine}


def _mine(now: datetime) -> Breaks:
    with asking.reading() as database:
        return roster.breaks_of(database, places.me(database).id, now)
