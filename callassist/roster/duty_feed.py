"""The duty rota as a calendar that other programs subscribe to, under an address of its own."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from icalendar import Calendar, Event
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from callassist.domain.viewer import Viewer
from callassist.errors import NotFound
from callassist.models import Account, DutyFeed, DutySpan
from callassist.roster.duty import duty_between

_SHOWN_BEFORE, _SHOWN_AFTER = timedelta(days=31), timedelta(days=366)
_ON_DUTY = {"en": "On duty: {name}", "fr": "De garde\u00a0: {name}"}
_NAME = {"en": "Duty rota, {account}", "fr": "Gardes, {account}"}


def make_feed(
    session: Session, viewer: Viewer, account_id: int, language: str, now: datetime
) -> str:
    """A new secret, shown once; the one before stops working at once."""
    end_feed(session, viewer, account_id, now)
    token = secrets.token_urlsafe(32)
    session.add(
        DutyFeed(
            account_id=account_id,
            token_hash=_hash(token),
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
        .where(DutyFeed.token_hash == _hash(token), DutyFeed.revoked_at.is_(None))
    ).first()
    if found is None:
        raise NotFound("no such calendar")
    feed, account = found
    spans = duty_between(session, account.id, now - _SHOWN_BEFORE, now + _SHOWN_AFTER)
    return _written(_NAME[feed.language].format(account=account.name), spans, feed.language, now)


def _written(name: str, spans: Iterable[DutySpan], language: str, now: datetime) -> bytes:
    made = Calendar()
    made.add("prodid", "-//Call Assist//duty rota//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", name)
    made.add("refresh-interval;value=duration", "PT1H")
    for span in spans:
        event = Event()
        event.add("uid", f"duty-{span.public_id}@callassist")
        event.add("dtstamp", now)
        event.add("dtstart", span.starts_at)
        event.add("dtend", span.ends_at)
        event.add("summary", _ON_DUTY[language].format(name=span.name))
        made.add_component(event)
    written: bytes = made.to_ical()
    return written


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
