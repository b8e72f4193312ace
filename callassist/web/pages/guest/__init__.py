"""The guest page (`/g/<token>`): what is loud, what is measured, three answers."""

from __future__ import annotations

from flask import Blueprint, Flask
from flask_limiter import Limiter, RateLimitExceeded
from flask_limiter.util import get_remote_address

from callassist.bootstrap import Service
from callassist.web.pages.guest import views
from callassist.web.pages.guest.texts import load_texts

LOOKS = "60 per minute"  # of one address: guessing is hopeless, and costs us nothing
ANSWERS = "12 per minute"


def blueprint(app: Flask, service: Service) -> Blueprint:
    """The page and its buttons, limited in real time."""
    app.extensions[views.TEXTS] = load_texts(service.settings.config_dir / "guest")
    limiter = Limiter(get_remote_address, app=app, storage_uri="memory://", key_prefix="guest")
    looks, answers = limiter.limit(LOOKS), limiter.shared_limit(ANSWERS, scope="guest")
    pages = Blueprint("guest", __name__)
    pages.add_url_rule("/g/<token>", "page", looks(views.page))
    for path, view in (
        ("answer", views.answer),
        ("messages", views.messages),
        ("language", views.language),
    ):
        pages.add_url_rule(f"/g/<token>/{path}", path, answers(view), methods=["POST"])
    pages.register_error_handler(RateLimitExceeded, views.too_many)
    pages.after_request(views.private)
    return pages
