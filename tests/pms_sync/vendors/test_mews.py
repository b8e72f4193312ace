"""What is peculiar to Mews: guests apart, companies, merges, spans that are too heavy."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from callassist.errors import TransientError
from callassist.pms_sync.vendors.mews import Mews
from callassist.ports.pms import Contact, Hint, Listing, Reservation, ReservationState, Wanted
from callassist.ports.pms_access import CredentialsRefused
from tests.pms_sync.vendors.canned import Canned, Said, fixture, hook

MEWS = Mews()
WANTED = Wanted(first=date(2026, 11, 20), last=date(2027, 1, 20))
AT = "POST /api/connector/v1/"
RESERVATIONS, CUSTOMERS = f"{AT}reservations/getAll/2023-06-06", f"{AT}customers/getAll"
ID = "-0000-4000-8000-00000000000"


@pytest.fixture
def access() -> Canned:
    canned = Canned({"client_token": "SAMPLE-CLIENT", "access_token": "SAMPLE-ACCESS"})
    canned.answer(f"{AT}configuration/get", fixture("mews_configuration"))
    canned.answer(f"{AT}resources/getAll", fixture("mews_listings"))
    canned.answer(CUSTOMERS, fixture("mews_customers"))
    return canned.answer(RESERVATIONS, fixture("mews_reservations"))


def _read(access: Canned, wanted: Wanted = WANTED) -> dict[str, Reservation]:
    return {
        one.external_id[-1]: one
        for one in MEWS.reservations(access, wanted)
        if isinstance(one, Reservation)
    }


def _bodies(access: Canned, line: str) -> list[dict[str, Any]]:
    return [body for asked, _, body in access.asked if asked == line]


def test_the_sample_is_read_as_it_is_meant(access: Canned):
    found = _read(access)
    assert {key: one.state for key, one in found.items()} == {
        "1": ReservationState.STAYS,
        "2": ReservationState.STAYS,
        "3": ReservationState.CANCELLED,
        "4": ReservationState.STAYS,
    }
    (visit,) = found["1"].visits
    assert visit.listing_id == f"20e00000{ID}1"
    assert (visit.arrival, visit.departure) == (date(2026, 11, 20), date(2026, 11, 24))
    assert visit.arrives_at == datetime(2026, 11, 20, 14, tzinfo=UTC)
    assert found["1"].contact == Contact(
        name="Ambrose Thackeray", numbers=("00447700900148",), language="en-GB", country="GB"
    )
    assert found["2"].visits[0].listing_id == "unassigned"


def test_a_space_without_a_name_is_called_by_its_name_outside_or_after_the_house(access: Canned):
    answer = fixture("mews_listings")
    first, second = [one for one in answer["Resources"] if one["Data"]["Discriminator"] == "Space"][
        :2
    ]
    first["Name"], first["ExternalNames"] = "", {"fr-FR": "La Tour"}
    second["Name"] = None
    access.answer(f"{AT}resources/getAll", answer)
    names = [one.name for one in MEWS.listings(access) if isinstance(one, Listing)]
    assert names == ["La Tour", "Hotel Muster 20e00000"]


def test_tokens_stand_in_the_body_and_every_state_is_asked_for(access: Canned):
    _read(access)
    (body,) = _bodies(access, RESERVATIONS)
    assert (body["ClientToken"], body["AccessToken"]) == ("SAMPLE-CLIENT", "SAMPLE-ACCESS")
    assert "Canceled" in body["States"]
    assert body["CollidingUtc"]["StartUtc"] == "2026-11-19T00:00:00Z"


def test_guests_are_asked_for_together_and_once(access: Canned):
    _read(access, Wanted(first=WANTED.first, last=date(2027, 6, 1)))
    assert len(_bodies(access, RESERVATIONS)) == 3  # pieces of less than three months
    (body,) = _bodies(access, CUSTOMERS)
    assert body["CustomerIds"] == [f"fadd0000{ID}1", f"fadd0000{ID}2"]


def test_a_company_has_no_number_but_whoever_booked_for_it_may(access: Canned):
    assert _read(access)["4"].contact == Contact()
    answer = fixture("mews_reservations")
    answer["Reservations"][3]["BookerId"] = f"fadd0000{ID}2"
    access.answer(RESERVATIONS, answer)
    contact = _read(access)["4"].contact
    assert contact is not None
    assert contact.numbers == ("+33639981199",)


def test_a_guest_who_was_merged_into_another_is_followed(access: Canned):
    first, second, third = fixture("mews_customers")["Customers"]
    merged = {**first, "IsActive": False, "MergeTargetId": third["Id"]}
    target = {**third, "Phone": "+44 7700 900177"}
    access.answer(
        CUSTOMERS, {"Customers": [merged, second]}, {"Customers": [target]}, {"Customers": []}
    )
    contact = _read(access)["1"].contact
    assert contact is not None
    assert contact.numbers == ("+44 7700 900177",)


def test_two_who_were_merged_into_each_other_end_the_search(access: Canned):
    first, second, _ = fixture("mews_customers")["Customers"]
    circle = [
        {**first, "MergeTargetId": second["Id"]},
        {**second, "MergeTargetId": first["Id"]},
    ]
    access.answer(CUSTOMERS, {"Customers": circle})
    assert _read(access)["1"].contact is not None
    assert len(_bodies(access, CUSTOMERS)) == 1


def test_a_span_that_is_too_heavy_is_read_in_halves(access: Canned):
    heavy = Said({"Message": "Request timed out."}, status=408)
    access.answer(RESERVATIONS, heavy, heavy, fixture("mews_reservations"))
    assert len(_read(access)) == 4
    spans = [body["CollidingUtc"] for body in _bodies(access, RESERVATIONS)]
    assert len({span["StartUtc"] for span in spans[:3]}) == 1
    assert spans[0]["EndUtc"] > spans[1]["EndUtc"] > spans[2]["EndUtc"]
    assert spans[-1]["EndUtc"] == spans[0]["EndUtc"]


def test_a_span_that_stays_too_heavy_is_given_up(access: Canned):
    access.answer(RESERVATIONS, Said({}, status=408))
    with pytest.raises(TransientError):
        _read(access)
    assert len(_bodies(access, RESERVATIONS)) < 12


@pytest.mark.parametrize(
    ("message", "field"),
    [
        ("Invalid ClientToken.", "client_token"),
        ("Invalid AccessToken.", "access_token"),
        (None, "access_token"),
    ],
)
def test_the_token_that_is_wrong_is_named(access: Canned, message: str | None, field: str):
    access.answer(f"{AT}configuration/get", Said({"Message": message}, status=401))
    with pytest.raises(CredentialsRefused) as refused:
        MEWS.verify(access)
    assert refused.value.field == field


def test_spaces_are_listings_and_other_things_are_not(access: Canned):
    answer = fixture("mews_listings")
    answer["Resources"][1]["Data"]["Discriminator"] = "Object"
    access.answer(f"{AT}resources/getAll", answer)
    (one,) = MEWS.listings(access)
    assert isinstance(one, Listing)
    assert (one.name, one.timezone) == ("101", "Europe/Budapest")


def test_a_hook_names_reservations_and_guests():
    assert MEWS.parse_webhook(hook(fixture("mews_webhook")), []) == Hint(
        reservation_ids=(f"0f510000{ID}1",), contact_ids=(f"fadd0000{ID}1",)
    )
    rooms = {"Events": [{"Discriminator": "ResourceUpdated", "Value": {"Id": "1"}}, 7]}
    assert MEWS.parse_webhook(hook(rooms), []) == Hint(listings=True)
