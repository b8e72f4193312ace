"""What is peculiar to Hospitable: asked by property, keys that are missing, a secret to guess."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from callassist.pms_sync.vendors.hospitable import Hospitable
from callassist.pms_sync.vendors.hospitable_records import hint_of, reservation_of
from callassist.pms_sync.vendors.reading import Unreadable
from callassist.ports.pms import Contact, Hint, Listing, Reservation, ReservationState, Wanted
from callassist.ports.pms_access import BadHook, CredentialsRefused, PageLoop
from tests.pms_sync.vendors.canned import Canned, Said, fixture, hook, signed_hook

HOSPITABLE = Hospitable()
CEDAR = "11110000-0000-4000-8000-000000000001"
WANTED = Wanted(first=date(2026, 11, 20), last=date(2026, 12, 15), listing_ids=(CEDAR,))
LIST = "GET /reservations"


@pytest.fixture
def access() -> Canned:
    canned = Canned({"token": "a-personal-access-token-of-a-sample"})
    canned.answer("GET /user", fixture("hospitable_user"))
    canned.answer("GET /properties", fixture("hospitable_listings"))
    return canned.answer(LIST, fixture("hospitable_reservations"))


def _sample(place: int = 0, **change: object) -> dict[str, object]:
    return {**fixture("hospitable_reservations")["data"][place], **change}


def _read(access: Canned, wanted: Wanted = WANTED) -> list[Reservation]:
    found = list(HOSPITABLE.reservations(access, wanted))
    return [one for one in found if isinstance(one, Reservation)]


def test_a_token_that_may_not_read_is_told_from_a_wrong_one(access: Canned):
    access.answer("GET /properties", Said(fixture("hospitable_error_403_scope"), status=403))
    with pytest.raises(CredentialsRefused) as refused:
        HOSPITABLE.verify(access)
    assert refused.value.field == "token"
    assert "may not" in refused.value.detail
    access.answer("GET /user", CredentialsRefused("401"))
    with pytest.raises(CredentialsRefused) as refused:
        HOSPITABLE.verify(access)
    assert "does not accept" in refused.value.detail


def test_an_offset_is_no_time_zone(access: Canned):
    listings = [one for one in HOSPITABLE.listings(access) if isinstance(one, Listing)]
    assert [one.timezone for one in listings] == [None, None]
    assert [one.country for one in listings] == ["US", "GB"]
    assert listings[0].check_in is not None


def test_the_sample_is_read_as_it_is_meant(access: Canned):
    found = {one.external_id[-1]: one for one in _read(access)}
    # the owner's own days come later than what is wanted
    assert {key: one.state for key, one in found.items()} == {
        "1": ReservationState.STAYS,
        "2": ReservationState.STAYS,
        "3": ReservationState.CANCELLED,
        "4": ReservationState.CANCELLED,
    }
    stay = found["1"]
    assert stay.contact == Contact(name="Corwin Blackfen", numbers=("+15205550145",), language="en")
    (visit,) = stay.visits
    assert visit.arrives_at == datetime(2026, 11, 20, 23, tzinfo=UTC)
    assert (visit.arrival, visit.departure) == (date(2026, 11, 20), date(2026, 11, 24))
    assert reservation_of(_sample(4)).state is ReservationState.BLOCK


def test_properties_are_always_named_and_fifty_at_most(access: Canned):
    ids = tuple(f"home-{number}" for number in range(120))
    access.answer(LIST, {"data": []})
    _read(access, Wanted(first=WANTED.first, last=WANTED.last, listing_ids=ids))
    questions = [[v for k, v in params if k == "properties[]"] for _, params, _ in access.asked]
    assert [len(batch) for batch in questions] == [50, 50, 20]
    assert [one for batch in questions for one in batch] == list(ids)
    _, params, _ = access.asked[0]
    assert ("date_query", "checkout") in params
    # singular: the plural is ignored with status 200
    assert ("include", "guest,properties") in params


def test_links_in_an_answer_are_never_followed(access: Canned):
    page = fixture("hospitable_reservations")
    page["meta"] = {**page["meta"], "last_page": 2}
    second = {"data": [_sample(0, id="second")], "meta": {"last_page": 2}}
    access.answer(LIST, page, second)
    assert "second" in {one.external_id for one in _read(access)}
    assert access.lines() == [LIST, LIST]
    assert [dict(params)["page"] for _, params, _ in access.asked] == ["1", "2"]


def test_pages_without_numbers_end_with_an_empty_one_and_never_repeat(access: Canned):
    bare = {"data": [_sample()]}
    access.answer(LIST, bare, {"data": []})
    assert len(_read(access)) == 1
    access.answer(LIST, bare)
    with pytest.raises(PageLoop):
        _read(access)


def test_a_guest_that_was_left_out_is_asked_for_and_one_that_is_null_is_nobody(access: Canned):
    without = _sample()
    del without["guest"]
    stay = reservation_of(without)
    assert stay.contact is None
    access.answer(f"GET /reservations/{stay.external_id}", {"data": _sample()})
    assert HOSPITABLE.contact(access, stay).numbers == ("+15205550145",)
    access.answer(f"GET /reservations/{stay.external_id}", {"data": without})
    assert HOSPITABLE.contact(access, stay) == Contact()
    assert reservation_of(_sample(guest=None)).contact == Contact()


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ({"reservation_status": None, "status": "accepted"}, ReservationState.STAYS),
        (
            {"reservation_status": {"current": {"category": "checkpoint"}}},
            ReservationState.NOT_YET,
        ),
        ({"reservation_status": {}, "status": "Not accepted"}, ReservationState.CANCELLED),
    ],
)
def test_the_state_is_found_under_its_new_and_its_old_name(
    status: dict[str, object], state: ReservationState
):
    assert reservation_of({**_sample(), **status}).state is state


def test_a_reservation_that_is_gone_is_none_and_an_odd_one_unreadable(access: Canned):
    assert HOSPITABLE.reservation(access, "never-was") is None
    access.answer("GET /reservations/odd", {"data": _sample(id="odd", properties=[])})
    with pytest.raises(Unreadable):
        HOSPITABLE.reservation(access, "odd")
    assert HOSPITABLE.contact(access, reservation_of(_sample(id="odd"))) == Contact()


def test_a_typed_secret_must_fit_and_none_leaves_it_to_the_address():
    request, secret = signed_hook("hospitable_webhook_signed")
    found = Hint(reservation_ids=("22220000-0000-4000-8000-000000000001",))
    assert HOSPITABLE.parse_webhook(request, [secret]) == found
    assert HOSPITABLE.parse_webhook(hook(fixture("hospitable_webhook")), []) == found
    with pytest.raises(BadHook):
        HOSPITABLE.parse_webhook(hook("{}", request.headers), [secret])


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        ({"action": "reservation.updated", "data": {"id": "r"}}, Hint(reservation_ids=("r",))),
        ({"action": "reservation.created", "data": None}, Hint(everything=True)),
        ({"action": "property.merged", "data": {}}, Hint(listings=True)),
        ({"action": "message.created", "data": {"id": "m"}}, Hint()),
    ],
)
def test_hooks_say_what_to_read_again(body: object, hint: Hint):
    assert hint_of(hook(body).body) == hint


def test_a_message_goes_into_the_bookings_conversation(access: Canned):
    stay = _read(access)[0]
    path = f"POST /reservations/{stay.external_id}/messages"
    access.answer(path, {"data": {}})
    HOSPITABLE.send_message(access, stay, "Please turn it down")
    assert (path, [], {"body": "Please turn it down"}) in access.asked
