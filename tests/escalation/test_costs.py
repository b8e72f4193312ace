"""What calls and texts cost: once for each leg, asked again until it is known, capped."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from callassist.domain.phone_costs import CostState
from callassist.domain.spending import Caps, Period
from callassist.errors import TransientError
from callassist.escalation import budgets, price_reading
from callassist.escalation.costs import note_attempt
from callassist.escalation.shown_number import check_shown_numbers, shown_number
from callassist.models import (
    Account,
    CallAttempt,
    Incident,
    IncidentLogEntry,
    OutboxEntry,
    PhoneCost,
    Property,
)
from callassist.ports.pricing import LegPrice
from callassist.telephony.simulated.prices import PER_MINUTE, PER_TEXT
from tests.escalation.laddering import loud, warned
from tests.escalation.night import NO_ANSWER


@dataclass
class Prices:
    """What a network says of its prices, as a test wants it."""

    legs: dict[str, LegPrice] = field(default_factory=dict)
    asked: int = 0
    down: bool = False

    def of_call(self, call_id: str) -> list[LegPrice]:
        self.asked += 1
        if self.down:
            raise TransientError("down")
        return [leg for leg in self.legs.values() if call_id in (leg.leg_id, leg.parent_id)]

    def of_text(self, text_id: str) -> LegPrice | None:
        self.asked += 1
        return self.legs.get(text_id)


@pytest.fixture
def called(night, monkeypatch):
    """A night in which the guest was reached, and the network's prices."""
    home = night()
    home.available()
    home.noise_for_30_minutes()
    home.work("guest_agreed")
    prices = Prices()
    monkeypatch.setattr(home.network, "_prices", prices)
    return home, prices


def read(home, **later: float) -> int:
    if later:
        home.clock.advance(**later)
    return price_reading.read_prices(home.ctx, home.clock.now())


def costs(home) -> list[PhoneCost]:
    with home.sessions.read() as session:
        return list(session.scalars(select(PhoneCost).order_by(PhoneCost.id)))


def set_account(home, **values: Any) -> None:
    with home.sessions.write() as session:
        account = session.scalars(select(Account)).first()
        for name, value in values.items():
            setattr(account, name, value)


def spent(home, amount: str, currency: str = "USD", leg: str = "earlier") -> None:
    """Something of today has cost so much."""
    with home.sessions.write() as session:
        session.add(
            PhoneCost(
                account_id=session.scalars(select(Account.id)).first(),
                kind="call",
                whose="guest",
                provider="simulated",
                leg_id=leg,
                payer="service",
                asked_at=home.clock.now(),
                state="known",
                estimate=Decimal(0),
                amount=Decimal(amount),
                currency=currency,
            )
        )


def notices(home) -> list[str]:
    with home.sessions.read() as session:
        query = select(OutboxEntry.key).where(OutboxEntry.key.startswith("spending:"))
        return [key.rpartition(":")[2] for key in session.scalars(query.order_by(OutboxEntry.id))]


def entries(home, action: str) -> list[dict[str, Any]]:
    with home.sessions.read() as session:
        query = select(IncidentLogEntry).where(IncidentLogEntry.action == action)
        return [entry.data for entry in session.scalars(query.order_by(IncidentLogEntry.id))]


def test_a_call_is_priced_once_after_the_network_knows(night):
    home = night()
    home.available()
    home.noise_for_30_minutes()
    home.work("guest_agreed")
    (cost,) = costs(home)
    assert (cost.state, cost.country, cost.whose, cost.payer) == (
        *("waiting", "US", "guest"),
        "service",
    )
    assert read(home, minutes=2) == 1
    (cost,) = costs(home)
    assert (cost.amount, cost.currency) == (PER_MINUTE * 2, "USD")
    assert read(home, days=1) == 0


def test_the_same_leg_settled_twice_is_one_cost(called):
    home, _ = called
    with home.sessions.write() as session:
        attempt = session.scalars(select(CallAttempt)).one()
        incident = session.get_one(Incident, attempt.incident_id)
        note_attempt(session, home.ctx, attempt, incident, home.clock.now())
    assert len(costs(home)) == 1


def test_a_price_that_never_comes_is_asked_for_less_and_less_and_then_given_up(called):
    home, prices = called
    for _ in range(24 * 8):
        read(home, hours=1)
    (cost,) = costs(home)
    assert (cost.state, cost.amount, cost.ask_at) == (CostState.UNKNOWN, None, None)
    assert 8 <= prices.asked <= 12


def test_a_network_that_is_down_is_asked_again(called):
    home, prices = called
    (cost,) = costs(home)
    prices.down = True
    assert read(home, minutes=2) == 0
    prices.down = False
    prices.legs = {cost.leg_id: LegPrice(leg_id=cost.leg_id, amount=Decimal("0.1"), currency="EUR")}
    assert read(home, minutes=5) == 1
    assert costs(home)[0].amount == Decimal("0.1")


def test_a_price_that_comes_twice_is_stored_once_and_never_changed(called):
    home, prices = called
    (cost,) = costs(home)
    leg = LegPrice(leg_id=cost.leg_id, amount=Decimal("0.1"), currency="EUR")
    prices.legs = {cost.leg_id: leg}
    late: list[bool] = []

    def of_call(call_id: str) -> list[LegPrice]:
        if not late:  # another worker was as fast
            late.append(True)
            with home.sessions.write() as session:
                row = session.scalars(select(PhoneCost)).one()
                row.ask_at = home.clock.now()
            price_reading.read_prices(home.ctx, home.clock.now())
            prices.legs[cost.leg_id] = replace(leg, amount=Decimal("9"))
        return Prices.of_call(prices, call_id)

    prices.of_call = of_call
    read(home, minutes=2)
    assert [one.amount for one in costs(home)] == [Decimal("0.1")]


