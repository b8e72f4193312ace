"""Telling somebody that they are asked to join, or sending the link that signs them in."""

from __future__ import annotations

from flask import current_app, flash

from callassist.accounts.invitations import Asked
from callassist.web import languages
from callassist.web.invitation_mail import post_invitation
from callassist.web.link_mail import LinkTexts
from callassist.web.pages import asking
from callassist.web.translate import gettext as _


def mail_link(email: str) -> None:
    """Mail a sign-in link, aside; unknown addresses get nothing."""
    texts = LinkTexts(list(languages.LANGUAGES))
    current_app.extensions["callassist_link_mail"].send(email, texts)


def mail_invitation(asked: Asked, place: str) -> None:
    """Mail the invitation and say how it reaches them."""
    who = asking.person()
    post_invitation(asked, place, "" if who is None else who.name)
    if asking.service().settings.mail.url == "file":
        flash(
            _(
                "Invited. No mail server is set, so the mail with the link is a file in the data "
                "directory; give the link on by hand."
            ),
            "watch",
        )
    else:
        flash(_("Invited. A mail with a link is on its way; it works for 7 days."))
