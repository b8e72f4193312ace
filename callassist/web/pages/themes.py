"""Light, dark or as the device: remembered in this browser and applied by the server."""

from __future__ import annotations

from flask import Response, abort, g, make_response, redirect, request
from flask.typing import ResponseReturnValue

from callassist.accounts.preferences import save_theme
from callassist.web.pages import asking
from callassist.web.pages.entry.local_paths import local_path

THEMES = ("light", "dark")
SYSTEM = "system"
_COOKIE = "theme"
_LASTS = 365 * 24 * 3600  # seconds


def chosen() -> str:
    """What this browser chose, else the person; empty: as the device says."""
    theme = request.cookies.get(_COOKIE)
    if theme is None and not g.get("people_unknown"):
        who = asking.person()
        theme = None if who is None else who.person.theme
    return theme if theme in THEMES else ""


def change() -> ResponseReturnValue:
    """Change the look of the pages in this browser."""
    theme = request.form.get("theme", "")
    if theme not in (*THEMES, SYSTEM):
        abort(404)
    answer = make_response(redirect(local_path(request.form.get("back", "/"))))
    remember(answer, theme)
    who = asking.person()
    if who is not None:
        with asking.writing() as session:
            save_theme(session, who.id, theme)
    return answer


def remember(answer: Response, theme: str) -> None:
    """Keep the choice in this browser."""
    is_https = asking.service().settings.service.public_url.startswith("https://")
    answer.set_cookie(
        _COOKIE, theme, max_age=_LASTS, secure=is_https, httponly=True, samesite="Lax"
    )
