"""Telling somebody that they have a role now: a sign-in link by mail."""

from __future__ import annotations

from flask import current_app, flash

from callassist.web import languages
from callassist.web.link_mail import LinkTexts
from callassist.web.pages import asking
from callassist.web.translate import gettext as _


def mail_link(email: str) -> None:
    """Mail a sign-in link, aside; unknown addresses get nothing."""
    texts = LinkTexts(list(languages.LANGUAGES))
    current_app.extensions["callassist_link_mail"].send(email, texts)


def invite(email: str) -> None:
    """Mail the link to somebody new and say how it reaches them."""
    mail_link(email)
    if asking.service().settings.mail.url == "file":
        flash(
            _(
                "Invited. No mail server is set, so the mail with the sign-in link is a file in "
                "the data directory; `callassist user link EMAIL` prints a link too."
            )
        )
    else:
        flash(_("Invited. A mail with a sign-in link is on its way."))
