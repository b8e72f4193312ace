"""What is peculiar to Lodgify: HTTP 500 that means 401, several rooms, one secret per event."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from callassist.errors import TransientError
from callassist.pms_sync.vendors.lodgify import Lodgify
from callassist.pms_sync.vendors.lodgify_records import hint_of
from callassist.ports.pms import Hint, Listing, Reservation, ReservationState, SetAside, Wanted
from callassist.ports.pms_access import BadHook, CredentialsRefused, PageLoop
from tests.pms_sync.vendors.canned import Canned, Said, fixture, hook, signed_hook

LODGIFY = Lodgify()
PROPERTIES = "GET /v2/properties"
BOOKINGS = "GET /v2/reservations/bookings"
WANTED = Wanted(first=date(2026, 11, 20), last=date(2027, 11, 20))


@pytest.fixture
def access() -> Canned:
    canned = Canned({"api_key": "sample-key"})
    canned.answer(PROPERTIES, fixture("lodgify_listings"))
    return canned.answer(BOOKINGS, fixture("lodgify_reservations"))


def _read(access: Canned, wanted: Wanted = WANTED) -> dict[str, Reservation | SetAside]:
    return {one.external_id: one for one in LODGIFY.reservations(access, wanted)}


def test_an_error_500_with_code_999_is_a_refused_key(access: Canned):
    access.answer(PROPERTIES, Said(fixture("lodgify_error_unauthorized"), status=500))
    with pytest.raises(CredentialsRefused) as refused:
        LODGIFY.verify(access)
    assert refused.value.field == "api_key"


def test_another_error_500_is_a_fault_of_theirs(access: Canned):
    broken = Said({"message": "out of order"}, status=500)
    access.answer(PROPERTIES, broken, TransientError("Lodgify has a fault of its own (500)"))
    with pytest.raises(TransientError):
        LODGIFY.verify(access)


def test_the_sample_is_read_as_it_is_meant(access: Canned):
    found = _read(access)
    states = {key: one.state for key, one in found.items() if isinstance(one, Reservation)}
    assert states == {
        "8800001": ReservationState.STAYS,
        "8800002": ReservationState.STAYS,
        "8800003": ReservationState.NOT_YET,
        "8800004": ReservationState.CANCELLED,
    }
    stay = found["8800001"]
    assert isinstance(stay, Reservation)
    assert stay.contact is not None
    assert stay.contact.numbers == ("+33 6 39 98 55 66",)
    assert (stay.contact.language, stay.contact.country) == ("fr", "FR")
    assert [visit.listing_id for visit in stay.visits] == ["610001"]


def test_the_trash_and_external_bookings_are_asked_for_too(access: Canned):
    since = datetime(2026, 11, 22, 7, 30, tzinfo=UTC)
    _read(access, Wanted(first=WANTED.first, last=WANTED.last, since=since))
    (_, params, _) = access.asked[-1]
    assert ("trash", "All") in params
    assert ("includeExternal", "true") in params
    assert ("stayFilter", "All") in params
    assert ("updatedSince", "2026-11-22T07:30:00Z") in params


def test_a_property_of_several_rooms_is_a_listing_for_each(access: Canned):
    rooms = [{"id": 1, "name": "Blue"}, {"id": 2, "name": "Red"}]
    house = {"id": 5, "name": "Guest house", "rooms": rooms}
    access.answer(PROPERTIES, {"count": 1, "items": [house]})
    listings = [one for one in LODGIFY.listings(access) if isinstance(one, Listing)]
    assert [(one.external_id, one.parent_id) for one in listings] == [("5-1", "5"), ("5-2", "5")]
    booking = {
        **fixture("lodgify_reservations")["items"][0],
        "property_id": 5,
        "rooms": [{"room_type_id": 2}],
    }
    access.answer(BOOKINGS, {"count": 1, "items": [booking]})
    (stay,) = _read(access).values()
    assert isinstance(stay, Reservation)
    assert [visit.listing_id for visit in stay.visits] == ["5-2"]


def test_numbers_are_taken_under_each_of_their_names_once(access: Canned):
    guest = {
        "name": "Ana",
        "phone": "+1 202 555 0101",
        "phone_number": "+1 202 555 0102",
        "phone_numbers": ["+1 202 555 0101", "+1 202 555 0103"],
    }
    booking = {**fixture("lodgify_reservations")["items"][0], "guest": guest}
    access.answer(BOOKINGS, {"count": None, "items": [booking]}, {"count": None, "items": []})
    (stay,) = _read(access).values()
    assert isinstance(stay, Reservation)
    assert stay.contact is not None
    assert stay.contact.numbers == ("+1 202 555 0101", "+1 202 555 0102", "+1 202 555 0103")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": "Teleported"}, "status"),
        ({"arrival": "soon"}, "arrival"),
        ({"guest": "Ana"}, "guest"),
        ({"rooms": True}, "rooms"),
        ({"property_id": None}, "property_id"),
    ],
)
def test_a_booking_that_cannot_be_read_is_set_aside_by_its_field(
    access: Canned, change: dict[str, object], reason: str
):
    good, other = fixture("lodgify_reservations")["items"][:2]
    access.answer(BOOKINGS, {"count": 2, "items": [{**good, **change}, other]})
    found = _read(access)
    bad = found["8800001"]
    assert isinstance(bad, SetAside)
    assert reason in bad.reason
    assert isinstance(found["8800002"], Reservation)


def test_pages_without_a_count_end_with_an_empty_one_and_never_repeat(access: Canned):
    page = {"count": None, "items": fixture("lodgify_reservations")["items"]}
    access.answer(BOOKINGS, page, {"count": None, "items": []})
    assert len(_read(access)) == 4
    access.answer(BOOKINGS, page)
    with pytest.raises(PageLoop):
        _read(access)


def test_the_signed_sample_is_believed_and_a_forged_one_is_not():
    request, secret = signed_hook("lodgify_webhook_signed")
    # as they are kept: the secrets of all events in one text
    assert LODGIFY.parse_webhook(request, [f"another {secret}"]).reservation_ids == ("8800001",)
    forged = hook("[]", request.headers)
    for wrong in (forged, hook("[]"), hook("[]", {"ms-signature": "sha256=ünsinn"})):
        with pytest.raises(BadHook) as refused:
            LODGIFY.parse_webhook(wrong, [secret])
        assert refused.value.is_unsigned
    with pytest.raises(BadHook):
        LODGIFY.parse_webhook(request, [])


def test_one_object_is_read_like_a_list_of_one():
    events = fixture("lodgify_webhook")
    assert _hint(events) == _hint(events[0]) == Hint(reservation_ids=("8800001",))
    assert _hint([{"action": "guest_message_received"}]) == Hint()
    assert _hint([{"action": "booking_change"}]) == Hint(everything=True)


def _hint(body: object) -> Hint:
    return hint_of(hook(body).body)


def test_registering_again_leaves_one_subscription_per_event(access: Canned):
    url = "https://calls.example/hooks/pms/abc"
    listed = [
        {"id": "old", "event": "booking_change", "target_url": f"{url}?event=booking_change"},
        {"id": "theirs", "event": "booking_change", "target_url": "https://other.example/"},
    ]
    access.answer("GET /webhooks/v1/list", listed)
    access.answer("DELETE /webhooks/v1/unsubscribe", {})
    access.answer("POST /webhooks/v1/subscribe", *({"id": n, "secret": f"s{n}"} for n in range(6)))
    assert LODGIFY.register_hook(access, url) == "s0 s1 s2 s3 s4 s5"
    bodies = [body for line, _, body in access.asked if line.startswith("POST")]
    assert len({body["target_url"] for body in bodies}) == len(bodies) == 6
    assert [body for line, _, body in access.asked if line.startswith("DELETE")] == [{"id": "old"}]


def test_a_note_is_added_below_the_hosts_own_and_only_once(access: Canned):
    booking = next(one for one in _read(access).values() if isinstance(one, Reservation))
    path = "/v1/reservation/booking/8800001"
    access.answer(f"GET {path}", {"id": 8800001, "note": "Key under the pot"})
    access.answer(f"PUT {path}", {})
    LODGIFY.add_note(access, booking, "Called at 23:10")
    assert access.asked[-1][2] == {"note": "Key under the pot\n\nCalled at 23:10"}
    access.answer(f"GET {path}", {"id": 8800001, "note": "Called at 23:10"})
    LODGIFY.add_note(access, booking, "Called at 23:10")
    assert access.lines().count(f"PUT {path}") == 1
