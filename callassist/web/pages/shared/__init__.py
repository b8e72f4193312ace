"""Pages behind a secret address, for people without an account; nothing else leads to them."""

from __future__ import annotations

from flask import Blueprint, Response

from callassist.web.pages.shared import call_result, stopping, views

_FORM = ["GET", "POST"]


def blueprint() -> Blueprint:
    """Shared reports, calendars, results of calls and the way out of mails."""
    pages = Blueprint("shared", __name__)
    pages.add_url_rule("/shared/<token>", "report", views.shared)
    pages.add_url_rule("/shared/<token>.pdf", "report_pdf", views.shared_pdf)
    pages.add_url_rule("/calendars/duty/<token>.ics", "duty_calendar", views.duty_calendar)
    pages.add_url_rule("/figures/stop/<token>", "stop", stopping.figures, methods=_FORM)
    pages.add_url_rule("/messages/stop/<token>", "stop_messages", stopping.messages, methods=_FORM)
    pages.add_url_rule(
        "/call-result/<token>", "call_result", call_result.call_result, methods=_FORM
    )
    pages.after_request(_for_nobody_else)
    return pages


def _for_nobody_else(answer: Response) -> Response:
    """Not for search engines, not kept, and the address is told to nobody."""
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
