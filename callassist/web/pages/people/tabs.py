"""The parts of the settings: those that concern the person who asks."""

from __future__ import annotations

from collections.abc import Iterator

from flask import request, url_for

from callassist.web.pages import asking
from callassist.web.translate import gettext as _


def settings_tabs() -> list[tuple[str, str, bool]]:
    """(url, text, is it this one) for `ui.tabs`."""
    return [(url, text, _is_here(url)) for url, text in _tabs()]


def _tabs() -> Iterator[tuple[str, str]]:
    viewer = asking.viewer()
    yield url_for("people.notifications"), _("Notifications")
    if viewer.account_ids:
        yield url_for("people.team"), _("Team")
        yield url_for("people.spending"), _("Costs")
        yield url_for("people.programs"), _("Programs")
        yield url_for("people.phone"), _("Phone")
    yield url_for("people.account"), _("Account")
    yield url_for("people.data"), _("Data")
    yield url_for("people.ways_in"), _("Signing in")
    yield url_for("people.status"), _("System status")


def _is_here(url: str) -> bool:
    path = url.partition("?")[0]
    if path == url_for("people.account"):
        return request.path == path
    return request.path == path or request.path.startswith(f"{path}/")