def test_a_leg_that_nobody_told_us_of_is_paid_for_all_the_same(called):
    home, prices = called
    (cost,) = costs(home)
    first = LegPrice(leg_id=cost.leg_id, amount=Decimal("0.1"), currency="EUR")
    child = replace(first, leg_id="child", parent_id=cost.leg_id, to="+33612345678")
    prices.legs = {"first": first, "child": child}
    assert read(home, minutes=2) == 2
    assert [(one.leg_id, one.country) for one in costs(home)][1] == ("child", "FR")
    assert read(home, days=1) == 0


def test_refunds_and_another_currency_are_kept_as_they_are(called):
    home, prices = called
    set_account(home, day_cap=Decimal("10"))
    (cost,) = costs(home)
    refund = LegPrice(leg_id=cost.leg_id, amount=Decimal("-0.0075"), currency="EUR")
    prices.legs = {cost.leg_id: refund}
    read(home, minutes=2)
    spent(home, "2")
    with home.sessions.read() as session:
        (day,) = budgets.budgets(session, home.ctx, cost.account_id, home.clock.now())
        total = session.scalar(select(func.sum(PhoneCost.amount, type_=PhoneCost.amount.type)))
    assert dict(day.known) == {"EUR": Decimal("-0.0075"), "USD": Decimal("2")}
    assert (day.period, day.used, total) == (Period.DAY, Decimal("2"), Decimal("1.9925"))


def test_half_of_a_cap_and_all_of_it_are_told_once_each(called):
    home, _prices = called
    set_account(home, month_cap=Decimal("10"))
    for amount, told in (("4", []), ("1", ["half"]), ("0.1", ["half"]), ("5", ["half", "reached"])):
        spent(home, amount, leg=amount)
        with home.sessions.write() as session:
            session.execute(delete(PhoneCost).where(PhoneCost.state == "waiting"))
            account_id = session.scalars(select(Account.id)).first()
            budgets.tell_marks(session, home.ctx, account_id, home.clock.now())
        assert notices(home) == told


def test_at_a_cap_the_text_stays_home_with_the_reason_and_the_first_call_goes_out(ladder_home):
    home = ladder_home()
    home.available()
    set_account(home, day_cap=Decimal("5"))
    home.noise_begins()
    spent(home, "5")
    loud(home, 11)
    assert warned(home) == [(1, False, "cap_account_day")]
    set_account(home, day_cap=Decimal("50"))  # changed in mid-night: it holds at once
    loud(home, 10)
    assert warned(home)[1] == (2, True, "allowed")
    (text,) = [one for one in costs(home) if one.kind == "text"]
    assert (text.state, text.estimate) == ("waiting", Decimal("0.3"))
    read(home, minutes=2)
    assert [one.amount for one in costs(home) if one.kind == "text"] == [PER_TEXT]


def test_at_a_cap_a_first_call_goes_out_and_a_second_becomes_a_call_to_the_host(night):
    home = night(guest_numbers=(NO_ANSWER,))
    home.ctx = replace(home.ctx, caps=Caps(day=Decimal("1")))
    home._start()
    home.available()
    spent(home, "1")
    home.noise_for_30_minutes()
    home.work("no_answer")
    assert home.log().count("dial_started") == 1
    home.pass_time(minutes=6)
    home.accept()
    home.dial()
    assert home.incident.state == "calling_host"
    said = [entry["stopped"] for entry in entries(home, "cap_reached")]
    assert said == [False, True]
    home.pass_time(seconds=20)
    home.work("host_reached")
    assert home.incident.first_contact == "host"


def test_calls_that_still_run_count_before_they_end(night):
    home = night()
    home.available()
    set_account(home, day_cap=Decimal("100"))
    home.noise_for_30_minutes()
    home.accept()
    home.dial()
    with home.sessions.read() as session:
        account_id = session.scalars(select(Account.id)).first()
        (day,) = budgets.budgets(session, home.ctx, account_id, home.clock.now())
    assert day.used == Decimal("5")  # two legs of five minutes


def test_a_country_that_the_owner_did_not_list_is_not_dialled_and_the_host_is(night):
    home = night()
    home.available()
    set_account(home, dial_countries=["FR"])
    home.noise_for_30_minutes()
    home.accept()
    home.dial()
    assert home.incident.state == "calling_host"
    (refused,) = entries(home, "number_refused")
    assert (refused["reason"], refused["country"]) == ("country_not_allowed", "US")
    assert not home.network.calls()


def test_no_text_goes_to_a_country_that_the_owner_did_not_list(ladder_home):
    home = ladder_home()
    set_account(home, dial_countries=["FR"])
    home.noise_begins()
    loud(home, 11)
    assert warned(home) == [(1, False, "country_not_allowed")]


def test_a_number_that_is_not_the_networks_any_more_is_not_shown(called, monkeypatch):
    home, _prices = called
    set_account(home, caller_id="+12025550102")
    with home.sessions.write() as session:
        session.scalars(select(Property)).one().caller_id = "+12025550101"
    owned = {"+12025550101", "+12025550102"}
    monkeypatch.setattr(home.network, "owns", lambda number: number in owned, raising=False)

    def shown() -> str | None:
        check_shown_numbers(home.ctx, home.clock.now())
        with home.sessions.read() as session:
            incident = session.scalars(select(Incident)).one()
            return shown_number(session, incident.account_id, "simulated", incident.id)

    assert shown() == "+12025550101"
    owned.discard("+12025550101")
    assert shown() == "+12025550102"
    owned.clear()
    assert shown() is None

    def down(_number: str) -> bool:
        raise TransientError("down")

    monkeypatch.setattr(home.network, "owns", down, raising=False)
    assert shown() is None  # what was known stays
