"""The demo's homes get their guests from three booking systems, by the adapters hosts use."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from callassist.demo.bookings import VENDORS, BookingServer
from callassist.demo.cast import CAST
from callassist.demo.connecting import connect_systems
from callassist.demo.scene import set_scene
from callassist.models import ImportRun, PmsListing, Property, Sensor, SensorConnection, Stay
from callassist.settings import load_settings
from callassist.storage.keys import check_key
from callassist.storage.vault import Vault

NIGHT = datetime(2026, 8, 1, 20, tzinfo=UTC)


@pytest.fixture
def demo(sessions, tmp_path):
    """The scene with its systems read once."""
    vault = Vault.from_text(Vault.generate_key())
    check_key(sessions, vault, now=NIGHT)
    with sessions.write() as session:
        set_scene(session, vault, NIGHT)
    server = BookingServer(CAST, NIGHT.date())
    server.start()
    settings = load_settings({"CALLASSIST_DATA_DIR": str(tmp_path)}, dotenv=None)
    connect_systems(settings, server.base_urls, sessions, vault, NIGHT)
    yield sessions, vault
    server.stop()


def test_every_guest_of_the_cast_is_there_with_the_number_that_makes_the_story(demo):
    sessions, vault = demo
    with sessions.read() as session:
        stays = select(Stay, Property).join(Property, Property.id == Stay.property_id)
        tonight = stays.where(Stay.check_in_at <= NIGHT, Stay.check_out_at > NIGHT)
        found = {
            home.name: (
                vault.open(stay.guest_name),
                stay.language,
                tuple(vault.open(one.number) for one in stay.numbers),
                stay.source,
            )
            for stay, home in session.execute(tonight)
        }
    assert found == {
        home.name: (home.guest, home.language, home.guest_numbers, home.booked_by or "typed")
        for home in CAST
    }


def test_three_systems_were_read_without_an_error_and_one_listing_is_no_home(demo):
    sessions, _vault = demo
    with sessions.read() as session:
        runs = list(session.scalars(select(ImportRun).order_by(ImportRun.id)))
        homeless = select(PmsListing.name).where(PmsListing.property_id.is_(None))
        assert [(run.source, run.error, run.is_complete) for run in runs] == [
            (vendor, None, True) for vendor in VENDORS
        ]
        assert session.scalars(homeless).all() == ["Boathouse"]


def test_somebody_arrives_whose_number_nobody_knows(demo):
    sessions, _vault = demo
    with sessions.read() as session:
        coming = session.scalars(select(Stay).where(Stay.check_in_at > NIGHT)).all()
        assert sorted(len(stay.numbers) for stay in coming) == [0, 0, 0, 1, 1, 1]


def test_the_sensors_are_of_three_brands(demo):
    sessions, _vault = demo
    with sessions.read() as session:
        query = select(SensorConnection.adapter).join(
            Sensor, Sensor.connection_id == SensorConnection.id
        )
        assert set(session.scalars(query)) == {"generic", "minut", "home_assistant"}
