"""Every booking system, set up as a new host would: typed in, read, and its homes proposed."""

from __future__ import annotations

from callassist.models import ImportRun, PmsListing, PmsReservation
from callassist.pms_sync.access import Patience
from callassist.pms_sync.running import run_connection
from callassist.ports.pms import ReservationState
from callassist.settings import PmsSettings
from tests.pms_sync.contract.vendors import ENTRIES
from tests.pms_sync.servers.base import serving
from tests.web.pages.browser import words_of
from tests.web.pages.host.systems_stage import of
from tests.web.pages.stage import OWNER, Stage


def test_a_new_host_connects_every_system_and_sees_its_homes(stage: Stage) -> None:
    owner, service = stage.sign_in(OWNER), stage.world.service
    service.opener.patience = Patience(turn=5, tries=1)
    service.opener.allow_loopback = True  # the calendar's address is one of this machine
    entries = {entry.vendor: entry for entry in reversed(ENTRIES)}  # the usual way of each
    servers = {vendor: entry.server() for vendor, entry in entries.items()}
    with serving(*servers.values()):
        service.opener.settings = PmsSettings(
            base_urls={vendor: server.base_url for vendor, server in servers.items()}, oauth={}
        )
        for vendor, entry in entries.items():
            server = servers[vendor]
            typed = {"called": f"My {vendor}", **entry.credentials(server)}
            answer = owner.post(f"/systems/new/{vendor}", **typed)
            assert answer.status_code == 302, f"{vendor}: {words_of(answer.text)[600:1400]}"
            with service.sessions.read() as session:
                number = of(session, answer.location.rpartition("/")[2]).id
            run_connection(service.systems.sync, number)
            with service.sessions.read() as session:
                run = session.query(ImportRun).filter_by(connection_id=number).one()
                assert (run.error, run.is_complete) == (None, True), vendor
                homes = session.query(PmsListing).filter_by(connection_id=number).count()
                assert homes == len(server.seed.listings), vendor
                stays = session.query(PmsReservation).filter_by(
                    connection_id=number, state=str(ReservationState.STAYS)
                )
                assert stays.count() > 0, vendor
            page = owner.page(f"{answer.location}/listings")
            assert all(home.name in page for home in server.seed.listings), vendor
