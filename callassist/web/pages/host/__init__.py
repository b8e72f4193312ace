"""The host's pages: homes, stays, incidents, reports, settings. Others do not find them."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from callassist.web.pages import asking
from callassist.web.pages.host import (
    brands,
    nights,
    sent_files,
    settings,
    tonight,
)
from callassist.web.pages.host.home_routes import ROUTES as HOME_ROUTES

_FORM = ["GET", "POST"]
_DO = ["POST"]


def blueprint() -> Blueprint:
    """Every page and button of hosts."""
    pages = Blueprint("host", __name__)
    pages.url_value_preprocessor(_allow_large_files)
    pages.before_request(_only_hosts)
    pages.context_processor(nights.words_for_pages)
    pages.context_processor(brands.words_for_pages)
    for path, name, view, methods in (
        *HOME_ROUTES,
        ("/settings", "settings", settings.show, ["GET"]),
    ):
        pages.add_url_rule(path, name, view, methods=methods)
    for route in nights.ROUTES:
        pages.add_url_rule(*route[:3], methods=route[3])
    return pages


def _only_hosts() -> ResponseReturnValue | None:
    """At "/" everybody arrives; who is no host is led to their own part."""
    if request.path != "/":
        return asking.hosts_only()
    answer = asking.sign_in_first()
    if answer is not None or asking.viewer().account_ids:
        return answer
    if asking.viewer().operator_ids:
        return redirect(url_for("desk.queue"))
    if asking.viewer().is_admin:
        return redirect(url_for("admin.index"))
    return tonight.nothing_yet()


def _allow_large_files(endpoint: str | None, _values: object) -> None:
    """Before the form's token is looked for, which reads the body."""
    if endpoint in nights.LARGE:
        sent_files.allow_large_files()
