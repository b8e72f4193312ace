"""Every screen there is: where people begin, the links from there, and what is no screen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException

from tests.web.pages.browser import Browser

_NO_PAGES = ("/api/", "/try")  # for programs; of the tests
_LINK = re.compile(r'<a\b[^>]*\bhref="([^"]+)"')
_NO_SCREENS = re.compile(r"\.(json|pdf|csv|ics|zip|svg|xml)$|^/(static|api|sign-out)\b")
_LIVE_PART = re.compile(r'\bdata-(?:src|fragment)="([^"]+)"')

# What a GET can ask for that nobody looks at; a new route is a screen until it stands here.
NO_SCREENS = {
    "static": "files",
    "icon": "leads to a file",
    "health.alive": "for programs",
    "health.ready": "for programs",
    "health.metrics": "for programs",
    "installing.manifest": "for browsers",
    "installing.service_worker": "for browsers",
    "people.push_key": "for a script",
    "people.costs_csv": "a file",
    "shared.duty_calendar": "for calendar programs",
    "board_links.calendar": "for calendar programs",
    "shared.report_pdf": "a file",
    "host.homes_csv": "a file",
    "host.homes_template": "a file",
    "host.incidents_csv": "a file",
    "host.figures_csv": "a file",
    "host.figures_pdf": "a file",
    "host.report_json": "a file",
    "host.report_pdf": "a file",
    "host.stays_csv": "a file",
    "host.stays_template": "a file",
    "host.settings": "leads to its first part",
    "host.leave_for_system": "leads to the system's sign-in",
    "host.back_from_system": "leads on to the connection",
    "host.leave_for_brand": "leads to the maker's sign-in",
    "host.back_from_brand": "leads on to the connection",
    "entry.firm": "leads to the firm's provider",
    "entry.firm_back": "leads on, or shows the page of entry.firm's failure",
}
REFUSED = ("error", "gone")  # how the names of screens begin that say no
# In the language of the mail that led there.
OF_ITS_OWN = ("shared.stop", "shared.stop_messages", "shared.call_result")
# Seen on the way in, by who has a second step.
ON_THE_WAY = "entry.code"
# Pieces of screens, fetched again while the screen stands; they are read, not looked at.
PARTS = frozenset(
    {
        "board.now_fragment",
        "board.swaps_fragment",
        "board.wall_fragment",
        "board_links.wall_fragment",
        "desk.break_fragment",
        "desk.call_fragment",
        "desk.outcomes_fragment",
        "desk.parts",
        "desk.ring_fragment",
        "desk.roster_fragment",
        "host.connection_live",
        "host.home_live",
        "host.incident_live",
        "host.sensors_heard",
        "host.set_up_strip",
        "host.system_live",
        "host.tonight_live",
        "people.test_way",
    }
)


@dataclass(frozen=True, kw_only=True)
class Seat:
    """Somebody who looks: who, where they begin, and what no link leads to."""

    email: str = ""  # empty: nobody is signed in
    starts: tuple[str, ...] = ()
    named: Mapping[str, str] = field(default_factory=dict)  # screens by a name of their own
    follows: bool = True  # links from there; else only what is named here
    codes: tuple[str, ...] = ()  # for the second step at signing in; each works once


def screens(app: Flask, browser: Browser, seat: Seat) -> dict[str, str]:
    """Address by name of the screen, mostly its route, in the order in which they were found."""
    found = dict(seat.named)
    for name, path in found.items():
        status = browser.get(path).status_code
        assert (status == 200) != name.startswith(REFUSED), f"{path}: {status}"
    waiting = list(seat.starts)
    while waiting:
        path = waiting.pop(0)
        route = route_of(app, path)
        if route is None or route in found:
            continue
        answer = browser.get(path)
        assert answer.status_code < 500, f"{path}: {answer.status}"
        # nobody is offered what is refused to them
        assert answer.status_code != HTTPStatus.FORBIDDEN, f"{path}: {answer.status}"
        if answer.status_code in (301, 302, 303, 307, 308):
            waiting.append(answer.location or "/")
            continue
        if answer.mimetype != "text/html":
            continue
        found[route] = path
        waiting += _links(answer.text) if seat.follows else ()
    return found


def parts(app: Flask, browser: Browser, found: Iterable[str]) -> dict[str, str]:
    """Address by route of the pieces that these screens fetch again."""
    pieces: dict[str, str] = {}
    for path in found:
        for link in _LIVE_PART.findall(browser.get(path).text):
            address = unescape(link)
            pieces.setdefault(route_of(app, address) or address, address)
    return pieces


def missing(app: Flask, found: Iterable[str]) -> set[str]:
    """Routes of pages that are no screen of anybody."""
    pages = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.rule.startswith(_NO_PAGES)
    }
    seen = {name.partition(" ")[0] for name in found} | {ON_THE_WAY}
    return pages - seen - NO_SCREENS.keys() - PARTS


def unknown(app: Flask) -> set[str]:
    """What is said to be no screen, or a part of one, and is not there at all."""
    return (NO_SCREENS.keys() | PARTS) - {rule.endpoint for rule in app.url_map.iter_rules()}


def route_of(app: Flask, path: str) -> str | None:
    """The endpoint of an address; an address that there is none for is a screen of its own."""
    parts_of = urlsplit(path)
    try:
        endpoint, _ = app.url_map.bind("localhost").match(parts_of.path)
    except HTTPException:
        return "none"
    values = sorted(re.findall(r"(?:^|&)((?:tab|view|span|preview)=\w+)", parts_of.query))
    return " ".join([str(endpoint), *values])


def _links(page: str) -> Iterator[str]:
    for link in _LINK.findall(page):
        parts_of = urlsplit(unescape(link))
        path = parts_of.path
        if not parts_of.netloc and path.startswith("/") and not _NO_SCREENS.search(path):
            yield path + (f"?{parts_of.query}" if parts_of.query else "")
