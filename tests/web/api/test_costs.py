"""What calls and texts cost, through the API: decimals as text, one account's own."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select

from callassist.models import Account, PhoneCost, Property
from tests.web.scene import Scene
from tests.web.world import World


def test_a_month_comes_by_home_and_currency_with_what_has_no_price(world_on_each: World) -> None:
    world, scene = world_on_each, Scene(world_on_each, "Seaside Homes")
    with world.service.sessions.write() as session:
        home = session.scalars(select(Property).where(Property.public_id == scene.home)).one()
        other = Account(name="Other", created_at=world.clock.now())
        session.add(other)
        session.flush()
        for leg, account_id, currency, amount in (
            ("one", home.account_id, "USD", "0.1"),
            ("two", home.account_id, "USD", "0.200000001"),
            ("three", home.account_id, "EUR", "-0.05"),
            ("four", home.account_id, None, None),
            ("five", other.id, "USD", "99"),
        ):
            row = PhoneCost(
                account_id=account_id,
                property_id=home.id,
                kind="call",
                whose="guest",
                provider="simulated",
                leg_id=leg,
                payer="service",
                asked_at=world.clock.now(),
                state="known" if amount else "waiting",
                estimate=Decimal("0.5"),
                amount=Decimal(amount) if amount else None,
                currency=currency,
            )
            session.add(row)
    found = world.get("/costs", scene.host)
    total = {
        "amounts": [
            {"amount": "-0.05", "currency": "EUR"},
            {"amount": "0.300000001", "currency": "USD"},
        ],
        "paid_by_account": [],
        "calls": 4,
        "texts": 0,
        "waiting": 1,
        "unknown": 0,
    }
    assert found["total"] == total
    assert found["homes"] == [{**total, "property": scene.home}]
    assert world.get("/costs?month=2020-02", scene.host)["homes"] == []
    assert world.ask("GET", "/costs?month=2020-13", scene.host).status_code == 422
    table = world.ask("GET", "/costs.csv", scene.host).get_data(as_text=True)
    assert len(table.splitlines()) == 5
    assert "99" not in table
