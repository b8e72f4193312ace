"""Ways of connecting that are not the usual one, over HTTP."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from callassist.errors import TransientError
from callassist.pms_sync.vendors.guesty_requests import LEGACY_ENDS
from callassist.ports.pms import Reservation
from callassist.ports.pms_access import CredentialsRefused
from tests.pms_sync.contract.bench import Bench
from tests.pms_sync.contract.vendors import ENTRIES, Entry
from tests.pms_sync.servers import seed as names
from tests.pms_sync.servers.base import Host, VendorServer
from tests.pms_sync.servers.beds24 import LONG_LIFE_TOKEN, Beds24Server
from tests.pms_sync.servers.guesty import GuestyServer
from tests.pms_sync.servers.hostaway import HostawayServer
from tests.pms_sync.servers.lodgify import LodgifyServer
from tests.pms_sync.servers.mews import MewsServer
from tests.pms_sync.servers.seed import a_seed
from tests.pms_sync.servers.smoobu import API_KEY, SmoobuServer


def _bench(host: Host, server: VendorServer, **other: Any) -> Bench:
    return Bench(replace(_entry(server.vendor), **other), host, server)


def _long_before_the_old_list_ends(bench: Bench) -> Bench:
    bench.access.clock = lambda: LEGACY_ENDS - timedelta(days=98)
    return bench


def _entry(vendor: str) -> Entry:
    return next(one for one in ENTRIES if one.name == vendor)


def test_guestys_old_list_has_the_same_reservations_and_their_guests(pms_host: Host):
    new = _long_before_the_old_list_ends(_bench(pms_host, GuestyServer()))
    legacy = _bench(pms_host, GuestyServer(), options={"reservations": "legacy"})
    old = _long_before_the_old_list_ends(legacy)
    listed, before = new.reservations(), old.reservations()
    assert {key: one.state for key, one in listed.items()} == {
        key: one.state for key, one in before.items()
    }
    for key in (names.PLAIN, names.SEVERAL):  # the old list carries the first number only
        first, *_ = new.contact(new.one(key)).numbers
        assert old.contact(old.one(key)).numbers == (first,)
    assert not old.server.asked("reservations-v3")


def test_guestys_old_list_is_read_to_its_last_page(pms_host: Host):
    bench = _bench(pms_host, GuestyServer(a_seed(more=207)), options={"reservations": "legacy"})
    assert len(bench.reservations()) >= 207
    assert len(bench.server.asked("GET /v1/reservations")) == 3


def test_bookings_that_guestys_new_list_leaves_out_are_warned_of_at_once(pms_host: Host):
    server = GuestyServer()
    bench = _long_before_the_old_list_ends(_bench(pms_host, server))
    assert bench.connector.verify(bench.access).warnings == ()
    server.searched = [one for one in server.searched if one["source"] != "bookingCom"]
    (warning,) = bench.connector.verify(bench.access).warnings
    assert "Booking.com" in warning


def test_guesty_gives_five_tokens_and_the_sixth_has_to_wait(pms_host: Host):
    server = GuestyServer()
    for _ in range(5):
        bench = _bench(pms_host, server)
        bench.connector.verify(bench.access)
    assert len(server.tokens) == 5
    assert len(server.asked("/oauth2/token")) == 5  # one for each Access, however much it asks
    bench = _bench(pms_host, server)
    with pytest.raises(TransientError):
        bench.connector.verify(bench.access)


def test_a_new_token_of_hostaway_has_rested_when_it_is_used(pms_host: Host):
    server = HostawayServer()
    server.ripens_after = timedelta(seconds=1)
    assert len(_bench(pms_host, server, options={}).reservations()) >= 5


def test_smoobus_key_alone_works_for_as_long_as_smoobu_takes_it(pms_host: Host):
    server = SmoobuServer()
    server.takes_plain_keys = True
    bench = _bench(pms_host, server, credentials=lambda _: {"api_key": API_KEY})
    (warning,) = bench.connector.verify(bench.access).warnings
    assert "31 October 2026" in warning
    assert all(isinstance(one, Reservation) for one in bench.read())
    server.takes_plain_keys = False
    with pytest.raises(CredentialsRefused) as refused:
        list(bench.read())
    assert refused.value.field == "api_key"


def test_a_wrong_secret_of_smoobu_is_told_from_a_wrong_key(pms_host: Host):
    server = SmoobuServer()
    server.takes_plain_keys = True
    bench = _bench(pms_host, server)
    with pytest.raises(CredentialsRefused) as refused:
        bench.connector.verify(bench.open(other={"api_secret": "another"}))
    assert refused.value.field == "api_secret"


def test_a_key_that_lodgify_refuses_in_its_old_way_is_a_wrong_key(pms_host: Host):
    server = LodgifyServer(auth_error=500)
    bench = _bench(pms_host, server)
    with pytest.raises(CredentialsRefused) as refused:
        bench.connector.verify(bench.open(other={"api_key": "sample-lodgify-key-9999"}))
    assert refused.value.field == "api_key"


def test_a_long_life_token_of_beds24_reads_what_a_code_reads(pms_host: Host):
    by_code = _bench(pms_host, Beds24Server())
    by_token = _bench(
        pms_host, Beds24Server(), credentials=lambda _: {"long_life_token": LONG_LIFE_TOKEN}
    )
    by_token.connector.verify(by_token.access)
    assert by_token.reservations() == by_code.reservations()
    assert by_token.server.asked("/authentication/setup") == []
    with pytest.raises(CredentialsRefused) as refused:
        by_token.connector.verify(by_token.open(other={"long_life_token": "another-long-life"}))
    assert refused.value.field == "long_life_token"


def test_a_code_of_beds24_is_used_once_however_much_is_read(pms_host: Host):
    bench = _bench(pms_host, Beds24Server())
    bench.connector.verify(bench.access)
    assert bench.listings()
    assert bench.reservations()
    assert len(bench.server.asked("/authentication/setup")) == 1


def test_what_mews_finds_too_heavy_is_read_in_smaller_pieces(pms_host: Host):
    bench = _bench(pms_host, MewsServer())
    whole = bench.reservations()
    bench.server.faults.status(408, matching=bench.server.reservations_line, times=2)
    assert bench.reservations() == whole
