"""Pages that open by a secret address alone cannot be opened without end."""

from __future__ import annotations

import math

from flask import Flask, Response, current_app, make_response, render_template, request

from callassist.errors import TransientError
from callassist.web.link_guard import LinkGuard
from callassist.web.translate import gettext as _

EXTENSION = "callassist_link_guard"
_FOR_PROGRAMS = "/hooks/"  # which have a limit of their own
_COSTLY = {"shared.report_pdf": 10.0}  # a second of the machine each


class OpenedTooOften(TransientError):
    """A link, or many links from one place, were opened more often than people do."""


def init_app(app: Flask) -> None:
    """Count before anything else is done; parts may show the refusal as a page of their own."""
    app.extensions[EXTENSION] = LinkGuard()
    app.before_request(_count)
    app.register_error_handler(OpenedTooOften, _refused)


def waiting(response: Response, refusal: OpenedTooOften) -> Response:
    """The page of the refusal with the time to wait."""
    response.headers["Retry-After"] = str(max(math.ceil(refusal.retry_after or 1.0), 1))
    return response


def _count() -> None:
    token = (request.view_args or {}).get("token")  # what every secret address has in its path
    if token is None or request.path.startswith(_FOR_PROGRAMS):
        return
    guard: LinkGuard = current_app.extensions[EXTENSION]
    cost = _COSTLY.get(request.endpoint or "", 1.0)
    wait = guard.retry_after(request.remote_addr, token, cost)
    if wait:
        raise OpenedTooOften("opened too often; wait a little", wait)


def _refused(refusal: OpenedTooOften) -> Response:
    page = render_template(
        "error.html",
        status=429,
        title=_("Opened very often"),
        text=_("Nothing is lost. Wait a minute, then open the link again."),
        reference="",
    )
    return waiting(make_response(page, 429), refusal)
