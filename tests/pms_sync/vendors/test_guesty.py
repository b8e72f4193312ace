"""What is peculiar to Guesty: two lists, guests apart, five tokens a day, Svix."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from callassist.errors import InvalidInput, PermanentError
from callassist.pms_sync.vendors.guesty import Guesty
from callassist.ports.pms import Hint, Listing, Reservation, ReservationState, SetAside, Wanted
from callassist.ports.pms_access import BadAnswer, BadHook, CredentialsRefused, PageLoop
from tests.pms_sync.vendors.canned import Canned, Said, fixture, signed_hook

SEARCH = "GET /v1/reservations-v3/search"
LEGACY = "GET /v1/reservations"
SPAN = Wanted(first=date(2026, 11, 20), last=date(2027, 1, 31))
URL = "https://calls.example/hooks/pms/token"
guesty = Guesty()


def _open(**options: str) -> Canned:
    access = Canned({"client_id": "0oa1", "client_secret": "word"})
    access.options = options
    return access.answer("POST /oauth2/token", fixture("guesty_token"))


def _all(access: Canned) -> list[Reservation]:
    found = list(guesty.reservations(access, SPAN))
    assert all(isinstance(one, Reservation) for one in found)
    return [one for one in found if isinstance(one, Reservation)]


def _search(*results: object, more: bool = False, limit: int = 100) -> dict[str, object]:
    paging = {"skip": 0, "limit": limit, "hasMore": more}
    return {"results": list(results), "pagination": paging}


def _stay(number: int, **other: object) -> dict[str, object]:
    sample = fixture("guesty_reservations")["results"][0]
    return {**sample, "reservationId": f"r{number:04}", **other}


def test_each_status_is_what_it_means_for_the_home():
    states = [one.state for one in _all(_open().answer(SEARCH, fixture("guesty_reservations")))]
    assert states == [
        ReservationState.STAYS,
        ReservationState.STAYS,
        ReservationState.CANCELLED,
        ReservationState.NOT_YET,
        ReservationState.STAYS,
    ]


def test_a_guest_who_moves_to_another_home_has_two_visits():
    moved = _all(_open().answer(SEARCH, fixture("guesty_reservations")))[-1]
    first, second = moved.visits
    assert first.listing_id != second.listing_id
    assert first.leaves_at == datetime(2026, 12, 23, 10, tzinfo=UTC)
    assert (second.arrival, second.departure) == (date(2026, 12, 23), date(2026, 12, 27))


def test_a_short_page_that_says_there_is_more_is_not_the_last():
    access = _open().answer(SEARCH, _search(_stay(1), more=True, limit=50), _search(_stay(2)))
    assert [one.external_id for one in _all(access)] == ["r0001", "r0002"]
    assert dict(access.asked[-1][1])["skip"] == "50"


def test_pages_that_come_again_are_no_complete_read():
    with pytest.raises(PageLoop):
        _all(_open().answer(SEARCH, _search(_stay(1), more=True)))


def test_an_unknown_status_is_set_aside_by_its_name():
    found = list(
        guesty.reservations(
            _open().answer(SEARCH, _search(_stay(1, status="teleported"), _stay(2))), SPAN
        )
    )
    aside, good = found
    assert isinstance(aside, SetAside)
    assert "teleported" in aside.reason
    assert isinstance(good, Reservation)


def test_asked_for_by_id_it_is_a_bare_list_whose_stays_name_units():
    answer = fixture("guesty_reservations_by_ids")
    access = _open().answer("GET /v1/reservations-v3", answer)
    one = guesty.reservation(access, answer[0]["_id"])
    assert one is not None
    assert one.visits[0].listing_id == answer[0]["stay"][0]["unitId"]
    assert one.contact_id == answer[0]["guestId"]
    assert access.asked[-1][1] == [("reservationIds[]", answer[0]["_id"])]
    assert guesty.reservation(_open().answer("GET /v1/reservations-v3", []), "gone") is None


def test_numbers_come_from_phone_and_from_phones():
    numbers = []
    for guest in fixture("guesty_guests"):
        access = _open().answer(f"GET /v1/guests-crud/{guest['_id']}", guest)
        stay = Reservation(
            external_id="r", state=ReservationState.STAYS, visits=(), contact_id=guest["_id"]
        )
        numbers.append(guesty.contact(access, stay).numbers)
    assert numbers == [("+33639981234",), ("+44 7700 900142",), (), ("(212) 555-0142",)]


def test_the_old_list_is_read_when_chosen_and_asks_for_guests_that_came_without_number():
    access = _open(reservations="legacy").answer(LEGACY, fixture("guesty_reservations_legacy"))
    with_number, without = _all(access)
    assert with_number.contact is not None
    assert with_number.contact.numbers == ("+33639981234",)
    assert (without.contact, without.contact_id) == (None, "66f0c1a2b3c4d5e6f7b90002")


def test_after_march_2027_the_new_list_is_read_whatever_was_chosen(
    monkeypatch: pytest.MonkeyPatch,
):
    access = _open(reservations="legacy").answer(SEARCH, _search(_stay(1)))
    monkeypatch.setattr(access, "now", lambda: datetime(2027, 3, 1, tzinfo=UTC))
    assert len(_all(access)) == 1


@pytest.mark.parametrize(("old", "warns"), [(["r0001", "r0002"], True), (["r0001"], False)])
def test_bookings_that_the_new_list_leaves_out_are_warned_of(old: list[str], warns: bool):
    listed = [{"_id": one, "status": "confirmed"} for one in old]
    access = (
        _open()
        .answer("GET /v1/accounts/me", fixture("guesty_account_me"))
        .answer(SEARCH, _search(_stay(1)))
        .answer(LEGACY, {"results": listed, "count": len(listed), "limit": 100, "skip": 0})
    )
    verified = guesty.verify(access)
    assert verified.account == "Harbour Stays (sample)"
    assert bool(verified.warnings) is warns


def test_an_old_list_that_is_gone_early_stops_nobody_from_connecting():
    access = (
        _open()
        .answer("GET /v1/accounts/me", fixture("guesty_account_me"))
        .answer(SEARCH, _search(_stay(1)))
    )
    assert guesty.verify(access).warnings == ()


def test_a_token_taken_back_early_is_fetched_once_more_and_no_more():
    access = _open().answer(SEARCH, Said({}, 401), _search(_stay(1)))
    assert len(_all(access)) == 1
    assert access.lines().count("POST /oauth2/token") == 2
    refused = _open().answer(SEARCH, Said({}, 401))
    with pytest.raises(CredentialsRefused) as told:
        _all(refused)
    assert told.value.field == "client_secret"
    assert refused.lines().count("POST /oauth2/token") == 2


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"error": "invalid_client", "error_description": "No client_id found"}, "client_id"),
        ({"error": "invalid_client"}, "client_secret"),
    ],
)
def test_a_refused_key_names_the_field(said: dict[str, str], field: str):
    access = _open().answer("POST /oauth2/token", Said(said, 401))
    with pytest.raises(CredentialsRefused) as told:
        guesty.verify(access)
    assert told.value.field == field
    assert "Client Secret" in told.value.detail


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"client_id": "me@example.com"}, "client_id"),
        ({"client_id": "0oa 1"}, "client_id"),
        ({"client_secret": "0oa1"}, "client_secret"),
        ({"client_secret": "ab••••cd"}, "client_secret"),
        ({"reservations": "v9"}, "reservations"),
    ],
)
def test_what_no_key_looks_like_is_refused_by_field(typed: dict[str, str], field: str):
    with pytest.raises(InvalidInput) as refused:
        guesty.check({"client_id": "0oa1", "client_secret": "word", **typed})
    assert refused.value.field == field


def test_listings_have_the_hosts_own_names_zones_and_times():
    found = list(guesty.listings(_open().answer("GET /v1/listings", fixture("guesty_listings"))))
    first, second = (one for one in found if isinstance(one, Listing))
    assert (first.name, first.timezone, first.country) == ("canal-loft", "Europe/Paris", "FR")
    assert second.country == "GB"
    assert second.is_active  # not advertised is not closed


def test_a_hook_signed_by_svix_names_the_reservation():
    request, secret = signed_hook("guesty_webhook_signed")
    sent = datetime(2026, 11, 21, 18, tzinfo=UTC)
    wanted = Hint(reservation_ids=("66f0c1a2b3c4d5e6f7c90001",))
    for moment in (sent, sent + timedelta(seconds=299), sent - timedelta(seconds=299)):
        read = guesty.parse_webhook(replace(request, now=moment), ["whsec_b3RoZXI=", secret])
        assert read == wanted


def test_a_hook_is_refused_late_changed_without_secret_or_with_another():
    request, secret = signed_hook("guesty_webhook_signed")
    sent = replace(request, now=datetime(2026, 11, 21, 18, tzinfo=UTC))
    for odd, secrets in (
        (replace(sent, now=sent.now + timedelta(seconds=301)), [secret]),
        (replace(sent, body=sent.body + b" "), [secret]),
        (replace(sent, headers={}), [secret]),
        (replace(sent, headers={**sent.headers, "svix-timestamp": "soon"}), [secret]),
        (sent, []),
        (sent, ["whsec_b3RoZXI=", "not base64 at all!", ""]),
    ):
        with pytest.raises(BadHook) as refused:
            guesty.parse_webhook(odd, secrets)
        assert refused.value.is_unsigned


def test_the_subscription_is_made_once_and_its_secret_is_read():
    access = (
        _open()
        .answer("GET /v1/webhooks", [{"_id": "w9", "url": "https://other.example", "events": []}])
        .answer("POST /v1/webhooks", fixture("guesty_webhook_register"))
        .answer("GET /v1/webhooks-v2/secret", fixture("guesty_webhook_secret"))
    )
    assert guesty.register_hook(access, URL) == fixture("guesty_webhook_secret")["key"]
    events = access.asked[-2][2]["events"]
    assert "reservation.updated.v2" in events
    assert "reservation.updated" not in events
    there = {"_id": "w1", "url": URL, "events": events}
    access.answer("GET /v1/webhooks", {"results": [there]})
    guesty.register_hook(access, URL)
    assert access.lines().count("POST /v1/webhooks") == 1


def test_a_message_finds_its_conversation_and_goes_by_the_bookings_platform():
    stay = Reservation(external_id="r0001", state=ReservationState.STAYS, visits=())
    path = "/v1/communication/conversations"
    for found in ({"data": {"conversations": [{"_id": "c1"}]}}, {"results": [{"_id": "c1"}]}):
        access = _open().answer(f"GET {path}", found).answer(f"POST {path}/c1/send-message", {})
        guesty.send_message(access, stay, "Bonsoir")
        assert access.asked[-1][2] == {"module": {"type": "platform"}, "body": "Bonsoir"}
        asked = json.loads(dict(access.asked[-2][1])["filters"])
        assert asked[0]["value"] == "r0001"
    nobody = _open().answer(f"GET {path}", {"results": []})
    with pytest.raises(PermanentError, match="no conversation"):
        guesty.send_message(nobody, stay, "Bonsoir")


def test_a_note_is_a_comment_and_a_key_without_a_user_is_told_so():
    stay = Reservation(external_id="r0001", state=ReservationState.STAYS, visits=())
    path = "POST /v1/reservations-v3/r0001/comments"
    access = _open().answer(path, {})
    guesty.add_note(access, stay, "x" * 5000)
    assert len(access.asked[-1][2]["body"]) == 4095
    with pytest.raises(PermanentError, match="no comments"):
        guesty.add_note(_open().answer(path, Said({}, 403)), stay, "x")


def test_an_answer_without_a_list_is_told_from_an_empty_one():
    odd_ones: list[object] = [{"results": "none"}, {"pagination": {}}, [], {"results": []}]
    for odd in odd_ones:
        with pytest.raises(BadAnswer):
            _all(_open().answer(SEARCH, odd))
