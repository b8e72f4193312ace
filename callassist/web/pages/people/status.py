"""How the service is: everything for administrators, what concerns them for everybody else."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from callassist.web.pages import asking
from callassist.web.pages.people import mine, service_words
from callassist.web.system_status import FOR_EVERYBODY, Health, lines


def show() -> ResponseReturnValue:
    """Each part in a line."""
    everything = list(lines(asking.service(), service_words.watch()))
    is_admin = asking.viewer().is_admin
    shown = [line for line in everything if is_admin or line.part in FOR_EVERYBODY]
    with asking.reading() as session:
        zone = mine.my_zone(session)
    worst = max((line.health for line in shown), key=list(Health).index)
    return render_template(
        "people/status.html",
        lines=shown,
        worst=worst,
        words_of=service_words,
        is_admin=is_admin,
        zone=zone,
    )
