"""Addresses for sensors, their secrets, and pairing what was heard."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from sqlalchemy.orm import Session

from callassist.accounts.connections import (
    NewConnection,
    connections,
    create_connection,
    drop_previous_secret,
    hash_token,
    rotate_secret,
    set_enabled,
)
from callassist.accounts.sensors import pair_sensor, sensors, unpair_sensor, unpaired_sensors
from callassist.errors import InvalidInput, NotFound
from callassist.models import Sensor
from callassist.storage.sessions import Sessions
from tests.accounts.scenes import NOW, VAULT, Firm, firm


def refuse_all(options: Mapping[str, object]) -> None:
    """Options of a brand that has none."""
    if options:
        raise InvalidInput("unknown option", min(options))


ADAPTERS = {"generic": refuse_all}


def connect(session: Session, place: Firm, **values: object) -> NewConnection:
    """A generic connection of the firm."""
    return create_connection(
        session,
        VAULT,
        place.owner,
        place.account,
        "generic",
        now=NOW,
        adapters=ADAPTERS,
        **values,  # type: ignore[arg-type]
    )


def heard(session: Session, place: Firm, external_id: str = "s-1") -> Sensor:
    """A sensor that posted for the first time."""
    sensor = Sensor(
        connection_id=connect(session, place).connection.id,
        account_id=place.account.id,
        external_id=external_id,
        kind="level",
        created_at=NOW,
    )
    session.add(sensor)
    session.flush()
    return sensor


def test_address_and_secret_are_shown_once_and_stored_unreadable(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = firm(session)
        new = connect(session, place, name="Hall")
        assert new.path == f"/hooks/sensors/generic/{new.token}"
        assert new.connection.token_hash == hash_token(new.token)
        assert new.secret is not None
        assert new.secret.startswith("whsec_")
        assert VAULT.open(new.connection.secret or b"") == new.secret
        assert connections(session, place.owner) == [new.connection]
        assert connections(session, firm(session, "Other Homes").owner) == []


def test_after_a_rotation_the_secret_before_is_still_accepted(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = firm(session)
        new = connect(session, place)
        public_id = new.connection.public_id
        second = rotate_secret(session, VAULT, place.owner, public_id)
        assert second != new.secret
        assert VAULT.open(new.connection.secret or b"") == second
        assert VAULT.open(new.connection.previous_secret or b"") == new.secret
        drop_previous_secret(session, place.owner, public_id)
        assert new.connection.previous_secret is None
        given = rotate_secret(session, VAULT, place.owner, public_id, "from-the-vendor")
        assert given == "from-the-vendor"


def test_a_connection_without_signature_or_with_bad_options(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = firm(session)
        assert connect(session, place, signed=False).connection.secret is None
        with pytest.raises(InvalidInput, match="colour"):
            connect(session, place, options={"colour": "red"})
        with pytest.raises(InvalidInput, match="use one of generic"):
            create_connection(
                session,
                VAULT,
                place.owner,
                place.account,
                "acme",
                now=NOW,
                adapters=ADAPTERS,
            )


def test_an_address_can_be_closed_and_opened_again(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = firm(session)
        public_id = connect(session, place).connection.public_id
        closed = set_enabled(session, place.owner, public_id, False, now=NOW)
        assert closed.disabled_at == NOW
        assert set_enabled(session, place.owner, public_id, True, now=NOW).disabled_at is None
        with pytest.raises(NotFound):
            set_enabled(session, firm(session, "B C").owner, public_id, False, now=NOW)


def test_a_new_sensor_waits_until_it_is_paired_with_a_home(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = firm(session)
        sensor = heard(session, place)
        assert unpaired_sensors(session, place.owner) == [sensor]
        pair_sensor(
            session,
            place.owner,
            sensor.public_id,
            place.home.public_id,
            name="Living room",
            interval_seconds=600,
        )
        assert unpaired_sensors(session, place.owner) == []
        assert (sensor.property_id, sensor.interval_seconds) == (place.home.id, 600)
        assert sensors(session, place.owner, place.account.id) == [sensor]
        unpair_sensor(session, place.owner, sensor.public_id)
        assert unpaired_sensors(session, place.owner) == [sensor]


def test_a_sensor_is_paired_within_its_account_only(sessions: Sessions) -> None:
    with sessions.write() as session:
        place, other = firm(session), firm(session, "Other Homes")
        sensor = heard(session, place)
        for viewer, home in ((other.owner, other.home), (place.owner, other.home)):
            with pytest.raises(NotFound):
                pair_sensor(session, viewer, sensor.public_id, home.public_id)
        with pytest.raises(InvalidInput, match="interval_seconds"):
            pair_sensor(
                session,
                place.owner,
                sensor.public_id,
                place.home.public_id,
                interval_seconds=0,
            )
