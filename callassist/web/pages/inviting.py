"""Telling somebody that they are asked to join, or sending the link that signs them in."""

from __future__ import annotations

import secrets

from flask import current_app, flash, url_for
from flask_babel import force_locale

from callassist.accounts.invitations import Asked
from callassist.ports.messages import Message
from callassist.web import languages
from callassist.web.link_mail import LinkTexts
from callassist.web.pages import asking, role_words
from callassist.web.translate import gettext as _


def mail_link(email: str) -> None:
    """Mail a sign-in link, aside; unknown addresses get nothing."""
    texts = LinkTexts(list(languages.LANGUAGES))
    current_app.extensions["callassist_link_mail"].send(email, texts)


def mail_invitation(asked: Asked, place: str) -> None:
    """Mail the invitation in the language of the invited person and say how it reaches them."""
    row = asked.invitation
    language = row.language if row.language in languages.LANGUAGES else "en"
    with force_locale(language):
        message = Message(
            key=f"invitation:{secrets.token_hex(8)}",
            title=_("You are invited to Call Assist"),
            text=_invitation_text(row.role, place),
            url=url_for("entry.join", token=asked.token),
            language=language,
        )
    current_app.extensions["callassist_link_mail"].post(row.email, message)
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


def _invitation_text(role: str, place: str) -> str:
    who = asking.person()
    said = _(
        "%(who)s asks you to join %(place)s: %(role)s. The link works for 7 days. "
        "If you do not know what this is about, leave it: nothing happens then.",
        who=who.name if who is not None else "Call Assist",
        place=place or "Call Assist",
        role=role_words.name(role),
    )
    return f"{said}\n\n{role_words.means(role)}"
