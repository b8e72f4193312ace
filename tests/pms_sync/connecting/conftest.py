"""A server of that system, and an opener that knows both."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from callassist.pms_sync.access import Patience
from callassist.pms_sync.opening import Opener
from callassist.settings import OAuthClient, PmsSettings
from callassist.storage.sessions import Sessions
from tests.accounts.scenes import VAULT, Firm, firm
from tests.pms_sync.connecting.system import REAL, Plain
from tests.pms_sync.servers.base import Host, serving
from tests.pms_sync.servers.plain import PlainServer


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    with serving() as host:
        yield host


@pytest.fixture
def server(host: Host) -> Iterator[PlainServer]:
    server = PlainServer()
    server.says = (200, {}, {"name": "Maisons Exemple"})
    host.mount(server)
    yield server
    assert server.failures == []


@pytest.fixture
def opener(sessions: Sessions, server: PlainServer) -> Opener:
    return Opener(
        sessions=sessions,
        vault=VAULT,
        settings=PmsSettings(
            base_urls={"plain": server.base_url},
            oauth={"plain": OAuthClient(client_id="us", client_secret="client-secret")},
        ),
        connectors={"plain": Plain()},
        patience=Patience(turn=0, tries=1),
        clock=lambda: REAL,
    )


@pytest.fixture
def place(sessions: Sessions) -> Firm:
    with sessions.write() as session:
        return firm(session)
