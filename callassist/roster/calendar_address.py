"""Secret addresses of calendars: the token in one, and what a calendar program reads there.

A token is shown once; only its hash is kept, so that nobody reads an address in the database.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Calendar, Event

from callassist.domain.spans import Span

_TOKEN_BYTES = 32
_SHOWN_BEFORE, _SHOWN_AFTER = timedelta(days=31), timedelta(days=366)
_LOOK_AGAIN = "PT1H"


@dataclass(frozen=True, kw_only=True)
class CalendarEntry:
    """One line of a calendar; `uid` stays the same while the entry is changed."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    summary: str


def new_token() -> str:
    """A secret that cannot be guessed, fit for an address."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def token_hash(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def shown_span(now: datetime) -> Span:
    """What a calendar tells: the last month and the coming year."""
    return Span(now - _SHOWN_BEFORE, now + _SHOWN_AFTER)


def written(name: str, product: str, entries: Iterable[CalendarEntry], now: datetime) -> bytes:
    """The entries as iCalendar (RFC 5545), to be asked for again every hour."""
    made = Calendar()
    made.add("prodid", f"-//Call Assist//{product}//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", name)
    made.add("refresh-interval;value=duration", _LOOK_AGAIN)
    for entry in entries:
        event = Event()
        event.add("uid", f"{entry.uid}@callassist")
        event.add("dtstamp", now)
        event.add("dtstart", entry.starts_at)
        event.add("dtend", entry.ends_at)
        event.add("summary", entry.summary)
        made.add_component(event)
    text: bytes = made.to_ical()
    return text
