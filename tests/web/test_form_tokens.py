"""The token of forms is signed once for a session, and is always that session's own."""

from __future__ import annotations

from flask import Flask, session
from flask_wtf import csrf

from callassist.web.form_tokens import form_token


def made(key: str = "a key") -> Flask:
    app = Flask(__name__)
    app.secret_key = key
    return app


def shown(app: Flask, own: str) -> str:
    """What a page shows in the session whose token this is."""
    with app.test_request_context("/"):
        session["csrf_token"] = own
        return form_token()


def is_taken(app: Flask, own: str, token: str) -> bool:
    with app.test_request_context("/", method="POST"):
        session["csrf_token"] = own
        try:
            csrf.validate_csrf(token)
        except csrf.ValidationError:
            return False
        return True


def test_a_session_is_shown_the_same_token_again_and_it_is_taken() -> None:
    app = made()
    token = shown(app, "one")
    assert shown(app, "one") == token
    assert is_taken(app, "one", token)
    assert not is_taken(app, "two", token)


def test_each_session_and_each_key_has_its_own() -> None:
    app, elsewhere = made(), made("another key")
    assert is_taken(app, "two", shown(app, "two"))
    assert is_taken(elsewhere, "two", shown(elsewhere, "two"))
    assert not is_taken(elsewhere, "two", shown(app, "two"))


def test_a_visitor_without_one_is_given_one() -> None:
    app = made()
    with app.test_request_context("/"):
        token = form_token()
        own = session["csrf_token"]
    assert is_taken(app, own, token)


def test_a_session_that_changes_within_a_request_is_not_given_the_old_token_later() -> None:
    app = made()
    with app.test_request_context("/"):
        session["csrf_token"] = "before"
        form_token()
        session["csrf_token"] = "after"
        form_token()
    assert is_taken(app, "after", shown(app, "after"))


def test_within_a_request_it_is_one_whoever_asks() -> None:
    app = made()
    shown(app, "three")
    with app.test_request_context("/"):
        session["csrf_token"] = "three"
        assert form_token() == csrf.generate_csrf() == form_token()
