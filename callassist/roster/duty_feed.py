"""The duty rota as a calendar that other programs subscribe to, under an address of its own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from callassist.domain.viewer import Viewer
from callassist.errors import NotFound
from callassist.models import Account, DutyFeed
from callassist.roster.calendar_address import (
    CalendarEntry,
    new_token,
    shown_span,
    token_hash,
    written,
)
from callassist.roster.duty import duty_between

_ON_DUTY = {"en": "On duty: {name}", "fr": "De garde\u00a0: {name}"}
_NAME = {"en": "Duty rota, {account}", "fr": "Gardes, {account}"}


def make_feed(
    session: Session, viewer: Viewer, account_id: int, language: str, now: datetime
) -> str:
    """A new secret, shown once; the one before stops working at once."""
    end_feed(session, viewer, account_id, now)
    token = new_token()
    session.add(
        DutyFeed(
            account_id=account_id,
            token_hash=token_hash(token),
            language=language if language in _ON_DUTY else "en",
            created_at=now,
        )
    )
    session.flush()
    return token


def end_feed(session: Session, viewer: Viewer, account_id: int, now: datetime) -> None:
    """No calendar reads this account's rota any more."""
    if account_id not in viewer.account_ids:
        raise NotFound("no such account")
    viewer.require_write(account_id)
    session.execute(
        update(DutyFeed)
        .where(DutyFeed.account_id == account_id, DutyFeed.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def feed_since(session: Session, viewer: Viewer, account_id: int) -> datetime | None:
    """Since when there is an address in force."""
    if account_id not in viewer.account_ids:
        return None
    query = select(DutyFeed.created_at).where(
        DutyFeed.account_id == account_id, DutyFeed.revoked_at.is_(None)
    )
    return session.scalars(query.order_by(DutyFeed.id.desc()).limit(1)).first()


def calendar(session: Session, token: str, now: datetime) -> bytes:
    """The rota behind a secret as iCalendar; NotFound for one that opens nothing."""
    found = session.execute(
        select(DutyFeed, Account)
        .join(Account, Account.id == DutyFeed.account_id)
        .where(DutyFeed.token_hash == token_hash(token), DutyFeed.revoked_at.is_(None))
    ).first()
    if found is None:
        raise NotFound("no such calendar")
    feed, account = found
    shown = shown_span(now)
    entries = (
        CalendarEntry(
            uid=f"duty-{span.public_id}",
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            summary=_ON_DUTY[feed.language].format(name=span.name),
        )
        for span in duty_between(session, account.id, shown.starts_at, shown.ends_at)
    )
    return written(_NAME[feed.language].format(account=account.name), "duty rota", entries, now)
