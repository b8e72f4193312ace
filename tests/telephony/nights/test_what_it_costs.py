"""What a night cost, as each network bills it: every leg once, whatever was heard of it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from callassist.escalation.price_reading import read_prices
from callassist.models import Account, PhoneCost
from tests.telephony.nights.conftest import BeginNight
from tests.telephony.nights.night import Night


def prices_read(tonight: Night, **later: float) -> list[PhoneCost]:
    """After so long the prices are read; every cost that is known of."""
    tonight.world.pass_time(step=timedelta(minutes=1), **later)
    service = tonight.world.service
    read_prices(service.escalation, tonight.world.clock.now())
    with service.sessions.read() as session:
        return list(session.scalars(select(PhoneCost).order_by(PhoneCost.id)))


def test_every_leg_is_priced_once_also_when_no_report_of_it_came(night: BeginNight) -> None:
    tonight = night("answers").begin()
    tonight.line.reports("lost")
    tonight.call()
    tonight.until_ended()
    tonight.hang_up()
    costs = prices_read(tonight, minutes=4)
    costs = prices_read(tonight, minutes=6)
    is_one_leg = tonight.world.service.telephony.name == "simulated"
    phones = {cost.whose: cost for cost in costs}
    assert set(phones) == ({"guest"} if is_one_leg else {"guest", "operator"})
    assert len(costs) == len(phones)
    assert [cost.state for cost in costs] == ["known"] * len(costs)
    assert phones["guest"].country == "US"
    assert phones["guest"].amount == (Decimal("0.024") if is_one_leg else Decimal("0.014"))
    assert (phones["guest"].currency, phones["guest"].payer) == ("USD", "service")


def test_a_call_that_did_not_connect_costs_nothing_and_says_so(night: BeginNight) -> None:
    tonight = night("busy").begin()
    tonight.call()
    tonight.until_ended()
    costs = prices_read(tonight, minutes=4)
    (guest,) = [cost for cost in costs if cost.whose == "guest"]
    assert (guest.state, guest.amount, guest.seconds) == ("known", Decimal(0), 0)


def test_a_country_that_is_not_listed_is_never_dialled(night: BeginNight) -> None:
    tonight = night("answers").begin()
    with tonight.world.service.sessions.write() as session:
        for account in session.scalars(select(Account)):
            account.dial_countries = ["FR"]
    tonight.call()
    assert tonight.rang() == 0
    assert tonight.line.placed() == 0
    assert tonight.attempts() == []
    assert tonight.stage.incident().state == "calling_host"
