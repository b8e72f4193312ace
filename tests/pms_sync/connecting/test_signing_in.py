"""A host connects by signing in at the system: leaving for it, and coming back once."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from callassist.errors import Forbidden, NotFound
from callassist.pms_sync import oauth
from callassist.pms_sync.opening import Opener
from callassist.ports.pms_access import CredentialsRefused
from callassist.settings import PmsSettings
from callassist.storage.sessions import Sessions
from tests.accounts.scenes import NOW, Firm, firm
from tests.pms_sync.connecting.system import REAL, US, connected
from tests.pms_sync.servers.base import Reply
from tests.pms_sync.servers.plain import PlainServer


class SignIn:
    """The system's side of a sign-in; code "good" is worth a token, once."""

    def __init__(self, server: PlainServer) -> None:
        self.forms: list[dict[str, list[str]]] = []
        self.challenge = ""
        self.is_taken_back = False
        server.does = self.answer

    def answer(self, line: str, headers: Mapping[str, str], body: bytes) -> Reply:
        if line == "GET /v1/me":
            is_ours = headers.get("authorization", "").startswith("Bearer signed-in-")
            return (200, {}, {"name": "Maisons Exemple"}) if is_ours else (401, {}, {})
        assert line == "POST /oauth/token"
        basic = base64.b64encode(b"us:client-secret").decode()
        assert headers["authorization"] == f"Basic {basic}"
        form = parse_qs(body.decode())
        self.forms.append(form)
        if self.is_taken_back or form.get("code", ["good"]) != ["good"]:
            return 400, {}, {"error": "invalid_grant"}
        given = {"access_token": f"signed-in-{len(self.forms)}", "expires_in": 3600}
        return 200, {}, {**given, "refresh_token": f"refresh-{len(self.forms)}"}


def test_a_host_connects_by_signing_in_there(opener: Opener, place: Firm, server: PlainServer):
    there = SignIn(server)
    address, kept = oauth.begin(opener, place.owner, place.account.id, "plain", public_url=US)
    asked = {name: value[0] for name, value in parse_qs(urlsplit(address).query).items()}
    assert address.startswith(f"{server.base_url}/oauth/authorize?")
    assert asked["redirect_uri"] == f"{US}/systems/back/plain"
    assert (asked["client_id"], asked["scope"]) == ("us", "read write")
    assert asked["code_challenge_method"] == "S256"
    assert kept.verifier not in address
    connection = oauth.finish(
        opener,
        place.owner,
        kept.to_dict(),
        "plain",
        {"code": "good", "state": asked["state"]},
        public_url=US,
        now=NOW,
    )
    assert there.forms[0]["code_verifier"] == [kept.verifier]
    assert there.forms[0]["redirect_uri"] == [asked["redirect_uri"]]
    assert connection.account_there == "Maisons Exemple"
    access = opener.open(connection.id)
    with access.session:
        opener.connector("plain").verify(access)
        access.forget_token()
        opener.connector("plain").verify(access)
        assert there.forms[1]["refresh_token"] == ["refresh-1"]
        assert access.refresh_token() == "refresh-2"
        access.forget_token()
        there.is_taken_back = True
        with pytest.raises(CredentialsRefused, match="sign in there once more"):
            opener.connector("plain").verify(access)


@pytest.mark.parametrize(
    "change",
    [
        {"state": "another"},
        {"state": None},
        {"kept": None},
        {"kept": {"state": "x"}},
        {"vendor": "other"},
        {"minutes": 16},
        {"code": None},
    ],
)
def test_nobody_comes_back_who_did_not_leave_from_here(
    opener: Opener, place: Firm, server: PlainServer, change: dict[str, Any]
):
    there = SignIn(server)
    _, departure = oauth.begin(opener, place.owner, place.account.id, "plain", public_url=US)
    query = {"code": "good", "state": departure.state, **change}
    opener.clock = lambda: REAL + timedelta(minutes=change.get("minutes", 0))
    with pytest.raises(Forbidden):
        oauth.finish(
            opener,
            place.owner,
            change.get("kept", departure.to_dict()),
            change.get("vendor", "plain"),
            {name: value for name, value in query.items() if isinstance(value, str)},
            public_url=US,
            now=NOW,
        )
    assert there.forms == []


def test_a_sign_in_belongs_to_the_person_who_began_it(
    opener: Opener, place: Firm, server: PlainServer, sessions: Sessions
):
    SignIn(server)
    _, departure = oauth.begin(opener, place.owner, place.account.id, "plain", public_url=US)
    with sessions.write() as session:
        other = firm(session, "Other Homes").owner
    with pytest.raises(Forbidden):
        oauth.begin(opener, other, place.account.id, "plain", public_url=US)
    query = {"code": "good", "state": departure.state}
    with pytest.raises(Forbidden):
        oauth.finish(opener, other, departure.to_dict(), "plain", query, public_url=US, now=NOW)


def test_signing_in_is_offered_only_where_the_administrator_set_it_up(opener: Opener, place: Firm):
    assert oauth.is_registered(opener.settings, opener, "plain")
    opener.settings = PmsSettings(base_urls={}, oauth={})
    assert not oauth.is_registered(opener.settings, opener, "plain")
    with pytest.raises(NotFound):
        oauth.begin(opener, place.owner, place.account.id, "plain", public_url=US)


def test_a_typed_connection_is_mended_by_signing_in(
    opener: Opener, place: Firm, server: PlainServer
):
    connection = connected(opener, place)
    SignIn(server)
    _, departure = oauth.begin(
        opener,
        place.owner,
        place.account.id,
        "plain",
        public_url=US,
        connection=connection.public_id,
    )
    mended = oauth.finish(
        opener,
        place.owner,
        departure.to_dict(),
        "plain",
        {"code": "good", "state": departure.state},
        public_url=US,
        now=NOW,
    )
    assert mended.id == connection.id
    access = opener.open(mended.id)
    with access.session:
        assert access.credentials == {}
        opener.connector("plain").verify(access)
