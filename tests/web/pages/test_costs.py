"""Costs on the host's pages and in the API: own account only, by month and home, and choices."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from sqlalchemy import select

from callassist.models import Account, PhoneCost, Property
from tests.web.pages.browser import Browser, words_of
from tests.web.pages.stage import LOOKER, OTHER, OWNER, Stage
from tests.web.pages.test_query_counts import statements


@pytest.fixture
def owner(stage: Stage) -> Browser:
    return stage.sign_in(OWNER)


def add_cost(stage: Stage, leg: str = "one", **values: object) -> None:
    """A leg of a call of this month, known unless `values` say else."""
    with stage.world.service.sessions.write() as session:
        homes = select(Property.id).where(Property.account_id == stage.account.id)
        given = {
            "account_id": stage.account.id,
            "property_id": session.scalars(homes).first(),
            "kind": "call",
            "whose": "guest",
            "provider": "simulated",
            "leg_id": leg,
            "payer": "service",
            "country": "FR",
            "seconds": 61,
            "asked_at": stage.world.clock.now(),
            "state": "known",
            "estimate": Decimal("0.5"),
            "amount": Decimal("0.048"),
            "currency": "USD",
        }
        session.add(PhoneCost(**{**given, **values}))


def account_of(stage: Stage) -> Account:
    with stage.world.service.sessions.read() as session:
        return session.get_one(Account, stage.account.id)


def test_a_month_is_shown_by_home_and_currency_and_says_what_is_missing(stage, owner):
    add_cost(stage)
    add_cost(stage, "two", currency="EUR", amount=Decimal("1.25"), payer="account")
    add_cost(stage, "three", state="waiting", amount=None, currency=None)
    add_cost(stage, "four", state="unknown", amount=None, currency=None, kind="text")
    page = words_of(owner.page("/costs"))
    assert "€1.25 + $0.048" in page
    assert "1 not priced yet, 1 never priced" in page
    assert "Paid by your own account at the provider: €1.25" in page
    assert "No calls and no texts in this month" in words_of(owner.page("/costs?month=2020-01"))


def test_the_table_has_a_line_for_each_leg_with_the_exact_amount(stage, owner):
    add_cost(stage, amount=Decimal("0.000000001"))
    add_cost(stage, "refund", amount=Decimal("-0.0075"))
    answer = owner.get("/costs.csv")
    rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert [row["amount"] for row in rows] == ["0.000000001", "-0.0075"]
    assert (rows[0]["whose_phone"], rows[0]["country"], rows[0]["paid_by"]) == (
        *("guest", "FR"),
        "service",
    )


def test_nobody_sees_or_changes_the_costs_of_another_account(stage):
    add_cost(stage)
    other, looker = stage.sign_in(OTHER), stage.sign_in(LOOKER)
    assert "0.048" not in other.page("/costs")
    account = account_of(stage)
    assert other.get(f"/costs?account={account.public_id}").status_code == 404
    for browser in (other, looker):
        sent = browser.post("/costs/caps", account=account.public_id, day_cap="1", month_cap="")
        assert sent.status_code in (403, 404)
    assert account_of(stage).day_cap is None
    assert "0.048" in looker.page("/costs")


def test_caps_are_kept_exactly_and_a_wrong_one_stays_as_typed(stage, owner):
    account = account_of(stage).public_id
    owner.post("/costs/caps", account=account, day_cap="12,5", month_cap="200")
    kept = account_of(stage)
    assert (kept.day_cap, kept.month_cap) == (Decimal("12.5"), Decimal("200"))
    refused = owner.post("/costs/caps", account=account, day_cap="a lot", month_cap="")
    assert refused.status_code == 422
    assert 'value="a lot"' in refused.text
    owner.post("/costs/caps", account=account, day_cap="", month_cap="")
    assert account_of(stage).day_cap is None


def test_countries_are_listed_and_a_list_without_ones_own_contact_is_refused(stage, owner):
    account = account_of(stage).public_id
    chosen = {"account": account, "which": "list"}
    refused = owner.post("/costs/countries", **chosen, countries=["FR"])
    assert refused.status_code == 422
    assert "a contact of yours" in words_of(refused.text).lower()
    owner.post("/costs/countries", **chosen, countries=["FR", "US"])
    assert account_of(stage).dial_countries == ["FR", "US"]
    assert owner.post("/costs/countries", **chosen, countries=["XX"]).status_code == 422
    owner.post("/costs/countries", account=account, which="usual")
    assert account_of(stage).dial_countries is None
    assert "United States (" in words_of(owner.page("/costs"))


def test_a_guest_in_a_country_that_is_not_listed_is_told_before_the_night(stage, owner):
    with stage.world.service.sessions.write() as session:
        session.get_one(Account, stage.account.id).dial_countries = ["FR"]
    assert "in a country that your settings do not let us dial" in words_of(owner.page("/"))


def test_the_number_that_is_shown_has_to_be_the_networks_own(stage, owner, monkeypatch):
    account = account_of(stage).public_id
    network = stage.world.service.telephony
    monkeypatch.setattr(network, "owns", lambda number: number == "+12025550199", raising=False)
    refused = owner.post("/costs/number", account=account, caller_id="+1 202 555 0198")
    assert refused.status_code == 422
    owner.post("/costs/number", account=account, caller_id="+1 202 555 0199")
    assert account_of(stage).caller_id == "+12025550199"


def test_an_incident_shows_what_it_cost(stage, owner):
    stage.call_about_home(owner)
    incident = stage.incident()
    add_cost(stage, incident_id=incident.id)
    page = words_of(owner.page(f"/incidents/{incident.public_id}"))
    assert "call to the guest (FR) · 1:01 · $0.048" in page


def test_the_page_asks_no_more_for_many_legs_and_homes_than_for_one(stage, owner):
    add_cost(stage)
    before = statements(stage, owner, "/costs")
    stage.more_homes(3)
    with stage.world.service.sessions.read() as session:
        homes = list(session.scalars(select(Property.id)))
    for number, home_id in enumerate(homes * 3):
        add_cost(stage, f"more {number}", property_id=home_id)
    assert statements(stage, owner, "/costs") == before
