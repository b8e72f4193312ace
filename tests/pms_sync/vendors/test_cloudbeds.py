"""What is peculiar to Cloudbeds: failures that say OK, guests keyed by id, keys of any case."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from callassist.pms_sync.vendors.cloudbeds import Cloudbeds
from callassist.ports.pms import (
    Contact,
    Hint,
    Listing,
    Reservation,
    ReservationState,
    SetAside,
    Visit,
    Wanted,
)
from callassist.ports.pms_access import BadAnswer, CredentialsRefused
from tests.pms_sync.vendors.canned import Canned, fixture, hook

CLOUDBEDS = Cloudbeds()
WANTED = Wanted(first=date(2026, 11, 20), last=date(2027, 1, 20))
LIST, ONE = "GET /getReservations", "GET /getReservation"


@pytest.fixture
def access() -> Canned:
    canned = Canned({"api_key": "cbat_sample"})
    canned.answer("GET /getHotels", fixture("cloudbeds_listings"))
    return canned.answer(LIST, fixture("cloudbeds_reservations"))


def _read(access: Canned, wanted: Wanted = WANTED) -> dict[str, Reservation]:
    found = list(CLOUDBEDS.reservations(access, wanted))
    assert [one for one in found if isinstance(one, SetAside)] == []
    return {one.external_id: one for one in found if isinstance(one, Reservation)}


def _sample(**changed: Any) -> dict[str, Any]:
    answer = fixture("cloudbeds_reservations")
    record = {**answer["data"][0], **changed}
    return {"success": True, "data": [record], "count": 1, "total": 1}


def test_the_sample_is_read_as_it_is_meant(access: Canned):
    found = _read(access)
    assert {key: one.state for key, one in found.items()} == {
        "8100000001": ReservationState.STAYS,
        "8100000002": ReservationState.STAYS,
        "8100000003": ReservationState.CANCELLED,
    }
    stay = found["8100000001"]
    assert stay.visits == (
        Visit(listing_id="31-0", arrival=date(2026, 11, 20), departure=date(2026, 11, 24)),
    )
    assert stay.contact == Contact(name="Wystan Farrow", numbers=("+44 7700 900146",), country="GB")
    # six hours behind, as its property is
    assert stay.updated_at == datetime(2026, 11, 20, 21, 5, tzinfo=UTC)


def test_the_other_number_is_taken_where_there_is_no_mobile(access: Canned):
    contact = _read(access)["8100000002"].contact
    assert contact is not None
    assert contact.numbers == ("(212) 555-0148",)


def test_no_guests_come_as_a_list(access: Canned):
    assert _read(access)["8100000003"].contact == Contact(name="Zelda Munk")


def test_a_reservation_without_a_room_waits_below_no_listing(access: Canned):
    (visit,) = _read(access)["8100000002"].visits
    assert visit.listing_id == "unassigned"
    assert (visit.arrival, visit.departure) == (date(2026, 12, 1), date(2026, 12, 3))


def test_a_room_that_was_cancelled_is_no_part_of_the_stay(access: Canned):
    rooms = [
        {"roomID": "31-0", "roomCheckIn": "2026-11-20", "roomStatus": "cancelled"},
        {"roomID": "32-0", "roomCheckIn": "2026-11-21", "roomCheckOut": "2026-11-24"},
    ]
    access.answer(LIST, _sample(rooms=rooms))
    (visit,) = _read(access)["8100000001"].visits
    assert (visit.listing_id, visit.arrival) == ("32-0", date(2026, 11, 21))


def test_numbers_of_all_guests_come_with_the_main_guests_first(access: Canned):
    guests = {
        "1": {"guestID": "1", "guestCellPhone": "+1 202 555 0101", "guestPhone": "202"},
        "440001": {"guestID": "440001", "guestCellPhone": "+1 202 555 0102"},
    }
    access.answer(LIST, _sample(guestList=guests))
    contact = _read(access)["8100000001"].contact
    assert contact is not None
    assert contact.numbers == ("+1 202 555 0102", "+1 202 555 0101", "202")


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ("Access token is invalid or expired", CredentialsRefused),
        ("You don't have permission to access this resource", CredentialsRefused),
        (fixture("cloudbeds_error")["message"], BadAnswer),
        (None, BadAnswer),
    ],
)
def test_a_failure_that_says_ok_is_a_failure(
    access: Canned, message: str | None, error: type[Exception]
):
    access.answer(LIST, {"success": False, "message": message})
    with pytest.raises(error):
        _read(access)


def test_a_failure_that_is_not_understood_is_never_taken_for_gone(access: Canned):
    access.answer(ONE, {"success": False, "message": "Oops"})
    with pytest.raises(BadAnswer):
        CLOUDBEDS.reservation(access, "8100000001")
    access.answer(ONE, {"success": False, "message": "Reservation not found"})
    assert CLOUDBEDS.reservation(access, "8100000001") is None


def test_one_reservation_calls_its_rooms_assigned(access: Canned):
    record = _sample()["data"][0]
    rooms = record.pop("rooms")
    record["assigned"] = [
        {"roomID": room["roomID"], "startDate": "2026-11-20", "endDate": "2026-11-24"}
        for room in rooms
    ]
    access.answer(ONE, {"success": True, "data": record})
    assert CLOUDBEDS.reservation(access, "8100000001") == _read(access)["8100000001"]


def test_what_changed_is_asked_from_the_earlier_of_both_readings(access: Canned):
    since = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
    _read(access, Wanted(first=WANTED.first, last=WANTED.last, since=since))
    asked = dict(access.asked[-1][1])
    assert asked["modifiedFrom"] == "2026-11-21 21:00:00"
    assert "checkInTo" not in asked


def test_rooms_carry_what_their_property_says(access: Canned):
    details = {
        "propertyPolicy": {"propertyCheckInTime": "15:00", "propertyCheckOutTime": "11:00"},
        "propertyAddress": {"propertyAddress1": "1 Calle", "propertyCountry": "MX"},
    }
    rooms = [{"roomID": "31-0", "roomName": "101"}, {"roomID": "31-1", "roomName": "102"}, 7]
    access.answer("GET /getHotelDetails", {"success": True, "data": details})
    page = {"success": True, "data": [{"propertyID": "190001", "rooms": rooms}], "total": 1}
    access.answer("GET /getRooms", page, {"success": True, "data": []})
    first, second, odd = CLOUDBEDS.listings(access)
    assert isinstance(first, Listing)
    assert (first.name, first.timezone) == ("Lantern Aparthotel · 101", "America/Mexico_City")
    assert (first.country, str(first.check_in)) == ("MX", "15:00:00")
    assert second.external_id == "31-1"
    assert isinstance(odd, SetAside)


def test_hooks_are_read_whatever_the_case_of_their_keys():
    one = CLOUDBEDS.parse_webhook(hook(fixture("cloudbeds_webhook")), [])
    assert one == Hint(reservation_ids=("8100000001",))
    other = CLOUDBEDS.parse_webhook(hook(fixture("cloudbeds_webhook_alt_case")), [])
    assert other == Hint(contact_ids=("440001",))
    assert CLOUDBEDS.parse_webhook(hook({"event": "night_audit/completed"}), []) == Hint()
