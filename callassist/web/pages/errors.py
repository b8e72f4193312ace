"""Errors as pages, in the reader's language."""

from __future__ import annotations

from flask import Flask, Response, g, make_response, render_template
from flask_login import AnonymousUserMixin

from callassist.web import languages
from callassist.web.pages.refusals import sentence
from callassist.web.translate import gettext as _


def init_app(app: Flask) -> None:
    """Tell `web.problems` how an error looks on a page."""
    app.extensions["callassist_error_page"] = error_page


def error_page(status: int, title: str, detail: str) -> Response:
    """The page of one error; what a service refused is said in words."""
    if status >= 500:
        _forget_who_asks()
    texts = _texts()
    shown, text = texts.get(status, (_("This did not work"), ""))
    if status in (403, 409, 422):
        text = sentence(detail)
    reference = detail if status == 500 else ""
    page = render_template(
        "error.html", status=status, title=shown, text=text, reference=_reference(reference)
    )
    return make_response(page, status)


def _forget_who_asks() -> None:
    """The database may be the cause: do not ask it who this is."""
    g.people_unknown = True
    g._login_user = AnonymousUserMixin()
    languages.of_browser()


def _texts() -> dict[int, tuple[str, str]]:
    return {
        400: (
            _("This form is too old"),
            _("Go back, load the page again and send it once more. Nothing was changed."),
        ),
        403: (_("You may not do this"), ""),
        404: (
            _("There is nothing here"),
            _("The address is wrong, or what it leads to is not yours to see."),
        ),
        405: (_("This does not work like that"), _("Go back and use the buttons of the page.")),
        409: (_("This is not possible now"), ""),
        410: (_("This is gone"), _("The link has ended, or was taken back. Ask for a new one.")),
        413: (_("Too much at once"), _("Send less.")),
        422: (_("This was refused"), ""),
        429: (_("Too many tries"), _("Wait a few minutes, then try again.")),
        500: (
            _("An error of ours"),
            _("It was written down. Try again; if it stays, tell the administrator."),
        ),
        503: (
            _("Busy right now"),
            _("Nothing was lost. Load the page again in a few seconds."),
        ),
    }


def _reference(detail: str) -> str:
    """The logged reference out of `an error of ours, logged as ab12; ...`."""
    found = detail.partition("logged as ")[2].partition(";")[0]
    return _("Reference: %(reference)s", reference=found) if found else ""
