"""English or French: chosen by the person, else by their account, else by their browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, g, request, session
from flask.globals import _cv_app
from flask_babel import Babel
from flask_security import current_user

LANGUAGES = {"en": "English", "fr": "Français"}
_CHOSEN = "language"


def init_app(app: Flask) -> None:
    """Set Flask-Babel up for what other packages say; our own texts are in web/translate.py."""
    Babel(app, locale_selector=language)


def language() -> str:
    """The language of this request's page; English where nobody asks."""
    here = _cv_app.get(None)  # as has_app_context(): asked for with every text of a page
    if here is None:
        return "en"
    try:
        found: str = here.g.language
    except AttributeError:
        found = here.g.language = _wanted()
    return found


def choose(code: str) -> bool:
    """Remember the choice in this browser; False for a language that we do not write."""
    if code not in LANGUAGES:
        return False
    session[_CHOSEN] = g.language = code
    return True


def speak(code: str) -> None:
    """This page in the language of whom it is for, unless another was chosen in this browser."""
    g.language = chosen() or (code if code in LANGUAGES else _accepted())


@contextmanager
def worded_in(code: str) -> Iterator[None]:
    """What is said inside is in another language than the page: a mail to somebody else."""
    before = g.pop("language", None)
    g.language = code
    try:
        yield
    finally:
        g.pop("language")
        if before is not None:
            g.language = before


def chosen() -> str | None:
    """What was chosen in this browser."""
    code = session.get(_CHOSEN)
    return code if code in LANGUAGES else None


def of_browser() -> str:
    """The language without asking the database who this is; it stays for this request."""
    g.language = chosen() or _accepted()
    return str(g.language)


def _wanted() -> str:
    own = getattr(current_user, "language", None) if current_user else None
    plain = str(own or "").partition("-")[0]
    return chosen() or (plain if plain in LANGUAGES else _accepted())


def _accepted() -> str:
    return str(request.accept_languages.best_match(list(LANGUAGES), default="en"))
