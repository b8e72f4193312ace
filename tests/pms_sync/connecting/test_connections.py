"""Connections: tried before they are kept, sealed, and of one account only."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from callassist.domain.viewer import Role
from callassist.errors import Forbidden, InvalidInput, NotFound
from callassist.pms_sync import connections
from callassist.pms_sync.connections import Tried
from callassist.pms_sync.opening import Opener, verify_typed
from callassist.ports.pms import Verified
from callassist.ports.pms_access import CredentialsRefused, Token
from callassist.storage.sessions import Sessions
from tests.accounts.scenes import NOW, VAULT, Firm, firm
from tests.pms_sync.connecting.system import KEY, REAL, US, connected
from tests.pms_sync.servers.plain import PlainServer


def test_a_connection_is_tried_sealed_and_read_at_once(opener: Opener, place: Firm):
    connection = connected(opener, place)
    assert connection.account_there == "Maisons Exemple"
    assert KEY.encode() not in connection.credentials
    assert (connection.next_run_at, connection.wanted) == (NOW, "full")
    access = opener.open(connection.id)
    with access.session:
        assert access.credentials == {"key": KEY}
        assert access.base_url.endswith("/v1")
        assert opener.connector("plain").verify(access) == Verified(account="Maisons Exemple")
    assert KEY not in repr(access)


def test_what_is_wrong_is_never_kept(opener: Opener, server: PlainServer):
    with pytest.raises(InvalidInput):
        verify_typed(opener, "plain", {"key": ""})
    assert server.requests == []
    server.says = (401, {}, {})
    with pytest.raises(CredentialsRefused):
        verify_typed(opener, "plain", {"key": KEY})
    with pytest.raises(NotFound):
        verify_typed(opener, "nobody", {})


def test_the_token_that_came_of_trying_is_the_first_of_the_connection(
    opener: Opener, place: Firm, server: PlainServer
):
    connection = connected(opener, place)
    access = opener.open(connection.id)
    with access.session:
        assert access.token(lambda: pytest.fail("there is one"), most_a_day=2) == "by-key"
        access.forget_token()
        opener.connector("plain").verify(access)
        access.forget_token()
        with pytest.raises(Exception, match="no more access tokens"):
            opener.connector("plain").verify(access)


def test_others_neither_find_nor_change_a_connection(opener: Opener, place: Firm):
    connection = connected(opener, place)
    with opener.sessions.write() as session:
        other = firm(session, "Other Homes").owner
        assert connections.connections_of(session, other) == []
        for act in (
            lambda: connections.find_connection(session, other, connection.public_id),
            lambda: connections.disable(session, other, connection.public_id, now=NOW),
            lambda: connections.rotate_hook_token(session, VAULT, other, connection.public_id),
        ):
            with pytest.raises(NotFound):
                act()
        roles = {place.account.id: frozenset({Role.VIEWER})}
        looker = replace(place.owner, account_roles=roles)
        assert connections.find_connection(session, looker, connection.public_id).id
        with pytest.raises(Forbidden):
            connections.disable(session, looker, connection.public_id, now=NOW)
    with pytest.raises(Forbidden):
        connected(opener, place, viewer=looker)


def test_the_address_of_hooks_finds_the_connection_until_it_changes(opener: Opener, place: Firm):
    connection = connected(opener, place)
    with opener.sessions.write() as session:
        address = connections.hook_address(VAULT, connection, US + "/")
        assert address.startswith(f"{US}/hooks/pms/plain/")
        token = address.rpartition("/")[2]
        found = connections.of_hook_token(session, "plain", token)
        assert found is not None
        assert connections.of_hook_token(session, "guesty", token) is None
        fresh = connections.rotate_hook_token(session, VAULT, place.owner, connection.public_id)
        assert connections.of_hook_token(session, "plain", token) is None
        assert connections.of_hook_token(session, "plain", fresh) is not None
        connections.disable(session, place.owner, connection.public_id, now=NOW)
        assert connections.of_hook_token(session, "plain", fresh) is None


def test_other_credentials_end_what_went_wrong(opener: Opener, place: Firm, sessions: Sessions):
    connection = connected(opener, place)
    with sessions.write() as session:
        row = connections.disable(session, place.owner, connection.public_id, now=NOW)
        row.failures, row.error, row.error_field = 3, "refused", "key"
    token = Token(access="newer", expires_at=REAL + timedelta(hours=1))
    with sessions.write() as session:
        row = connections.replace_credentials(
            session,
            VAULT,
            place.owner,
            connection.public_id,
            credentials={"key": "another"},
            tried=Tried(verified=Verified(), token=token, at=REAL),
            now=NOW,
        )
        assert (row.failures, row.error, row.error_field, row.disabled_at) == (0, None, None, None)
        assert (row.wanted, row.account_there) == ("full", "Maisons Exemple")
    access = opener.open(connection.id)
    with access.session:
        assert access.credentials == {"key": "another"}
        assert access.token(lambda: pytest.fail("there is one")) == "newer"


def test_an_account_has_no_end_of_connections(
    opener: Opener, place: Firm, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(connections, "MOST_CONNECTIONS", 1)
    connected(opener, place)
    with pytest.raises(InvalidInput):
        connected(opener, place)
