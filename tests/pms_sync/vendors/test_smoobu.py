"""What is peculiar to Smoobu: a key alone or signed, blocks that look like bookings."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from typing import Any

import pytest

from callassist.errors import InvalidInput
from callassist.pms_sync.vendors.smoobu import Smoobu
from callassist.pms_sync.vendors.smoobu_requests import canonical, signature
from callassist.ports.pms import Hint, Listing, Reservation, ReservationState, SetAside, Wanted
from callassist.ports.pms_access import BadHook, CredentialsRefused, PageLoop
from tests.pms_sync.vendors.canned import Canned, Said, fixture, hook

LIST = "GET /api/reservations"
SPAN = Wanted(first=date(2026, 11, 20), last=date(2027, 1, 31))
STAY = Reservation(external_id="5500001", state=ReservationState.STAYS, visits=())
smoobu = Smoobu()


def _open(secret: str = "") -> Canned:
    return Canned({"api_key": "sampleKey", "api_secret": secret})


def _page(*bookings: object, page: int = 1, pages: int | None = 1) -> dict[str, object]:
    count = {} if pages is None else {"page_count": pages}
    return {**count, "page": page, "bookings": list(bookings)}


def _sample(**other: object) -> dict[str, Any]:
    return {**fixture("smoobu_reservations")["bookings"][0], **other}


def _read(*bookings: object) -> list[Reservation | SetAside]:
    return list(smoobu.reservations(_open().answer(LIST, _page(*bookings)), SPAN))


def test_bookings_changes_cancellations_and_blocks_are_told_apart():
    found = _read(*fixture("smoobu_reservations")["bookings"])
    assert [one.state for one in found if isinstance(one, Reservation)] == [
        ReservationState.STAYS,
        ReservationState.STAYS,
        ReservationState.CANCELLED,
        ReservationState.BLOCK,
    ]


def test_a_booking_has_its_guest_as_written_there():
    found = _read(*fixture("smoobu_reservations")["bookings"][:2])
    first, second = (one.contact for one in found if isinstance(one, Reservation))
    assert first is not None
    assert second is not None
    assert (first.name, first.numbers, first.language) == (
        "Friedhelm Kieselstein",
        ("+49 171 3920014",),
        "de",
    )
    assert second.numbers == ("00353 20 910 0142",)


def test_a_kind_or_a_mark_that_is_not_known_is_set_aside():
    odd = _read(
        _sample(type="dream"), _sample(**{"is-blocked-booking": "yes"}), _sample(apartment=1)
    )
    assert all(isinstance(one, SetAside) for one in odd)


def test_pages_are_read_by_their_count_or_until_one_is_not_full():
    access = _open().answer(LIST, _page(_sample(), pages=2), _page(_sample(id=2), page=2, pages=2))
    assert len(list(smoobu.reservations(access, SPAN))) == 2
    asked = dict(access.asked[0][1])
    assert (asked["showCancellation"], asked["pageSize"]) == ("true", "100")
    full = _page(*(_sample(id=number) for number in range(1, 101)), pages=None)
    access = _open().answer(LIST, full, _page(_sample(id=999), pages=None))
    assert len(list(smoobu.reservations(access, SPAN))) == 101
    with pytest.raises(PageLoop):
        list(smoobu.reservations(_open().answer(LIST, _page(_sample(), pages=9)), SPAN))


def test_changes_are_asked_for_from_the_day_before():
    later = Wanted(first=SPAN.first, last=SPAN.last, since=datetime(2026, 11, 22, 0, 5, tzinfo=UTC))
    access = _open().answer(LIST, _page())
    list(smoobu.reservations(access, later))
    asked = dict(access.asked[0][1])
    assert asked["modifiedFrom"] == "2026-11-21"
    assert "arrivalTo" not in asked


def test_the_signature_is_that_of_the_sample():
    sample = fixture("smoobu_token")
    text = canonical(
        (sample["method"], sample["path"]),
        [("page", "1"), ("pageSize", "100")],
        (sample["timestamp"], sample["nonce"]),
        b"",
        sample["api_key"],
    )
    assert text == sample["canonical"]
    assert signature(sample["api_secret"], text) == sample["signature"]


def test_with_a_secret_every_request_is_signed_and_without_one_none():
    access = _open("sampleSecret").answer("GET /api/me", fixture("smoobu_me"))
    assert smoobu.verify(access).warnings == ()
    (headers,) = access.headers
    assert "Api-Key" not in headers
    text = canonical(
        ("GET", "/api/me"), [], (headers["X-Timestamp"], headers["X-Nonce"]), b"", "sampleKey"
    )
    assert headers["X-Signature"] == signature("sampleSecret", text)
    plain = _open().answer("GET /api/me", fixture("smoobu_me"))
    verified = smoobu.verify(plain)
    assert verified.account == "Hilde Muster"
    assert len(verified.warnings) == 1
    assert plain.headers == [{"Api-Key": "sampleKey"}]


def test_what_is_written_is_signed_byte_by_byte():
    path = "/api/reservations/5500001/messages/send-message-to-guest"
    access = _open("sampleSecret").answer(f"POST {path}", {})
    smoobu.send_message(access, STAY, "Bonsoir, ça va")
    ((_, _, body),), (headers,) = access.asked, access.headers
    assert body == b'{"messageBody": "Bonsoir, \\u00e7a va"}'
    text = canonical(
        ("POST", path), [], (headers["X-Timestamp"], headers["X-Nonce"]), body, "sampleKey"
    )
    assert hashlib.sha256(body).hexdigest() in text
    assert headers["X-Signature"] == signature("sampleSecret", text)


def test_a_refused_key_is_named():
    with pytest.raises(CredentialsRefused) as plain:
        smoobu.verify(_open().answer("GET /api/me", Said({}, 401)))
    assert plain.value.field == "api_key"
    assert "secret" in plain.value.detail


@pytest.mark.parametrize(("alone", "field"), [(200, "api_secret"), (401, "api_key")])
def test_where_the_key_alone_is_let_in_the_secret_is_wrong(alone: int, field: str):
    refusals = [Said({}, 401), Said({}, 401)]
    access = _open("sampleSecret").answer("GET /api/me", *refusals, Said({}, alone))
    with pytest.raises(CredentialsRefused) as refused:
        smoobu.verify(access)
    assert refused.value.field == field
    first, second, _ = access.headers
    # a number that was used already may be all that was wrong
    assert first["X-Nonce"] != second["X-Nonce"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"api_key": "a@b.example"}, "api_key"), ({"api_secret": "sampleKey"}, "api_secret")],
)
def test_what_no_key_looks_like_is_refused_by_field(typed: dict[str, str], field: str):
    with pytest.raises(InvalidInput) as refused:
        smoobu.check({"api_key": "sampleKey", **typed})
    assert refused.value.field == field


def test_apartments_come_with_their_place_and_zone_where_it_is_said():
    access = _open().answer("GET /api/apartments", fixture("smoobu_listings"))
    access.answer("GET /api/apartments/30001", fixture("smoobu_apartment"))
    first, second = (one for one in smoobu.listings(access) if isinstance(one, Listing))
    assert (first.name, first.address) == ("Seeblick", "Musterweg 1, 10115 Berlin")
    assert (first.timezone, first.country) == ("Europe/Berlin", "DE")
    assert (second.name, second.timezone, second.address) == ("Altstadt Studio", None, "")


def test_a_hook_names_the_booking_whatever_its_action_is_called():
    sample = fixture("smoobu_webhook")
    for action in ("updateReservation", "cancelledReservation", "deleteReservation"):
        hint = smoobu.parse_webhook(hook({**sample, "action": action}), [])
        assert hint == Hint(reservation_ids=("5500002",))
    for action in ("updateRates", "newMessage"):
        assert smoobu.parse_webhook(hook({**sample, "action": action}), []) == Hint()
    assert smoobu.parse_webhook(hook({"action": "newReservation"}), []) == Hint(everything=True)
    with pytest.raises(BadHook):
        smoobu.parse_webhook(hook({"user": 1}), [])


def test_a_deleted_booking_is_gone():
    assert smoobu.reservation(_open(), "5500001") is None


def test_a_note_stands_below_the_hosts_own_and_is_not_written_twice():
    path = "/api/reservations/5500001"
    access = _open().answer(f"GET {path}", _sample(notice="Baby bed")).answer(f"PUT {path}", {})
    smoobu.add_note(access, STAY, "Two calls about noise.")
    assert access.asked[-1][2] == b'{"notice": "Baby bed\\n\\nTwo calls about noise."}'
    access.answer(f"GET {path}", _sample(notice="Baby bed\n\nTwo calls about noise."))
    smoobu.add_note(access, STAY, "Two calls about noise.")
    assert access.lines().count(f"PUT {path}") == 1
