"""What is peculiar to Hostaway: a cursor of ids, 403 for an old token, dates nobody chose."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from callassist.errors import InvalidInput, PermanentError
from callassist.pms_sync.vendors.hostaway import Hostaway
from callassist.pms_sync.vendors.reading import Unreadable
from callassist.ports.pms import Hint, Listing, Reservation, ReservationState, SetAside, Wanted
from callassist.ports.pms_access import BadAnswer, BadHook, CredentialsRefused, HookRequest
from tests.pms_sync.vendors.canned import Canned, Said, fixture, hook

LIST = "GET /v1/reservations"
HOOKS = "/v1/webhooks/unifiedWebhooks"
SPAN = Wanted(first=date(2026, 11, 20), last=date(2027, 1, 31))
URL = "https://calls.example/hooks/pms/token"
STAY = Reservation(external_id="9100003", state=ReservationState.STAYS, visits=())
hostaway = Hostaway()


def _open() -> Canned:
    access = Canned({"account_id": "70001", "api_key": "word"})
    access.options = {"token_rest_seconds": 0}
    return access.answer("POST /v1/accessTokens", fixture("hostaway_token"))


def _page(*records: object) -> dict[str, object]:
    return {"status": "success", "result": list(records)}


def _sample(**other: object) -> dict[str, Any]:
    return {**fixture("hostaway_reservations")["result"][0], **other}


def _read(*records: object, wanted: Wanted = SPAN) -> list[Reservation | SetAside]:
    return list(hostaway.reservations(_open().answer(LIST, _page(*records)), wanted))


def test_each_status_is_what_it_means_for_the_home():
    found = _read(*fixture("hostaway_reservations")["result"])
    states = {one.external_id: one.state for one in found if isinstance(one, Reservation)}
    assert states == {
        "9100003": ReservationState.STAYS,
        "9100002": ReservationState.STAYS,  # modified
        "9100001": ReservationState.NOT_YET,
        "9100000": ReservationState.CANCELLED,
        "9099999": ReservationState.BLOCK,
        "9099998": ReservationState.STAYS,
    }


def test_a_reservation_has_its_guest_its_days_and_its_own_times():
    (one,) = _read(_sample())
    assert isinstance(one, Reservation)
    assert one.contact is not None
    assert one.contact.name == "Lioba Krähwinkel"
    assert one.contact.numbers == ("+493023125014",)
    assert (one.contact.language, one.contact.country) == ("de", "DE")
    assert (one.visits[0].check_in, one.visits[0].check_out) == (time(16), time(11))
    assert one.updated_at == datetime(2026, 11, 21, 7, 30, tzinfo=UTC)


def test_a_calendars_word_is_no_name_to_greet_anybody_by():
    (one,) = _read(fixture("hostaway_reservations")["result"][-1])
    assert isinstance(one, Reservation)
    assert one.contact is not None
    assert (one.contact.name, one.contact.numbers) == ("", ())


def test_days_that_nobody_chose_are_no_stay_of_yesterday():
    aside, enquiry = _read(
        _sample(isDatesUnspecified=1), _sample(id=2, isDatesUnspecified=1, status="inquiry")
    )
    assert isinstance(aside, SetAside)
    assert "not chosen" in aside.reason
    assert isinstance(enquiry, Reservation)
    assert enquiry.state is ReservationState.NOT_YET


def test_the_next_page_is_asked_for_after_the_last_id():
    full = _page(*(_sample(id=9000 - place) for place in range(100)))
    access = _open().answer(LIST, full, _page(_sample(id=1)))
    assert len(list(hostaway.reservations(access, SPAN))) == 101
    first, second = (dict(params) for line, params, _ in access.asked if line == LIST)
    assert "afterId" not in first
    assert second["afterId"] == "8901"
    assert second["departureStartDate"] == "2026-11-19"


def test_changes_are_asked_for_by_day_whatever_days_they_are_about():
    later = Wanted(first=SPAN.first, last=SPAN.last, since=datetime(2026, 11, 22, 0, 5, tzinfo=UTC))
    access = _open().answer(
        LIST, _page(_sample(arrivalDate="2029-01-01", departureDate="2029-01-05"))
    )
    assert len(list(hostaway.reservations(access, later))) == 1
    asked = dict(access.asked[-1][1])
    assert asked["latestActivityStart"] == "2026-11-21"
    assert "departureStartDate" not in asked


def test_403_is_an_old_token_once_and_a_wrong_key_the_second_time():
    access = _open().answer(LIST, Said({}, 403), _page(_sample()))
    assert len(list(hostaway.reservations(access, SPAN))) == 1
    assert access.lines().count("POST /v1/accessTokens") == 2
    with pytest.raises(CredentialsRefused) as told:
        list(hostaway.reservations(_open().answer(LIST, Said({}, 403)), SPAN))
    assert told.value.field == "api_key"
    assert "account ID" in told.value.detail


def test_a_new_token_rests_before_its_first_use(monkeypatch: pytest.MonkeyPatch):
    rests: list[float] = []
    monkeypatch.setattr("callassist.pms_sync.vendors.hostaway.time.sleep", rests.append)
    access = _open().answer(LIST, _page(_sample()))
    access.options = {}
    list(hostaway.reservations(access, SPAN))
    assert rests == [1.1]


def test_success_that_is_none_is_told_in_its_own_words():
    with pytest.raises(BadAnswer, match="exceeded the rate limits"):
        list(hostaway.reservations(_open().answer(LIST, fixture("hostaway_error_429")), SPAN))


def test_bookings_that_all_lack_numbers_are_warned_of():
    listings = "GET /v1/listings"
    hidden = [_sample(id=number, phone=None) for number in range(1, 7)]
    for bookings, warnings in ((hidden, 1), ([*hidden, _sample()], 0), (hidden[:4], 0)):
        access = _open().answer(listings, fixture("hostaway_listings"))
        verified = hostaway.verify(access.answer(LIST, _page(*bookings)))
        assert (verified.account, len(verified.warnings)) == ("70001", warnings)


def test_listings_have_zones_whole_hours_and_archived_ones_are_not_active():
    access = _open().answer("GET /v1/listings", fixture("hostaway_listings"))
    first, second = (one for one in hostaway.listings(access) if isinstance(one, Listing))
    assert (first.name, first.timezone, first.country) == ("HAFEN-1", "Europe/Berlin", "DE")
    assert (first.check_in, first.check_out, first.is_active) == (time(15), time(11), True)
    assert (second.timezone, second.is_active) == ("America/Phoenix", False)


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"account_id": "HW-1"}, "account_id"), ({"api_key": "70001"}, "api_key")],
)
def test_what_no_key_looks_like_is_refused_by_field(typed: dict[str, str], field: str):
    with pytest.raises(InvalidInput) as refused:
        hostaway.check({"account_id": "70001", "api_key": "word", **typed})
    assert refused.value.field == field


def test_a_hook_with_our_login_and_password_names_the_reservation():
    secret = "call-assist:p:with:colons"
    for name in ("hostaway_webhook", "hostaway_webhook_created_no_phone"):
        sample = fixture(name)
        hint = hostaway.parse_webhook(_sent(sample, secret), ["old:one", secret])
        assert hint == Hint(reservation_ids=(str(sample["data"]["id"]),))
    message = {"object": "conversationMessage", "event": "message.received", "data": {"id": 1}}
    assert hostaway.parse_webhook(_sent(message, secret), [secret]) == Hint()


def test_a_hook_with_another_password_or_none_is_refused():
    for request, secrets in (
        (_sent(fixture("hostaway_webhook"), "call-assist:wrong"), ["call-assist:right"]),
        (_sent(fixture("hostaway_webhook"), "call-assist:right"), []),
        (hook(fixture("hostaway_webhook")), ["call-assist:right"]),
        (hook({}, {"authorization": "Basic ???"}), ["call-assist:right"]),
    ):
        with pytest.raises(BadHook) as refused:
            hostaway.parse_webhook(request, secrets)
        assert refused.value.is_unsigned


def test_a_second_registration_gives_the_same_webhook_a_new_password():
    access = _open().answer(f"GET {HOOKS}", _page()).answer(f"POST {HOOKS}", _page())
    first = hostaway.register_hook(access, URL)
    sent = access.asked[-1][2]
    assert first == f"{sent['login']}:{sent['password']}"
    assert (sent["url"], sent["isEnabled"]) == (URL, 1)
    there = [{"id": 2, "url": URL, "password": "****"}, {"id": 3, "url": "https://o.example"}]
    access.answer(f"GET {HOOKS}", _page(*there)).answer(f"PUT {HOOKS}/2", _page())
    second = hostaway.register_hook(access, URL)
    assert access.asked[-1][0] == f"PUT {HOOKS}/2"
    assert second not in (None, first)


def test_one_that_is_read_again_and_is_odd_is_set_aside_not_asked_for_ever():
    access = _open()
    odd = {"status": "success", "result": _sample(arrivalDate="soon")}
    access.answer("GET /v1/reservations/9100003", odd)
    with pytest.raises(Unreadable, match="arrivalDate"):
        hostaway.reservation(access, "9100003")
    assert hostaway.reservation(access, "9100004") is None
    assert hostaway.reservation(access, "../listings") is None


def test_a_message_goes_into_the_conversation_of_the_booking():
    access = _open().answer("GET /v1/conversations", _page({"id": 1406}))
    access.answer("POST /v1/conversations/1406/messages", _page())
    hostaway.send_message(access, STAY, "Bonsoir")
    assert access.asked[-1][2] == {"body": "Bonsoir"}
    assert dict(access.asked[-2][1])["reservationId"] == "9100003"
    hostaway.send_message(access, replace(STAY, channel="airbnbOfficial"), "Bonsoir")
    assert access.asked[-1][2] == {"body": "Bonsoir", "communicationType": "channel"}
    with pytest.raises(PermanentError, match="no conversation"):
        hostaway.send_message(_open().answer("GET /v1/conversations", _page()), STAY, "Bonsoir")


def test_a_note_stands_below_the_hosts_own_and_is_not_written_twice():
    path = "/v1/reservations/9100003"
    kept = {"status": "success", "result": {"id": 9100003, "hostNote": "Key at the bakery "}}
    access = _open().answer(f"GET {path}", kept).answer(f"PUT {path}", _page())
    hostaway.add_note(access, STAY, "Two calls about noise.")
    written = access.asked[-1][2]["hostNote"]
    assert written == "Key at the bakery\n\nTwo calls about noise."
    again = {"status": "success", "result": {"id": 9100003, "hostNote": written}}
    access.answer(f"GET {path}", again)
    hostaway.add_note(access, STAY, "Two calls about noise.")
    assert access.lines().count(f"PUT {path}") == 1


def _sent(body: object, secret: str) -> HookRequest:
    pair = base64.b64encode(secret.encode()).decode()
    return hook(body, {"authorization": f"Basic {pair}"})
