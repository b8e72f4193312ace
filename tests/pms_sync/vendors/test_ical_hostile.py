"""Feeds that nobody should have to read: little time, little memory, one bad event alone."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from datetime import date

import pytest

from callassist.pms_sync.vendors.ical import ICalendar
from callassist.ports.pms import Reservation, SetAside, Wanted
from callassist.ports.pms_access import BadAnswer
from tests.pms_sync.vendors.feeds import Feed, calendar, event

ICAL = ICalendar()
WANTED = Wanted(first=date(2026, 11, 1), last=date(2027, 11, 1))
DAYS = ("DTSTART;VALUE=DATE:20261120", "DTEND;VALUE=DATE:20261124")
GOOD = event("UID:good", *DAYS, "SUMMARY:Reserved")
MEGA = 1_000_000
MOST_SECONDS = 6.0  # of the processor, for whatever there is within the limit of an answer
MOST_MEMORY = 60 * MEGA


def _read(text: str) -> list[Reservation | SetAside]:
    return list(ICAL.reservations(Feed(text), WANTED))


@pytest.mark.parametrize(
    "lines",
    [
        ("DTSTART;VALUE=DATE:20261124", "DTEND;VALUE=DATE:20261120"),
        ("DTSTART;VALUE=DATE:20261120", "DTEND;VALUE=DATE:20261120"),
        ("DTSTART:20261120T100000", "DTEND:20261120T090000Z"),
        ("DTEND;VALUE=DATE:20261124",),
        ("DTSTART:tomorrow", "DTEND;VALUE=DATE:20261124"),
        ("DTSTART;VALUE=DATE:99999999", "DTEND;VALUE=DATE:20261124"),
        ("DTSTART;VALUE=DATE:20261120", "DURATION:P9999999999D"),
        ("DTSTART;VALUE=DATE:20261120", "DURATION:-P1D"),
        (*DAYS, "DTSTART;VALUE=DATE:20261121"),
        (*DAYS, "RRULE:FREQ=SECONDLY"),
        (*DAYS, "RDATE;VALUE=DATE:20261220"),
        (*DAYS, f"UID:{'u' * 300}"),
        ("\x00\x01;=::::;;,,",),
    ],
)
def test_an_event_that_cannot_be_one_is_set_aside_and_the_others_come(lines: tuple[str, ...]):
    bad = event(*([] if lines[-1].startswith("UID") else ["UID:bad"]), *lines)
    aside, good = _read(calendar(bad, GOOD))
    assert isinstance(aside, SetAside)
    assert aside.reason
    assert len(aside.external_id) <= 200
    assert good.external_id == "good"


# made only when they are read: they are large
_HOSTILE: dict[str, Callable[[], str]] = {
    "never ended": lambda: calendar(*(["BEGIN:VEVENT"] * 290_000)),
    "one line": lambda: calendar(event("UID:1", *DAYS, "X" * 5 * MEGA), GOOD),
    "a long text": lambda: calendar(event(*DAYS, "DESCRIPTION:" + "a,;=\\" * MEGA), GOOD),
    "folded": lambda: calendar(event("UID:1", *DAYS, *[" a"] * 290_000), GOOD),
    "empty lines": lambda: calendar(*[""] * 290_000, GOOD),
    "many fields": lambda: calendar(event(*DAYS, *["SUMMARY:x"] * 290_000), GOOD),
    "parameters": lambda: calendar(event("DTSTART;" + 'A="b";' * 800_000 + ":20261120"), GOOD),
    "alarms in alarms": lambda: calendar(event(*DAYS, *["BEGIN:VALARM"] * 280_000), GOOD),
    "repeats every second": lambda: calendar(
        *(event(f"UID:{n}", *DAYS, "RRULE:FREQ=SECONDLY") for n in range(4_900))
    ),
}
_TOO_LARGE: dict[str, Callable[[], str]] = {
    "characters": lambda: calendar("X" * 7 * MEGA),
    "lines": lambda: calendar(*[" a"] * 400_000),
    "events": lambda: calendar(*[event("UID:1")] * 5_001),
}


@pytest.mark.parametrize("name", _HOSTILE)
def test_whatever_a_feed_holds_it_is_read_in_little_time(name: str):
    text = _HOSTILE[name]()
    began = time.process_time()
    try:
        found = _read(text)
    except BadAnswer:
        found = []
    assert time.process_time() - began < MOST_SECONDS
    assert len(found) <= 5_000


@pytest.mark.parametrize("name", _TOO_LARGE)
def test_what_is_too_large_is_no_calendar(name: str):
    text = _TOO_LARGE[name]()
    with pytest.raises(BadAnswer):
        _read(text)


def test_a_feed_is_read_in_little_memory():
    many = (event(f"UID:{n}", *DAYS, f"DESCRIPTION:{'d' * 900}") for n in range(300))
    feed = Feed(calendar(*many, event("UID:last", *DAYS, "DESCRIPTION:" + "x" * 5 * MEGA)))
    tracemalloc.start()
    try:
        assert sum(1 for _ in ICAL.reservations(feed, WANTED)) == 301
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MOST_MEMORY
