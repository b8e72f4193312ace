"""Calendars: what platforms write in them, and which home they are of."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from callassist.errors import InvalidInput
from callassist.pms_sync.access import Patience, PmsAccess, real_now
from callassist.pms_sync.budget import NoBudget
from callassist.pms_sync.tokens import OwnTokens
from callassist.pms_sync.vendors.ical import CANNOT_TELL, NO_NUMBERS, ICalendar
from callassist.ports.pms import Contact, Listing, Reservation, ReservationState, SetAside, Wanted
from callassist.ports.pms_access import BadAnswer, CredentialsRefused, NotThere
from callassist.safe_http import safe_session
from tests.pms_sync.vendors.canned import FIXTURES
from tests.pms_sync.vendors.feeds import Feed, calendar, event

ICAL = ICalendar()
WANTED = Wanted(first=date(2026, 11, 1), last=date(2027, 11, 1))
STAYS, BLOCK = ReservationState.STAYS, ReservationState.BLOCK
DAYS = ("DTSTART;VALUE=DATE:20261120", "DTEND;VALUE=DATE:20261124")


def _read(feed: Feed, wanted: Wanted = WANTED) -> list[Reservation]:
    found = list(ICAL.reservations(feed, wanted))
    assert [one for one in found if isinstance(one, SetAside)] == []
    return [one for one in found if isinstance(one, Reservation)]


def _sample(name: str, **credentials: str) -> list[Reservation]:
    return _read(Feed((FIXTURES / f"{name}.ics").read_bytes(), **credentials))


def test_airbnbs_stays_have_no_name_and_the_last_digits_of_a_number():
    stay, block = _sample("ical_airbnb")
    assert stay.external_id == "1418fb94e984-0000000000000000000000000000000a@airbnb.com"
    assert (stay.state, stay.last_four, stay.contact) == (STAYS, "0142", Contact())
    (visit,) = stay.visits
    assert (visit.arrival, visit.departure) == (date(2026, 11, 20), date(2026, 11, 24))
    assert (block.state, block.last_four) == (BLOCK, None)


def test_vrbos_stays_have_a_first_name():
    stay, block = _sample("ical_vrbo_UNCONFIRMED")
    assert (stay.state, stay.contact) == (STAYS, Contact(name="Corwin"))
    assert block.state is BLOCK


def test_bookings_events_are_stays_unless_the_host_says_otherwise():
    assert [one.state for one in _sample("ical_booking")] == [STAYS]
    assert [one.state for one in _sample("ical_booking", closed="block")] == [BLOCK]


@pytest.mark.parametrize(
    ("summary", "state"),
    [
        ("Reserved", STAYS),
        ("Reserved - Blocker", STAYS),
        ("Anna Example", STAYS),
        ("", STAYS),
        ("Airbnb (Not available)", BLOCK),
        ("Not available", BLOCK),
        ("BLOCKED by owner", BLOCK),
        ("Owner stay", BLOCK),
        ("Maintenance", BLOCK),
    ],
)
def test_summaries_tell_guests_from_blocks(summary: str, state: ReservationState):
    (one,) = _read(Feed(calendar(event("UID:1", *DAYS, f"SUMMARY:{summary}"))))
    assert one.state is state
    assert one.contact is not None
    assert one.contact.name == ("Blocker" if "Blocker" in summary else "")


def test_an_event_that_says_it_was_cancelled_is():
    (one,) = _read(Feed(calendar(event("UID:1", *DAYS, "STATUS:CANCELLED"))))
    assert one.state is ReservationState.CANCELLED


@pytest.mark.parametrize(
    ("lines", "departure"),
    [
        (("DTSTART;VALUE=DATE:20261120",), date(2026, 11, 21)),
        (("DTSTART;VALUE=DATE:20261120", "DURATION:P3D"), date(2026, 11, 23)),
        (("DTSTART:20261120T150000", "DTEND:20261122T110000"), date(2026, 11, 22)),
        (("DTSTART;VALUE=DATE:20261120", "DTEND:20261122T110000Z"), date(2026, 11, 22)),
    ],
)
def test_an_end_is_said_in_several_ways(lines: tuple[str, ...], departure: date):
    (one,) = _read(Feed(calendar(event("UID:1", *lines))))
    assert (one.visits[0].arrival, one.visits[0].departure) == (date(2026, 11, 20), departure)


def test_times_with_a_zone_are_instants_and_others_the_homes_own():
    zoned = event("UID:1", "DTSTART;TZID=Europe/Paris:20261120T160000", "DTEND:20261122T090000Z")
    plain = event("UID:2", "DTSTART:20261120T160000", "DTEND:20261122T100000")
    first, second = (one.visits[0] for one in _read(Feed(calendar(zoned, plain))))
    assert first.arrives_at == datetime(2026, 11, 20, 15, tzinfo=UTC)
    assert (second.check_in, second.arrives_at) == (time(16), None)


def test_folded_lines_foreign_fields_and_alarms_do_not_disturb():
    lines = (
        "UID:1",
        *DAYS,
        'X-SOMETHING;ODD="a:b":yes',
        "BEGIN:VALARM",
        "SUMMARY:Not available",
        "END:VALARM",
        "DESCRIPTION:Phone Number (Last 4 Dig",
        " its): 4711\\nmore",
    )
    (one,) = _read(Feed(calendar("BEGIN:VTIMEZONE", "END:VTIMEZONE", event(*lines))))
    assert (one.state, one.last_four) == (STAYS, "4711")


def test_bare_line_ends_a_byte_order_mark_and_another_charset_are_read():
    text = calendar(event("UID:1", *DAYS, "SUMMARY:Reserved - Zoé")).replace("\r\n", "\n")
    latin = Feed(text.encode("latin-1"), kind="text/calendar; charset=ISO-8859-1")
    assert _read(latin)[0].contact == Contact(name="Zoé")
    assert _read(Feed("\ufeff" + text))[0].contact == Contact(name="Zoé")
    wrong = _read(Feed(text.encode("latin-1")))  # says nothing, and is no UTF-8
    assert wrong[0].state is STAYS


def test_only_the_days_wanted_come():
    wanted = Wanted(first=date(2026, 11, 25), last=date(2026, 12, 1))
    assert _read(Feed(calendar(event("UID:1", *DAYS))), wanted) == []


def test_an_id_that_comes_twice_is_two_parts():
    other = event("UID:1", "DTSTART;VALUE=DATE:20261201", "DTEND;VALUE=DATE:20261203")
    found = _read(Feed(calendar(event("UID:1", *DAYS), other, event("UID:1", *DAYS))))
    assert len({one.external_id for one in found}) == len(found) == 3


def test_an_event_without_an_id_is_known_by_its_days():
    first, again = (_read(Feed(calendar(event(*DAYS))))[0].external_id for _ in range(2))
    assert first == again == "2026-11-20/2026-11-24"


def test_the_listing_is_the_home_that_the_host_named():
    feed = Feed("")
    assert list(ICAL.listings(feed)) == [Listing(external_id="calendar", name="Lake house, Airbnb")]
    assert feed.addresses == []


def test_what_a_calendar_cannot_do_is_said_at_once():
    assert ICAL.verify(Feed(calendar())).warnings == (NO_NUMBERS,)
    booking = (FIXTURES / "ical_booking.ics").read_bytes()
    assert ICAL.verify(Feed(booking)).warnings == (NO_NUMBERS, CANNOT_TELL)
    assert ICAL.verify(Feed(booking, closed="block")).warnings == (NO_NUMBERS,)


@pytest.mark.parametrize(
    "feed", [Feed("<!doctype html><p>Sign in"), Feed(b"\x89PNG"), Feed(""), Feed(NotThere("404"))]
)
def test_an_address_that_is_no_calendars_is_said_at_its_field(feed: Feed):
    with pytest.raises(CredentialsRefused) as refused:
        ICAL.verify(feed)
    assert refused.value.field == "address"


def test_half_a_calendar_never_counts_as_a_whole_one():
    text = calendar(event("UID:1", *DAYS), event("UID:2", *DAYS))
    with pytest.raises(BadAnswer):
        _read(Feed(text[: text.index("UID:2")]))


@pytest.mark.parametrize(
    ("credentials", "field"),
    [
        ({"address": ""}, "address"),
        ({"address": "calendar.ics"}, "address"),
        ({"address": "ftp://calendars.example/a.ics"}, "address"),
        ({"address": "https://[::1/a.ics"}, "address"),
        ({"address": "https://me:word@calendars.example/a.ics"}, "address"),
        ({"address": "https://calendars.example/a b.ics"}, "address"),
        ({"address": f"https://calendars.example/{'a' * 3000}"}, "address"),
        ({"name": " "}, "name"),
        ({"name": "x" * 300}, "name"),
        ({"closed": "perhaps"}, "closed"),
    ],
)
def test_what_cannot_be_right_is_named(credentials: dict[str, str], field: str):
    whole = {"address": "webcal://calendars.example/a.ics", "name": "Lake house"}
    ICAL.check(whole)
    with pytest.raises(InvalidInput) as refused:
        ICAL.check({**whole, **credentials})
    assert refused.value.field == field


def test_webcal_is_https():
    feed = Feed(calendar(), address="webcal://calendars.example/a.ics")
    _read(feed)
    assert feed.addresses == ["https://calendars.example/a.ics"]


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9/a.ics", "http://169.254.169.254/a.ics", "http://[::1]/a.ics"]
)
def test_an_address_inside_is_refused_before_it_is_asked(address: str):
    session = safe_session()
    access = PmsAccess(
        vendor="ical",
        system="Calendar (iCal)",
        base_url="",
        credentials={"address": address, "name": "Lake house"},
        options={},
        session=session,
        budget=NoBudget(),
        tokens=OwnTokens(clock=real_now),
        patience=Patience(tries=1),
    )
    with session, pytest.raises(CredentialsRefused, match="private network") as refused:
        ICAL.verify(access)
    assert refused.value.field == "address"
