"""What is peculiar to Beds24: a code that works once, OK for a bad token, groups, units."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from callassist.errors import InvalidInput
from callassist.pms_sync.vendors.beds24 import NO_NAMES, Beds24
from callassist.ports.pms import Contact, Hint, Listing, Reservation, ReservationState, Wanted
from callassist.ports.pms_access import BadAnswer, CredentialsRefused
from tests.pms_sync.vendors.canned import Canned, fixture, hook

BEDS24 = Beds24()
WANTED = Wanted(first=date(2026, 11, 20), last=date(2027, 1, 20))
SETUP, DETAILS = "GET /authentication/setup", "GET /authentication/details"
PROPERTIES, BOOKINGS = "GET /properties", "GET /bookings"


@pytest.fixture
def access() -> Canned:
    canned = Canned({"invite_code": "sample-code"})
    canned.answer(SETUP, fixture("beds24_token_setup"))
    canned.answer(DETAILS, fixture("beds24_token_details"))
    canned.answer(PROPERTIES, fixture("beds24_listings"))
    last = fixture("beds24_reservations_last_page")
    return canned.answer(BOOKINGS, fixture("beds24_reservations"), last)


def _read(access: Canned, wanted: Wanted = WANTED) -> dict[str, Reservation]:
    return {
        one.external_id: one
        for one in BEDS24.reservations(access, wanted)
        if isinstance(one, Reservation)
    }


def _page(*records: dict[str, Any]) -> dict[str, Any]:
    return {"success": True, "pages": {"nextPageExists": False}, "data": list(records)}


def test_the_sample_is_read_as_it_is_meant(access: Canned):
    found = _read(access)
    assert {key: one.state for key, one in found.items()} == {
        "93000001": ReservationState.STAYS,
        "93000002": ReservationState.STAYS,
        "93000003": ReservationState.BLOCK,
        "93000004": ReservationState.CANCELLED,
        "93000005": ReservationState.NOT_YET,
    }
    assert found["93000001"].contact == Contact(
        name="Kaspar Lindenhain", numbers=("+49 30 23125 015",), language="de", country="DE"
    )
    assert found["93000001"].visits[0].listing_id == "550001"


def test_days_and_statuses_are_asked_for_since_only_what_is_to_come_is_listed_unasked(
    access: Canned,
):
    _read(access)
    asked = next(pairs for line, pairs, _ in access.asked if line == BOOKINGS)
    assert ("departureFrom", "2026-11-20") in asked
    assert ("arrivalTo", "2027-01-20") in asked
    assert {value for name, value in asked if name == "status[]"} >= {"cancelled", "black", "new"}


def test_what_changed_is_asked_for_with_half_a_day_more(access: Canned):
    since = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
    _read(access, Wanted(first=WANTED.first, last=WANTED.last, since=since))
    asked = dict(next(pairs for line, pairs, _ in access.asked if line == BOOKINGS))
    assert asked["modifiedFrom"] == "2026-11-21T21:00:00Z"
    assert "arrivalTo" not in asked


def test_a_no_show_does_not_stay(access: Canned):
    record = {**fixture("beds24_reservations")["data"][0], "subStatus": "noShow"}
    access.answer(BOOKINGS, _page(record))
    assert _read(access)["93000001"].state is ReservationState.CANCELLED


def test_the_first_of_a_group_is_asked_for_the_number_that_another_lacks(access: Canned):
    first = fixture("beds24_reservations")["data"][0]
    other = {**first, "id": 93000009, "masterId": 93000001, "mobile": "", "phone": ""}
    access.answer(BOOKINGS, _page({**first, "masterId": 93000001}, other))
    found = _read(access)
    assert found["93000001"].contact is not None
    assert (found["93000009"].contact, found["93000009"].contact_id) == (None, "93000001")
    assert BEDS24.contact(access, found["93000009"]).numbers == ("+49 30 23125 015",)


def test_a_room_of_several_units_is_one_listing_for_each(access: Canned):
    homes = fixture("beds24_listings")
    homes["data"][0]["roomTypes"][1]["qty"] = 2
    access.answer(PROPERTIES, homes)
    found = [one for one in BEDS24.listings(access) if isinstance(one, Listing)]
    assert [one.external_id for one in found] == ["550001", "550002-1", "550002-2"]
    assert found[2].name == "Alpenblick · Ferienwohnung 2 (2)"
    assert (found[2].parent_id, str(found[2].check_out)) == ("550002", "10:00:00")
    assert _read(access)["93000002"].visits[0].listing_id == "550002-1"


def test_a_token_that_is_not_valid_is_refused_though_the_answer_says_ok(access: Canned):
    access.answer(DETAILS, fixture("beds24_token_details_bad"))
    with pytest.raises(CredentialsRefused) as refused:
        BEDS24.verify(access)
    assert refused.value.field == "invite_code"


@pytest.mark.parametrize(
    ("scopes", "warnings"),
    [
        (["read:bookings", "read:bookings-personal", "read:properties"], ()),
        (["all:bookings", "all:bookings-personal", "all:properties"], ()),
        (["read:bookings", "read:properties"], (NO_NAMES,)),
    ],
)
def test_what_a_token_may_not_read_is_warned_of(
    access: Canned, scopes: list[str], warnings: tuple[str, ...]
):
    access.answer(DETAILS, {"validToken": True, "token": {"ownerId": 1, "scopes": scopes}})
    assert BEDS24.verify(access).warnings == warnings


def test_a_token_that_may_not_read_bookings_is_refused(access: Canned):
    access.credentials = {"long_life_token": "sample"}
    access.answer(DETAILS, {"validToken": True, "token": {"scopes": ["read:properties"]}})
    with pytest.raises(CredentialsRefused, match="read bookings") as refused:
        BEDS24.verify(access)
    assert refused.value.field == "long_life_token"


def test_a_code_is_changed_for_a_token_once(access: Canned):
    BEDS24.verify(access)
    _read(access)
    assert access.lines().count(SETUP) == 1
    assert access.headers[0] == {"code": "sample-code"}
    assert access.headers[-1] == {"token": "sample-token"}


def test_a_long_life_token_is_sent_as_it_is(access: Canned):
    access.credentials = {"long_life_token": "sample-long-life"}
    BEDS24.verify(access)
    assert access.lines() == [DETAILS]
    assert access.headers == [{"token": "sample-long-life"}]


def test_a_token_that_ended_early_is_fetched_again_once(access: Canned):
    access.answer(PROPERTIES, CredentialsRefused("401"), fixture("beds24_listings"))
    assert list(BEDS24.listings(access))
    assert access.lines().count(SETUP) == 2
    access.answer(PROPERTIES, CredentialsRefused("401"))
    with pytest.raises(CredentialsRefused) as refused:
        list(BEDS24.listings(access))
    assert refused.value.field == "invite_code"


def test_a_failure_that_says_ok_is_a_failure(access: Canned):
    access.answer(BOOKINGS, {"success": False, "type": "error", "error": "no credits"})
    with pytest.raises(BadAnswer, match="no credits"):
        _read(access)


@pytest.mark.parametrize(
    ("credentials", "field"),
    [
        ({}, "invite_code"),
        ({"invite_code": "a b"}, "invite_code"),
        ({"invite_code": "ab", "long_life_token": "cd"}, "long_life_token"),
    ],
)
def test_one_of_code_and_token_is_wanted(credentials: dict[str, str], field: str):
    with pytest.raises(InvalidInput) as refused:
        BEDS24.check(credentials)
    assert refused.value.field == field


def test_a_hook_names_the_booking():
    assert BEDS24.parse_webhook(hook(fixture("beds24_webhook")), []) == Hint(
        reservation_ids=("93000001",)
    )
    assert BEDS24.parse_webhook(hook({"booking": None}), []) == Hint(everything=True)
