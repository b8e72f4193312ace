"""The guest page (`/g/<token>`): what is loud, what is measured, three answers."""

from __future__ import annotations

from flask import Blueprint, Flask, request
from flask_limiter import RateLimitExceeded

from callassist.bootstrap import Service
from callassist.web.pages.guest import views
from callassist.web.pages.link_limit import OpenedTooOften
from callassist.web.signin import is_looked_at
from callassist.web.sparing_limiter import SparingLimiter

ANSWERS = "12 per minute"  # by one link; how often it is opened is limited for all secret addresses


def blueprint(app: Flask, service: Service) -> Blueprint:
    """The page and its buttons, limited in real time."""
    app.extensions[views.TEXTS] = service.escalation.guest_words
    limiter = SparingLimiter(_link, app=app, storage_uri="memory://", key_prefix="guest")
    limiter.request_filter(is_looked_at)
    answers = limiter.shared_limit(ANSWERS, scope="guest")
    pages = Blueprint("guest", __name__)
    pages.add_url_rule("/g/<token>", "page", views.page)
    for path, view in (
        ("answer", views.answer),
        ("messages", views.messages),
        ("language", views.language),
    ):
        pages.add_url_rule(f"/g/<token>/{path}", path, answers(view), methods=["POST"])
    pages.register_error_handler(RateLimitExceeded, views.too_many)
    pages.register_error_handler(OpenedTooOften, views.opened_too_often)
    pages.after_request(views.private)
    return pages


def _link() -> str:
    return str((request.view_args or {}).get("token", ""))
