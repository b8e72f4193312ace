"""Every screen that a person can get to: found by following links, one address per route."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from callassist import roster
from callassist.accounts.people import add_person
from callassist.domain.viewer import Role
from callassist.models import Operator
from callassist.roster import swaps
from callassist.roster.swaps import SwapInput
from callassist.stays.guest_links import guest_link
from tests.web.pages.browser import Browser
from tests.web.pages.stage import ADMIN, ANN, CHIEF, OWNER, Stage

SUE = "sue@example.com"
_LINK = re.compile(r'<a\b[^>]*\bhref="([^"]+)"')
_NO_SCREENS = re.compile(r"\.(json|pdf|csv|ics|zip|svg|xml)$|^/(static|api|sign-out)\b")


def played(stage: Stage) -> Stage:
    """A night with everything in it: a finished call, one in hand, a pairing, a shift, a report."""
    world = stage.world
    with world.service.sessions.write() as session:
        add_person(
            session,
            SUE,
            Role.SUPERVISOR,
            now=world.clock.now(),
            desk=stage.desk,
            name="Sue",
            desk_name="Sue",
            languages=("en",),
        )
    stage.hears(50)
    stage.pair()
    stage.hears(52, "not-yet-paired")
    ann, owner = stage.sign_in(ANN), stage.sign_in(OWNER)
    stage.available(ann)
    for _ in range(14):
        stage.hears(90)
        world.pass_time(minutes=1)
        ann.get("/desk")
    stage.available(ann)
    stage.call_about_home(owner)
    stage.answer_call(ann, "guest_refused", note="Will not turn it down")
    stage.more_homes(2, calls=True)
    stage.available(ann)
    ann.post(f"/desk/tasks/{stage.task().public_id}/accept")
    world.run()
    _shifts_to_come(stage)
    return stage


def _shifts_to_come(stage: Stage) -> None:
    """Two of Ann's; Ben was asked about the first, and has agreed."""
    now = stage.world.clock.now()
    with stage.world.service.sessions.write() as session:
        query = select(Operator).where(Operator.desk_name.in_(("Ann", "Ben")))
        ann, ben = session.scalars(query.order_by(Operator.desk_name))
        nights = [now + timedelta(days=days) for days in (2, 4)]
        shifts = [
            roster.add_shift(session, ADMIN, ann.public_id, at, at + timedelta(hours=8))
            for at in nights
        ]
        typed = SwapInput(
            shift_id=shifts[0].public_id, colleague_id=ben.public_id, reason="A wedding"
        )
        swap = swaps.ask(session, ann, typed, now)
        swaps.agree(session, ben, swap.public_id, now)


def people(stage: Stage) -> dict[str, tuple[str, ...]]:
    """Whose screens there are, and where each begins."""
    return {
        OWNER: ("/",),
        ANN: ("/desk", "/desk/start", "/desk/shift", "/desk/end"),
        SUE: ("/board", "/board/wall"),
        CHIEF: ("/admin",),
        "": ("/sign-in", "/sign-in/forgotten", "/nowhere", guest_page(stage)),
    }


def guest_page(stage: Stage) -> str:
    """The address of a guest's own page."""
    service = stage.world.service
    with service.sessions.write() as session:
        token = guest_link(
            session, service.vault, ADMIN, stage.stay_id(), now=stage.world.clock.now()
        )
    return f"/g/{token}"


def screens(app: Flask, browser: Browser, starts: tuple[str, ...]) -> dict[str, str]:
    """Address by route, in the order in which they were found."""
    found: dict[str, str] = {}
    waiting = list(starts)
    while waiting:
        path = waiting.pop(0)
        route = _route(app, path)
        if route is None or route in found:
            continue
        answer = browser.get(path)
        assert answer.status_code < 500, f"{path}: {answer.status}"
        if answer.status_code in (301, 302, 303, 307, 308):
            waiting.append(answer.location or "/")
            continue
        if answer.mimetype != "text/html":
            continue
        found[route] = path
        waiting += _links(answer.text)
    return found


def _links(page: str) -> Iterator[str]:
    for link in _LINK.findall(page):
        parts = urlsplit(unescape(link))
        if not parts.netloc and parts.path.startswith("/") and not _NO_SCREENS.search(parts.path):
            yield parts.path + (f"?{parts.query}" if parts.query else "")


def _route(app: Flask, path: str) -> str | None:
    """The endpoint of an address; an address that there is none for is a screen of its own."""
    parts = urlsplit(path)
    try:
        endpoint, _ = app.url_map.bind("localhost").match(parts.path)
    except HTTPException:
        return "none"
    values = sorted(re.findall(r"(?:^|&)((?:tab|view|span|preview)=\w+)", parts.query))
    return " ".join([str(endpoint), *values])
