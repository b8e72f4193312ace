"""The card of the first page that says that an account will be deleted, with the way back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import url_for
from sqlalchemy.orm import Session

from callassist.accounts.account_deletion import WaitingDeletion, waiting_deletions
from callassist.domain.viewer import Viewer
from callassist.web.pages import times
from callassist.web.pages.host.need import Need
from callassist.web.translate import gettext as _


def deletion_cards(session: Session, viewer: Viewer, now: datetime) -> Iterator[Need]:
    """One card for each account that waits; only an owner's has a button."""
    for one in waiting_deletions(session, viewer, now):
        yield Need(
            title=_("%(account)s will be deleted", account=one.account.name),
            text=_said(one),
            url=url_for("people.undo_deletion", account_id=one.account.public_id),
            button=_("Undo") if one.may_undo else "",
            tone="loud",
            icon="trash-2",
            acts=one.may_undo,
            more_url=url_for("people.data", account=one.account.public_id),
            more_text=_("Data and deletion"),
        )


def _said(one: WaitingDeletion) -> str:
    if one.is_held:
        return _("It is due, and waits for the open incident to end. Calls go on until then.")
    at = times.moment(one.due_at, ZoneInfo(one.account.timezone))
    return _(
        "Homes, guests, people and reports go for good on %(at)s. Until then calls go on.", at=at
    )
