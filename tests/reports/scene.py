"""The people and things of one home, before anything happens."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from callassist.models import (
    Account,
    Desk,
    Operator,
    Property,
    Sensor,
    SensorConnection,
    Stay,
)
from callassist.storage.vault import Vault
from tests.reports.nights import after


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Ids of the rows."""

    account_id: int
    property_id: int
    stay_id: int
    operator_id: int
    sensor_id: int


def set_scene(session: Session, vault: Vault, name: str) -> Scene:
    """An account with one home, a guest, a level sensor, and a desk with one operator."""
    start = after(-600)
    account = Account(name="Canal Homes", language="fr", created_at=start)
    desk = Desk(name="Night desk", languages=["en", "fr"], created_at=start)
    session.add_all([account, desk])
    session.flush()
    home = Property(
        account_id=account.id,
        name=name,
        timezone="Europe/Paris",
        country="FR",
        created_at=start,
    )
    operator = Operator(
        desk_id=desk.id,
        name="Léa Martin",
        desk_name="Léa",
        languages=["fr"],
        created_at=start,
    )
    connection = SensorConnection(
        account_id=account.id,
        adapter="generic",
        token_hash=name,
        options={},
        created_at=start,
    )
    session.add_all([home, operator, connection])
    session.flush()
    stay = Stay(
        account_id=account.id,
        property_id=home.id,
        guest_name=vault.seal("Camille"),
        check_in_at=start,
        check_out_at=after(2000),
        source="typed",
        typed_fields={},
        created_at=start,
    )
    sensor = Sensor(
        connection_id=connection.id,
        account_id=account.id,
        external_id="s1",
        property_id=home.id,
        kind="level",
        interval_seconds=60,
        created_at=start,
    )
    session.add_all([stay, sensor])
    session.flush()
    return Scene(
        account_id=account.id,
        property_id=home.id,
        stay_id=stay.id,
        operator_id=operator.id,
        sensor_id=sensor.id,
    )
