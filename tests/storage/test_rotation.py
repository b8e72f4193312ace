"""A change of the key while the service runs: nothing is lost, nobody is forgotten."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from sqlalchemy import LargeBinary, select

from callassist.clock import ManualClock
from callassist.errors import SettingsError
from callassist.models import Base, Desk, ServiceFact, Stay, StayNumber, StopEntry
from callassist.storage.facts import put_fact
from callassist.storage.keys import check_key
from callassist.storage.rotation import rotate
from callassist.storage.sealed_columns import INDEXES, NOT_SEALED, SEALED
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault
from tests.incident_log.incidents import open_incident

OLD, NEW = Vault.generate_key(), Vault.generate_key()
NUMBER, STOPPED = "+12025550107", "+12025550199"


def test_every_sealed_and_indexed_column_of_the_models_is_known_to_rotation():
    sealed = {
        (table.name, column.name)
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    indexes = {
        (table.name, column.name)
        for table in Base.metadata.tables.values()
        for column in table.columns
        if column.name.endswith(("number_index", "phone_index"))
    }
    assert sealed == _places(SEALED) | _places(NOT_SEALED)
    assert indexes == _places(INDEXES)


def test_after_a_rotation_the_new_key_alone_opens_and_finds_everything(
    sessions: Sessions, clock: ManualClock
):
    _store(sessions, clock, Vault.from_text(OLD), stays=3)
    both = Vault.from_text(f"{NEW},{OLD}")
    check_key(sessions, both, now=clock.now())
    report = rotate(sessions, both, clock.now())
    assert (report.broken, report.reindexed, report.resealed) == ([], 3, 13)
    alone = Vault.from_text(NEW)
    check_key(sessions, alone, now=clock.now())
    with sessions.read() as session:
        numbers = session.scalars(
            select(StayNumber).where(StayNumber.number_index == alone.index(NUMBER))
        ).all()
        stays = session.scalars(select(Stay)).all()
        desk = session.scalars(select(Desk)).one()
        fact = session.get_one(ServiceFact, "push_key")
    assert [alone.open(one.number) for one in numbers] == [NUMBER] * 3
    assert [alone.open(one.number_raw) for one in numbers] == ["202 555 0107"] * 3
    assert [alone.open(stay.guest_name) for stay in stays if stay.guest_name] == ["Ada"] * 3
    assert alone.open(base64.b64decode(stays[0].imported["sealed"])) == "snapshot"  # type: ignore[index]
    assert desk.duty_phone is None
    assert alone.open(base64.b64decode(fact.value["sealed"])) == "pem"


def test_a_stop_survives_although_its_number_is_kept_nowhere(
    sessions: Sessions, clock: ManualClock
):
    _store(sessions, clock, Vault.from_text(OLD), stays=0)
    rotate(sessions, Vault.from_text(f"{NEW},{OLD}"), clock.now())
    newest = Vault.generate_key()
    middle = Vault.from_text(f"{newest},{NEW}")
    check_key(sessions, middle, now=clock.now())
    assert _is_stopped(sessions, middle)
    rotate(sessions, middle, clock.now())
    alone = Vault.from_text(newest)
    assert not _is_stopped(sessions, alone)
    check_key(sessions, alone, now=clock.now())
    assert _is_stopped(sessions, alone)


def test_the_old_key_is_refused_after_the_rotation(sessions: Sessions, clock: ManualClock):
    old = Vault.from_text(OLD)
    check_key(sessions, old, now=clock.now())
    rotate(sessions, Vault.from_text(f"{NEW},{OLD}"), clock.now())
    with pytest.raises(SettingsError, match="another key"):
        check_key(sessions, old, now=clock.now())


def test_during_a_rotation_a_number_is_found_under_either_key(
    sessions: Sessions, clock: ManualClock
):
    _store(sessions, clock, Vault.from_text(OLD), stays=1)
    both = Vault.from_text(f"{NEW},{OLD}")
    _store(sessions, clock, both, stays=1)
    with sessions.read() as session:
        found = session.scalars(
            select(StayNumber).where(StayNumber.number_index.in_(both.indexes(NUMBER)))
        ).all()
    assert [both.open(one.number) for one in found] == [NUMBER] * 2


def test_a_rotation_that_is_run_again_finds_nothing_to_do(sessions: Sessions, clock: ManualClock):
    _store(sessions, clock, Vault.from_text(OLD), stays=2)
    both = Vault.from_text(f"{NEW},{OLD}")
    rotate(sessions, both, clock.now())
    report = rotate(sessions, both, clock.now())
    assert (report.resealed, report.reindexed, report.broken) == (0, 0, [])


def test_more_rows_than_a_batch_are_all_rotated(sessions: Sessions, clock: ManualClock):
    _store(sessions, clock, Vault.from_text(OLD), stays=1, numbers=1203)
    report = rotate(sessions, Vault.from_text(f"{NEW},{OLD}"), clock.now())
    assert report.reindexed == 1203


def test_a_value_that_no_key_opens_is_named_and_the_old_key_is_kept(
    sessions: Sessions, clock: ManualClock
):
    old = Vault.from_text(OLD)
    check_key(sessions, old, now=clock.now())
    _store(sessions, clock, Vault.from_text(Vault.generate_key()), stays=1)
    report = rotate(sessions, Vault.from_text(f"{NEW},{OLD}"), clock.now())
    assert any(place.startswith("stay_number ") for place in report.broken)
    check_key(sessions, old, now=clock.now())


def _places(registry: dict[str, tuple[str, ...]] | dict[str, dict[str, str | None]]):
    return {(table, column) for table, columns in registry.items() for column in columns}


def _is_stopped(sessions: Sessions, vault: Vault) -> bool:
    with sessions.read() as session:
        query = select(StopEntry).where(StopEntry.number_index.in_(vault.indexes(STOPPED)))
        return session.scalars(query).one_or_none() is not None


def _store(
    sessions: Sessions, clock: ManualClock, vault: Vault, *, stays: int, numbers: int = 1
) -> None:
    """Stays with `numbers` numbers each, a stopped number, and what else is sealed somewhere."""
    now = clock.now()
    with sessions.write() as session:
        incident = open_incident(session, now)
        session.add(Desk(name="Own", languages=["en"], created_at=now))
        session.merge(StopEntry(number_index=vault.index(STOPPED), stopped_at=now, source="sms"))
        pem = base64.b64encode(vault.seal("pem")).decode()
        put_fact(session, "push_key", {"sealed": pem, "public": "x"}, now=now)
        for _ in range(stays):
            stay = Stay(
                account_id=incident.account_id,
                property_id=incident.property_id,
                guest_name=vault.seal("Ada"),
                check_in_at=now,
                check_out_at=now + timedelta(days=3),
                source="typed",
                imported={"sealed": base64.b64encode(vault.seal("snapshot")).decode()},
                typed_fields={},
                created_at=now,
            )
            stay.numbers = [
                StayNumber(
                    position=position,
                    number=vault.seal(NUMBER),
                    number_raw=vault.seal("202 555 0107"),
                    number_index=vault.index(NUMBER),
                    number_mask="+1•••••07",
                    source="typed",
                )
                for position in range(1, numbers + 1)
            ]
            session.add(stay)
