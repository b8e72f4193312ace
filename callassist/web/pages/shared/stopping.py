"""The way out of mails, for people who have no account here.

A GET changes nothing: programs open every link of a mail. A page asks once more; mail programs that
know RFC 8058 send one POST themselves, and are answered without leading them anywhere.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from callassist.notifications.stop_links import by_link, is_stopped, stop_by_link
from callassist.reports.digest import by_stop_token, unsubscribe
from callassist.web import languages
from callassist.web.pages import asking
from callassist.web.translate import gettext as _

_LONGEST = 200


def figures(token: str) -> ResponseReturnValue:
    """No more figures by e-mail."""
    token = token[:_LONGEST]
    with asking.reading() as session:
        digest = by_stop_token(session, token)
    languages.speak(digest.language)
    now = asking.now()
    return _answer(
        lambda session: unsubscribe(session, token, now),
        title=_("Figures by e-mail"),
        mask=digest.address_mask,
        is_stopped=digest.stopped_at is not None,
    )


def messages(token: str) -> ResponseReturnValue:
    """No more messages of one kind to one address."""
    token, vault = token[:_LONGEST], asking.service().vault
    with asking.reading() as session:
        channel, kind = by_link(session, vault, token)
    languages.speak(channel.language)
    return _answer(
        lambda session: stop_by_link(session, vault, token),
        title=_("Reports by e-mail") if kind == "report_ready" else _("Morning notes by e-mail"),
        mask=channel.address_mask,
        is_stopped=is_stopped(channel, kind),
    )


def _answer(
    stop: Callable[[Session], object], *, title: str, mask: str, is_stopped: bool
) -> ResponseReturnValue:
    if request.method == "POST":
        with asking.writing() as session:
            stop(session)
        if request.form.get("List-Unsubscribe") != "One-Click":
            return redirect(request.path)
        is_stopped = True
    return render_template("shared/stop.html", title=title, mask=mask, is_stopped=is_stopped)
