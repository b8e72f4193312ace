"""One listening socket for all; a server and its connector for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.pms_sync.contract.bench import Bench
from tests.pms_sync.contract.vendors import ENTRIES, Entry
from tests.pms_sync.servers.base import Host
from tests.pms_sync.servers.seed import Seed, a_seed


@pytest.fixture(scope="session")
def pms_host() -> Iterator[Host]:
    """Where servers are mounted."""
    host = Host()
    yield host
    host.close()


@pytest.fixture(params=ENTRIES, ids=lambda entry: entry.name)
def entry(request: pytest.FixtureRequest) -> Entry:
    """Each connector in turn."""
    found: Entry = request.param
    return found


@pytest.fixture
def make_bench(entry: Entry, pms_host: Host) -> Iterator[Callable[[Seed], Bench]]:
    """A bench with a seed of one's own."""
    made: list[Bench] = []

    def make(seed: Seed) -> Bench:
        made.append(Bench(entry, pms_host, entry.server(seed)))
        return made[-1]

    yield make
    for bench in made:
        bench.access.session.close()
        assert bench.server.failures == []


@pytest.fixture
def bench(make_bench: Callable[[Seed], Bench]) -> Bench:
    """A bench with the named bookings."""
    return make_bench(a_seed())
