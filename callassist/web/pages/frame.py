"""What stands around every page: banner, menu, language; and the words that templates use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask, Response, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from callassist.domain.reference import as_said
from callassist.web import languages
from callassist.web.pages import asking, home_words, keys, money, themes, times, words
from callassist.web.pages.board.desks import runs_any
from callassist.web.pages.host.set_up_steps import strip
from callassist.web.pages.people import service_words
from callassist.web.translate import gettext as _

_HOMES = ("/homes", "/connections", "/sensors", "/rules")
_SETTINGS = ("/settings", "/account", "/team", "/programs", "/costs", "/status")


@dataclass(frozen=True, kw_only=True)
class MenuEntry:
    """One link of the main menu; `icon` is one of scripts/vendor.toml."""

    url: str
    text: str
    icon: str
    is_here: bool


def init_app(app: Flask) -> None:
    """Give templates the frame's values."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        clock=times.clock,
        counted=_counted,
        at=times.at,
        since=times.since,
        long_day=times.long_day,
        moment=times.moment,
        time_of_day=times.time_of_day,
        lasting=times.lasting,
        minutes=times.minutes,
        money=money,
        words=words,
        home_words=home_words,
    )
    app.jinja_env.filters["as_said"] = as_said
    app.context_processor(_frame)
    app.after_request(_keep_nothing)
    app.add_url_rule("/favicon.ico", "icon", _icon)
    app.add_url_rule("/theme", "theme", themes.change, methods=["POST"])
    app.add_url_rule("/keys", "keys", keys.switch, methods=["POST"])


def _frame() -> dict[str, Any]:
    who = None if g.get("people_unknown") else asking.person()
    return {
        "simulated": asking.service().telephony.capabilities().simulated,
        "signed_in": who,
        "main_menu": _menu,  # asked by whole pages; a part of one has none
        "account_menu": _account_menu,
        "worker_gone": _worker_gone() if who is not None else "",
        "portal_keys": keys.ways_here(),
        "keys_on": keys.are_on(),
        "theme": themes.chosen(),
        "hour_cycle": times.hour_cycle() or "h23",
        "clock_speed": asking.service().clock.speed,
        "language": languages.language(),
        "languages": languages.LANGUAGES,
        "here": request.full_path.rstrip("?") if request.method == "GET" else "/",
        "now": asking.now(),
        "set_up_strip": strip,
    }


def _worker_gone() -> str:
    """What everybody has to know while no worker runs; empty when all is well."""
    seen = service_words.watch().lately()
    return service_words.gone(seen) if seen.is_gone else ""


def _keep_nothing(answer: Response) -> Response:
    """Pages are somebody's: after signing out the way back shows nothing."""
    if request.blueprint in ("entry", "host", "desk", "board", "board_links", "people", "admin"):
        answer.headers.setdefault("Cache-Control", "no-store")
    return answer


def _icon() -> ResponseReturnValue:
    """Browsers ask for it where a page names none: reports."""
    return redirect(url_for("static", filename="favicon.svg"))


def _counted(due: datetime, direction: str) -> str:
    """What a timer shows before its script runs."""
    left = due - asking.now()
    return times.counter(left if direction == "down" else -left)


def _menu() -> Iterator[MenuEntry]:
    """Of somebody who is signed in."""
    viewer = asking.viewer()
    if viewer.account_ids:
        yield _entry("host.tonight", _("Tonight"), "moon", "/needs-you", "/set-up")
        yield _entry("host.homes", _("Homes"), "house", *_HOMES)
        yield _entry("host.stays", _("Stays"), "bed-double", "/stays")
        yield _entry("host.incidents", _("Incidents"), "activity", "/incidents")
        yield _entry("host.systems", _("Connections"), "plug", "/systems", "/webhooks")
        yield _entry("host.figures", _("Reports"), "chart-column", "/reports")
        yield _entry("host.duty", _("Duty rota"), "calendar-days", "/duty")
        yield _entry("people.notifications", _("Settings"), "settings", *_SETTINGS)
    if viewer.operator_ids:
        yield _entry("desk.queue", _("Desk"), "headset", "/desk")
    if runs_any():
        yield _entry("board.index", _("Board"), "gauge", "/board")
    if viewer.is_admin:
        yield _entry("admin.index", _("Administration"), "building", "/admin")


def _account_menu() -> Iterator[MenuEntry]:
    """What is about the person, whatever their role."""
    yield _entry("people.notifications", _("Notifications"), "bell")
    yield _entry("people.account", _("Your account"), "user")
    yield _entry("people.ways_in", _("Signing in"), "key-round")
    yield _entry("people.status", _("System status"), "heart-pulse")


def _entry(endpoint: str, text: str, icon: str, *starts: str) -> MenuEntry:
    url = url_for(endpoint)
    is_here = request.path == url or request.path.startswith(starts)
    return MenuEntry(url=url, text=text, icon=icon, is_here=is_here)
