"""The way in: signing in and out, passwords, language."""

from __future__ import annotations

from flask import Blueprint, Flask
from flask_limiter import RateLimitExceeded

from callassist.web.pages.entry import demo, firm, joining, views

_FORM = ["GET", "POST"]


def blueprint(app: Flask) -> Blueprint:
    """Pages for everybody; trying passwords and links is limited, in real time."""
    limiter = app.extensions["callassist_sign_in_limiter"]
    pages = Blueprint("entry", __name__)
    by_address = limiter.limit(views.PER_ADDRESS, methods=["POST"])
    by_name = limiter.limit(views.PER_NAME, methods=["POST"], key_func=views.name_and_address)
    mails = limiter.limit(views.MAILS_PER_NAME, methods=["POST"], key_func=views.typed_name)
    every = limiter.limit(views.PER_NAME_ANYWHERE, methods=["POST"], key_func=views.typed_name)
    pages.add_url_rule(
        "/sign-in", "sign_in", every(by_name(by_address(views.sign_in))), methods=_FORM
    )
    by_person = limiter.limit(views.CODES_PER_PERSON, methods=["POST"], key_func=views.waiting_name)
    pages.add_url_rule("/sign-in/code", "code", by_person(by_address(views.code)), methods=_FORM)
    pages.add_url_rule("/invitation/<token>", "join", by_address(joining.join), methods=_FORM)
    pages.add_url_rule("/sign-in/firm", "firm", firm.leave)
    pages.add_url_rule("/sign-in/firm/back", "firm_back", firm.come_back)
    pages.add_url_rule("/sign-in/demo", "demo", demo.come_in, methods=["POST"])
    pages.add_url_rule("/sign-in/link/<token>", "link", by_address(views.link), methods=_FORM)
    pages.add_url_rule(
        "/sign-in/forgotten", "forgotten", mails(by_address(views.forgotten)), methods=_FORM
    )
    pages.add_url_rule("/sign-out", "sign_out", views.sign_out, methods=["POST"])
    pages.add_url_rule("/password", "password", by_address(views.password), methods=_FORM)
    pages.add_url_rule("/language", "language", views.language, methods=["POST"])
    pages.register_error_handler(RateLimitExceeded, views.too_many)
    return pages
