"""One event in our words: a stay whose guest nobody names, or days on which nobody stays."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from icalendar import Event

from callassist.pms_sync.vendors.ical_facts import AS_BLOCK
from callassist.pms_sync.vendors.reading import LONGEST_ID, Unreadable
from callassist.ports.pms import Contact, Reservation, ReservationState, Visit

LISTING = "calendar"  # a feed is one home's

_REPEATS = re.compile(r"^(RRULE|RDATE)[;:]", re.I | re.M)
_LAST_FOUR = re.compile(r"\(?Last 4 Digits\)?:\s{0,5}(\d{4})(?!\d)", re.I)
_RESERVED_FOR = re.compile(r"Reserved\s{1,5}-\s{1,5}(\S.{0,99})", re.I)
# Booking.com: stays and closed days alike
_CLOSED = re.compile(r"closed\s{0,5}-\s{0,5}not available", re.I)
_BLOCKED = re.compile(
    r"not available|unavailable|\bblocked\b|\bblock\b|\bowner\b|maintenance|\bclosed\b", re.I
)


def reservation_of(closed: str, lines: str) -> Reservation:
    """One VEVENT, `closed` says what Booking.com's events are."""
    if _REPEATS.search(lines):
        raise Unreadable("it repeats; a reservation does not")
    event = _parsed(lines)
    begins, ends = _begin(event), _end(event)
    summary, about = _text(event, "SUMMARY"), _text(event, "DESCRIPTION")
    digits = _LAST_FOUR.search(about)
    named = _RESERVED_FOR.fullmatch(summary)
    return Reservation(
        external_id=_uid(event),
        state=_state(event, summary, closed),
        visits=(_visit(begins, ends),),
        contact=Contact(name=named[1].strip() if named else ""),
        last_four=digits[1] if digits else None,
    )


def uid_of(lines: str) -> str:
    """The id of an event that may be unreadable otherwise; "" when it has none."""
    found = re.search(r"^UID[^:\r\n]{0,200}:(.{1,200})", lines, re.I | re.M)
    return found[1].strip() if found else ""


def _parsed(lines: str) -> Any:
    try:
        return Event.from_ical(lines)
    except Exception as error:  # whatever a library makes of what somebody else wrote
        raise Unreadable(f"it cannot be read as an event ({type(error).__name__})") from None


def _state(event: Any, summary: str, closed: str) -> ReservationState:
    if _text(event, "STATUS").upper() == "CANCELLED":
        return ReservationState.CANCELLED
    if _CLOSED.search(summary):
        return ReservationState.BLOCK if closed == AS_BLOCK else ReservationState.STAYS
    # "Reserved - Ms Block" is a guest
    if not summary.lower().startswith("reserved") and _BLOCKED.search(summary):
        return ReservationState.BLOCK
    return ReservationState.STAYS


def _begin(event: Any) -> date:
    begins = _moment(event, "DTSTART")
    if begins is None:
        raise Unreadable("DTSTART is missing")
    return begins


def _end(event: Any) -> date:
    """DTEND, else DURATION, else the day itself, as the standard has it."""
    begins, ends = _begin(event), _moment(event, "DTEND")
    if ends is None:
        lasts = _value(event, "DURATION")
        try:
            ends = begins + (lasts if isinstance(lasts, timedelta) else timedelta(days=1))
        except OverflowError:
            raise Unreadable("DURATION is too long") from None
    if isinstance(begins, datetime) != isinstance(ends, datetime):
        begins, ends = _day(begins), _day(ends)
    try:
        is_odd = ends <= begins
    except TypeError:  # one has a zone, the other has none
        is_odd = _day(ends) <= _day(begins)
    if is_odd:
        raise Unreadable("it ends before it begins")
    return ends


def _moment(event: Any, name: str) -> date | None:
    """A day, or a date and time; datetime is a date, too."""
    moment = _value(event, name)
    if moment is not None and not isinstance(moment, date):
        raise Unreadable(f"{name} is not a date")
    return moment


def _value(event: Any, name: str) -> object:
    """What the library made of it; a value that it could not read raises when looked at."""
    value = event.get(name)
    if value is None:
        return None
    try:
        return value.dt
    except Exception:  # of the library's own kinds; a list, where it is said twice
        raise Unreadable(f"{name} cannot be read") from None


def _visit(begins: date, ends: date) -> Visit:
    """Days as they stand; times only where both ends have them."""
    visit = Visit(listing_id=LISTING, arrival=_day(begins), departure=_day(ends))
    if not isinstance(begins, datetime) or not isinstance(ends, datetime):
        return visit
    if begins.tzinfo is not None and ends.tzinfo is not None:
        return replace(visit, arrives_at=begins, leaves_at=ends)
    return replace(visit, check_in=begins.time(), check_out=ends.time())


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _uid(event: Any) -> str:
    """Its UID; where it has none, its days, which are one guest's."""
    uid = _text(event, "UID")
    if len(uid) > LONGEST_ID:
        raise Unreadable(f"UID is longer than {LONGEST_ID} characters")
    return uid or f"{_day(_begin(event))}/{_day(_end(event))}"


def _text(event: Any, name: str) -> str:
    value = event.get(name)
    if isinstance(value, list):  # said twice: the first
        value = value[0] if value else None
    return "" if value is None else str(value).replace("\x00", "").strip()
