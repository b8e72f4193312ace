"""A host connects a booking system by signing in there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from callassist.models import PmsConnection
from callassist.settings import OAuthClient, PmsSettings
from tests.pms_sync.servers.base import Reply, serving
from tests.pms_sync.servers.plain import PlainServer
from tests.web.pages.browser import Browser
from tests.web.pages.stage import LOOKER, OTHER, OWNER, Stage

BACK = "/systems/back/ownerrez"


@pytest.fixture
def there(stage: Stage) -> Iterator[PlainServer]:
    """OwnerRez, with a client of ours."""
    server = PlainServer()
    server.does = _answer
    opener = stage.world.service.opener
    with serving(server):
        opener.settings = PmsSettings(
            base_urls={"ownerrez": server.base_url},
            oauth={"ownerrez": OAuthClient(client_id="c_us", client_secret="s_us")},
        )
        yield server
    assert server.failures == []


def _answer(line: str, headers: Mapping[str, str], body: bytes) -> Reply:
    if line == "POST /oauth/access_token":
        return 200, {}, {"access_token": "at_1", "token_type": "bearer"}
    assert headers["authorization"] == "Bearer at_1"
    return 200, {}, {"id": 7, "first_name": "Odile", "email_address": "odile@example.com"}


def left(browser: Browser) -> dict[str, str]:
    """Leave for OwnerRez; what it is told, as it stands in the address."""
    answer = browser.get("/systems/new/ownerrez/sign-in")
    assert answer.status_code == 302, answer.text
    query = parse_qs(urlsplit(answer.location).query)
    return {name: values[0] for name, values in query.items()}


def kept(stage: Stage) -> list[PmsConnection]:
    with stage.world.service.sessions.read() as session:
        return list(session.scalars(select(PmsConnection)))


def test_a_host_signs_in_there_and_comes_back_once(stage: Stage, there: PlainServer):
    browser = stage.sign_in(OWNER)
    assert "/systems/new/ownerrez/sign-in" in browser.get("/systems/new/ownerrez").text
    told = left(browser)
    assert told["redirect_uri"].endswith(BACK)
    address = f"{BACK}?code=abc&state={told['state']}"
    answer = browser.get(address)
    (connection,) = kept(stage)
    assert answer.location.endswith(f"/systems/{connection.public_id}")
    assert connection.account_id == stage.account.id
    assert browser.get(address).location.endswith("/systems")
    assert len(kept(stage)) == 1


def test_what_was_not_begun_in_this_browser_connects_nothing(stage: Stage, there: PlainServer):
    browser, other = stage.sign_in(OWNER), stage.sign_in(OTHER)
    told = left(browser)
    for who, query in (
        (other, f"code=abc&state={told['state']}"),
        (browser, "code=abc&state=guessed"),
        (browser, f"code=abc&state={told['state']}"),  # a wrong one has used it up
    ):
        answer = who.get(f"{BACK}?{query}")
        assert answer.location.endswith("/systems")
        assert "begin it once more" in who.get("/systems").text
    told = left(browser)
    browser.get(f"{BACK}?error=access_denied&state={told['state']}")
    assert "nothing has changed" in browser.get("/systems").text
    assert kept(stage) == []
    assert there.requests == []


def test_who_may_only_look_does_not_leave(stage: Stage, there: PlainServer):
    assert stage.sign_in(LOOKER).get("/systems/new/ownerrez/sign-in").status_code in (403, 404)


def test_without_a_client_there_is_nothing_to_sign_in_at(stage: Stage, there: PlainServer):
    stage.world.service.opener.settings = PmsSettings(base_urls={}, oauth={})
    browser = stage.sign_in(OWNER)
    assert "/ownerrez/sign-in" not in browser.get("/systems/new/ownerrez").text
    assert browser.get("/systems/new/ownerrez/sign-in").status_code == 404
