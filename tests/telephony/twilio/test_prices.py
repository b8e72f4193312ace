"""Prices by Twilio: what each `price` and `price_unit` means, and what is no price."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from callassist.errors import TransientError
from tests.telephony.twilio.wire import GUEST, Said, network, refusal, wire

CALL, CHILD, TEXT = "CA" + "1" * 32, "CA" + "2" * 32, "SM" + "3" * 32


def leg(sid: str = CALL, **values: Any) -> dict[str, Any]:
    return {
        "sid": sid,
        "status": "completed",
        "duration": "61",
        "to": GUEST,
        "price": "-0.02800",
        "price_unit": "USD",
        "parent_call_sid": None,
        **values,
    }


def priced(**values: Any):
    page: dict[str, Any] = {"calls": [], "next_page_uri": None, "uri": "/", "page": 0}
    with wire(Said(200, leg(**values)), Said(200, page)) as server:
        (found,) = network(server.url).pricing.of_call(CALL)
    return found


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("-0.02800", Decimal("0.028")),
        ("0.02800", Decimal("-0.028")),  # money came back
        ("0", Decimal(0)),
        (-0.5, Decimal("0.5")),
        (None, None),
        ("", None),
        ("free", None),
        ("NaN", None),
    ],
)
def test_what_was_taken_is_below_zero_and_what_is_no_number_is_no_price(
    written: object, amount: Decimal | None
) -> None:
    assert priced(price=written).amount == amount


@pytest.mark.parametrize("written", ["-0.028", "0.028"])
def test_where_the_sign_is_not_documented_a_price_is_a_charge(written: str) -> None:
    said = {"sid": TEXT, "status": "delivered", "to": GUEST, "price_unit": "USD"}
    with wire(Said(200, {**said, "price": written})) as server:
        found = network(server.url, path_prefix="/api/laml").pricing.of_text(TEXT)
    assert found is not None
    assert found.amount == Decimal("0.028")


def test_an_amount_without_a_currency_is_no_price() -> None:
    assert priced(price_unit=None).amount is None
    assert priced(price_unit="usd").currency == "USD"


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed", "canceled"])
def test_who_did_not_connect_is_not_charged_although_the_price_stays_empty(status: str) -> None:
    found = priced(status=status, price=None, duration="0")
    assert (found.amount, found.is_over) == (Decimal(0), True)


def test_a_call_that_runs_has_no_price_yet() -> None:
    found = priced(status="in-progress", price=None, duration=None)
    assert (found.amount, found.is_over) == (None, False)


def test_the_legs_dialled_from_a_call_come_along_and_browsers_are_no_number() -> None:
    child = leg(CHILD, parent_call_sid=CALL)
    page = {"calls": [child], "next_page_uri": None, "uri": "/", "page": 0, "page_size": 500}
    own = leg(to="client:operator_1")
    with wire(Said(200, own), Said(200, page)) as server:
        first, second = network(server.url).pricing.of_call(CALL)
    assert (first.to, first.parent_id) == ("", None)
    assert (second.leg_id, second.parent_id, second.to) == (CHILD, CALL, GUEST)


def test_an_unknown_call_or_text_has_no_price_and_a_network_that_is_down_says_so() -> None:
    with wire(refusal(20404, status=404)) as server:
        assert network(server.url).pricing.of_call(CALL) == []
    with wire(refusal(20404, status=404)) as server:
        assert network(server.url).pricing.of_text(TEXT) is None
    with wire(Said(503, {})) as server, pytest.raises(TransientError):
        network(server.url).pricing.of_text(TEXT)


def test_a_text_has_one_price() -> None:
    said = {"sid": TEXT, "status": "delivered", "to": GUEST, "price": "-0.0079"}
    with wire(Said(200, {**said, "price_unit": "EUR"})) as server:
        found = network(server.url).pricing.of_text(TEXT)
    assert found is not None
    assert (found.amount, found.currency) == (Decimal("0.0079"), "EUR")
