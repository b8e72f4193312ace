"""What is peculiar to OwnerRez: two ways in, numbers by guest, blocks among the bookings."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime

import pytest

from callassist.errors import InvalidInput, PermanentError
from callassist.pms_sync.vendors.ownerrez import OwnerRez
from callassist.pms_sync.vendors.ownerrez_records import contact_of, hint_of
from callassist.ports.pms import Contact, Hint, Listing, Reservation, ReservationState, Wanted
from callassist.ports.pms_access import BadAnswer, BadHook, CredentialsRefused, PageLoop
from tests.pms_sync.vendors.canned import Canned, fixture, hook

OWNERREZ = OwnerRez()
PERSONAL = {"email": "owner@example.com", "token": "pt_sample"}
BOOKINGS = "GET /v2/bookings"
SUBSCRIPTIONS = "/v2/webhooksubscriptions"
WANTED = Wanted(first=date(2026, 11, 20), last=date(2027, 1, 20), listing_ids=("320001",))


@pytest.fixture
def access() -> Canned:
    canned = Canned(PERSONAL)
    canned.answer("GET /v2/properties", fixture("ownerrez_listings"))
    canned.answer("GET /v2/guests/613001", fixture("ownerrez_guest"))
    canned.answer("GET /v2/guests/613002", fixture("ownerrez_guest_no_phone"))
    pages = fixture("ownerrez_reservations"), fixture("ownerrez_reservations_last_page")
    return canned.answer(BOOKINGS, *pages)


def _read(access: Canned, wanted: Wanted = WANTED) -> list[Reservation]:
    found = list(OWNERREZ.reservations(access, wanted))
    return [one for one in found if isinstance(one, Reservation)]


def test_the_sample_is_read_as_it_is_meant(access: Canned):
    assert {one.external_id: one.state for one in _read(access)} == {
        "6700001": ReservationState.STAYS,
        "6700002": ReservationState.STAYS,
        "6700003": ReservationState.CANCELLED,
        "6700004": ReservationState.BLOCK,
    }


def test_a_relative_next_page_is_followed_by_its_parameters_only(access: Canned):
    page = fixture("ownerrez_reservations")
    page["next_page_url"] = "http://elsewhere.example/v9/steal?since_utc=x&limit=100&offset=100"
    access.answer(BOOKINGS, page, fixture("ownerrez_reservations_last_page"))
    _read(access)
    assert access.lines() == [BOOKINGS, BOOKINGS]
    assert access.asked[1][1] == [("since_utc", "x"), ("limit", "100"), ("offset", "100")]


@pytest.mark.parametrize("odd", [7, "/v2/bookings", ["x"]])
def test_a_next_page_that_cannot_be_read_is_no_complete_read(access: Canned, odd: object):
    access.answer(BOOKINGS, {**fixture("ownerrez_reservations"), "next_page_url": odd})
    with pytest.raises(BadAnswer):
        _read(access)


def test_a_next_page_that_was_there_before_is_a_loop(access: Canned):
    access.answer(BOOKINGS, fixture("ownerrez_reservations"))
    with pytest.raises(PageLoop):
        _read(access)


def test_it_is_asked_by_property_or_by_what_changed_and_never_without_either(access: Canned):
    ids = tuple(str(number) for number in range(60))
    last = fixture("ownerrez_reservations_last_page")
    access.answer(BOOKINGS, last)
    _read(access, Wanted(first=WANTED.first, last=WANTED.last, listing_ids=ids))
    since = datetime(2026, 11, 22, 7, tzinfo=UTC)
    _read(access, Wanted(first=WANTED.first, last=WANTED.last, listing_ids=ids, since=since))
    first, second, third = (dict(params) for _, params, _ in access.asked)
    assert [len(one["property_ids"].split(",")) for one in (first, second)] == [50, 10]
    assert first["from"] == "2026-11-20"
    assert third["since_utc"] == "2026-11-22T07:00:00Z"
    assert "property_ids" not in third


def test_numbers_come_by_guest_mobile_first(access: Canned):
    stay, quiet = _read(access)[:2]
    assert stay.contact is None
    contact = OWNERREZ.contact(access, stay)
    assert contact.numbers == ("+1 703-555-0147", "+1 (703) 555-0146")
    assert (contact.name, contact.country) == ("Delphine Marlowe", "US")
    assert OWNERREZ.contact(access, quiet).numbers == ()
    block = _read(
        access.answer(BOOKINGS, {"items": [fixture("ownerrez_reservations")["items"][3]]})
    )
    assert block[0].contact == Contact()


def test_a_number_with_an_extension_is_tried_last():
    phones = [
        {"number": "+1 202 555 0101", "extension": "12", "type": "mobile"},
        {"number": "+1 202 555 0102", "is_default": True},
        {"number": None},
        "odd",
        {"number": ["odd"], "extension": {}},
    ]
    found = contact_of({"id": 1, "first_name": "Ana", "phones": phones})
    assert found.numbers == ("+1 202 555 0102", "+1 202 555 0101 ext. 12")


def test_a_home_that_is_let_no_more_is_listed_as_such(access: Canned):
    listings = [one for one in OWNERREZ.listings(access) if isinstance(one, Listing)]
    assert [(one.is_active, one.country) for one in listings] == [(True, "US"), (False, None)]


def test_what_was_deleted_is_gone(access: Canned):
    deleted = {"id": 1, "action": "entity_delete", "entity_type": "booking", "entity_id": 6700009}
    assert hint_of(hook(deleted).body) == Hint(reservation_ids=("6700009",))
    assert OWNERREZ.reservation(access, "6700009") is None
    assert OWNERREZ.facts.abilities.disappearance


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        (fixture("ownerrez_webhook"), Hint(reservation_ids=("6700001",))),
        (fixture("ownerrez_webhook_test"), Hint()),
        ({"action": "entity_insert", "entity_type": "booking"}, Hint(everything=True)),
        (
            {"action": "entity_create", "entity_type": "guest", "entity_id": 5},
            Hint(contact_ids=("5",)),
        ),
        ({"action": "entity_update", "entity_type": "property"}, Hint(listings=True)),
        ({"action": "application_authorization_revoked"}, Hint(refused=True)),
        ({"action": "entity_update", "entity_type": "thread_message"}, Hint()),
    ],
)
def test_hooks_say_what_to_read_again(body: object, hint: Hint):
    assert OWNERREZ.parse_webhook(hook(body), []) == hint


def test_a_known_password_must_come_with_the_hook():
    right = "Basic " + base64.b64encode(b"user:word").decode()
    body = fixture("ownerrez_webhook")
    assert OWNERREZ.parse_webhook(hook(body, {"authorization": right}), ["user:word"])
    for headers in ({}, {"authorization": "Basic bm8="}, {"authorization": "ünsinn"}):
        with pytest.raises(BadHook):
            OWNERREZ.parse_webhook(hook(body, headers), ["user:word"])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "owner"}, "email"),
        ({"email": "a:b@example.com"}, "email"),
        ({"token": "sample"}, "token"),
        ({"token": "pt_ sample"}, "token"),
    ],
)
def test_what_cannot_be_right_is_refused_by_its_field(change: dict[str, str], field: str):
    OWNERREZ.check(PERSONAL)
    with pytest.raises(InvalidInput) as refused:
        OWNERREZ.check({**PERSONAL, **change})
    assert refused.value.field == field


def test_a_refused_token_is_named_and_a_sign_in_is_asked_for_where_there_was_one(access: Canned):
    access.answer("GET /v2/users/me", CredentialsRefused("401"))
    with pytest.raises(CredentialsRefused) as refused:
        OWNERREZ.verify(access)
    assert refused.value.field == "token"
    signed_in = Canned({})
    with pytest.raises(CredentialsRefused, match="sign in there again"):
        OWNERREZ.verify(signed_in)


def test_webhooks_are_only_for_connections_made_by_signing_in(access: Canned):
    with pytest.raises(PermanentError):
        OWNERREZ.register_hook(access, "https://calls.example/h")
    signed_in = Canned({})
    signed_in.access_token = "at_sample"
    there = {
        "type": "Booking",
        "action": "EntityUpdate",
        "webhook_url": "https://calls.example/h",
    }
    signed_in.answer(f"GET {SUBSCRIPTIONS}", {"items": [there]})
    signed_in.answer(f"POST {SUBSCRIPTIONS}", {})
    assert OWNERREZ.register_hook(signed_in, "https://calls.example/h") is None
    made = [body for line, _, body in signed_in.asked if line.startswith("POST")]
    assert there not in made
    assert len(made) == 3
    assert signed_in.headers[0]["Authorization"] == "Bearer at_sample"
