"""Every owner hears by mail that their account will be deleted, in their own language."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import current_app, url_for

from callassist.models import Account, Person
from callassist.ports.messages import Message
from callassist.reports.words import Words
from callassist.web import languages
from callassist.web.translate import gettext as _


def tell_owners(owners: Iterable[Person], account: Account, due_at: datetime, who: str) -> None:
    """Mail them, aside; the first page says it all the same."""
    for owner in owners:
        language = owner.language if owner.language in languages.LANGUAGES else account.language
        with languages.worded_in(language):
            message = Message(
                key=f"deletion:{secrets.token_hex(8)}",
                title=_("%(account)s will be deleted", account=account.name),
                text=_text(account, due_at, who, language),
                url=url_for("people.data", account=account.public_id),
                language=language,
            )
        current_app.extensions["callassist_link_mail"].post(owner.email, message)


def _text(account: Account, due_at: datetime, who: str, language: str) -> str:
    return _(
        "%(who)s asked for the account %(account)s to be deleted. On %(at)s it goes for good, with "
        "its homes, guests, people and reports. If that shall not be, undo it on this page "
        "before then.",
        who=who,
        account=account.name,
        at=Words(language, ZoneInfo(account.timezone)).moment(due_at),
    )
