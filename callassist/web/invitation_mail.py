"""The mail that asks somebody to join, in the language of the invited person."""

from __future__ import annotations

import secrets

from flask import current_app, url_for

from callassist.accounts.invitations import Asked
from callassist.ports.messages import Message
from callassist.web import languages, role_words
from callassist.web.translate import gettext as _


def post_invitation(asked: Asked, place: str, who: str) -> None:
    """Mail it, aside; `who` asks, `place` is an account or a desk, empty for neither."""
    row = asked.invitation
    language = row.language if row.language in languages.LANGUAGES else "en"
    with languages.worded_in(language):
        message = Message(
            key=f"invitation:{secrets.token_hex(8)}",
            title=_("You are invited to Call Assist"),
            text=_text(row.role, place, who),
            url=url_for("entry.join", token=asked.token),
            language=language,
        )
    current_app.extensions["callassist_link_mail"].post(row.email, message)


def _text(role: str, place: str, who: str) -> str:
    asks = _(
        "%(who)s asks you to join %(place)s.",
        who=who or "Call Assist",
        place=place or "Call Assist",
    )
    about = _("With Call Assist, somebody phones the guest when a rental home stays loud.")
    job = _("Your role: %(role)s.", role=role_words.name(role))
    leave = _(
        "This link works for 7 days; you choose a password there. "
        "If you do not know what this is about, leave it: nothing happens then."
    )
    return f"{asks} {about}\n\n{job} {role_words.means(role)}\n\n{leave}"
