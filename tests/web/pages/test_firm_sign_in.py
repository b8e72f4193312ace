"""A firm's own sign-in, against a real OpenID provider on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from joserfc.jwk import RSAKey
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from callassist.clock import ManualClock
from callassist.errors import SettingsError
from callassist.models import Person, RoleBinding
from callassist.settings import load_settings
from tests.databases import SqliteDatabases
from tests.web.oidc_provider import Provider, oidc_provider
from tests.web.pages.browser import Browser, words_of
from tests.web.pages.stage import CHIEF, LOOKER, OWNER, Stage
from tests.web.world import World

GOOD = "seagulls over the harbour"
ROLES = (
    "hosts = manager @ Seaside Homes; bosses = owner @ Seaside Homes; "
    "night = operator @ Night desk; root = admin"
)
NIA = {"sub": "u-1", "email": "nia@example.com", "email_verified": True, "name": "Nia Novak"}


@dataclass
class Firm:
    """The stage with a provider."""

    stage: Stage
    provider: Provider

    def sign_in(
        self, browser: Browser | None = None, there: str = "/", **claims: object
    ) -> TestResponse:
        """Somebody goes to the provider, says yes, and comes back."""
        self.provider.claims = {**NIA, **claims}
        browser = browser or Browser(self.stage.world.app)
        return browser.get(self.back(browser, there))

    def back(self, browser: Browser, there: str = "/") -> str:
        """The address to which the provider leads the browser back."""
        away = browser.get(f"/sign-in/firm?next={there}")
        assert away.status_code == 302, away.text
        said_yes = requests.get(away.location, allow_redirects=False, timeout=10)
        parts = urlsplit(said_yes.headers["Location"])
        assert f"{parts.scheme}://{parts.netloc}" == "http://127.0.0.1:8000"
        return f"{parts.path}?{parts.query}"

    def roles(self, email: str = "nia@example.com") -> list[tuple[str, str]]:
        with self.stage.world.service.sessions.read() as session:
            query = (
                select(RoleBinding.role, RoleBinding.source)
                .join(Person)
                .where(Person.email == email)
            )
            return sorted((role, source) for role, source in session.execute(query))


def firm_with(
    databases: SqliteDatabases, path: Path, clock: ManualClock, provider: Provider, **more: str
) -> Iterator[Firm]:
    given = {**provider.settings(), "CALLASSIST_OIDC_ROLES": ROLES, **more}
    world = World(databases.create(path), path, clock, **given)
    try:
        yield Firm(stage=Stage(world), provider=provider)
    finally:
        world.close()


@pytest.fixture
def firm(sqlite_databases: SqliteDatabases, tmp_path: Path, clock: ManualClock) -> Iterator[Firm]:
    with oidc_provider() as provider:
        yield from firm_with(sqlite_databases, tmp_path, clock, provider)


@pytest.fixture
def only_firm(
    sqlite_databases: SqliteDatabases, tmp_path: Path, clock: ManualClock
) -> Iterator[Firm]:
    """Passwords and links are closed, but for Chief's."""
    with oidc_provider() as provider:
        more = {"CALLASSIST_OIDC_ONLY": "true", "CALLASSIST_OIDC_BREAK_GLASS": CHIEF}
        yield from firm_with(sqlite_databases, tmp_path, clock, provider, **more)


def test_a_new_person_gets_the_role_of_their_group(firm: Firm) -> None:
    assert "Sign in with your firm" in Browser(firm.stage.world.app).page("/sign-in")
    browser = Browser(firm.stage.world.app)
    assert firm.sign_in(browser, "/incidents", groups=["hosts"]).location == "/incidents"
    assert "Nia Novak" in browser.page("/")
    assert firm.roles() == [("manager", "firm")]
    owner = firm.stage.sign_in(OWNER)
    assert "given by your firm’s sign-in" in words_of(owner.page("/team"))
    assert "gave Nia Novak a role: manager" in words_of(owner.page("/team/changes"))
    [asked] = firm.provider.asked
    assert all(asked[name] for name in ("nonce", "state", "code_challenge"))
    assert "through the firm’s sign-in" in words_of(browser.page("/account/ways-in"))


def test_roles_go_with_the_group_and_what_people_gave_stays(firm: Firm) -> None:
    firm.sign_in(groups=["hosts", "night"])
    assert firm.roles() == [("manager", "firm"), ("operator", "firm")]
    browser = Browser(firm.stage.world.app)
    firm.sign_in(browser, groups=["hosts"])
    assert firm.roles() == [("manager", "firm")]
    assert browser.get("/desk").status_code == 404
    firm.sign_in(groups=["bosses"], sub="u-2", email=LOOKER)
    assert firm.roles(LOOKER) == [("owner", "firm"), ("viewer", "local")]
    firm.sign_in(groups=[], sub="u-2", email=LOOKER)
    assert firm.roles(LOOKER) == [("viewer", "local")]


def test_groups_may_come_from_the_userinfo(firm: Firm) -> None:
    firm.provider.in_userinfo = {"groups": ["hosts"]}
    assert firm.sign_in().location == "/"
    assert firm.roles() == [("manager", "firm")]


def test_who_is_in_no_group_is_told_so_and_nothing_is_kept(firm: Firm) -> None:
    answer = firm.sign_in(groups=["gardeners"])
    assert answer.status_code == 403
    assert "Nobody gave you a role here yet; ask the administrator." in words_of(answer.text)
    with firm.stage.world.service.sessions.read() as session:
        assert session.scalar(select(Person).where(Person.email == "nia@example.com")) is None


def test_a_closed_person_does_not_come_in_through_the_firm_either(firm: Firm) -> None:
    firm.sign_in(groups=["hosts"])
    with firm.stage.world.service.sessions.write() as session:
        session.execute(
            update(Person).where(Person.email == "nia@example.com").values(active=False)
        )
    assert firm.sign_in(groups=["hosts"]).status_code == 403


def test_an_address_that_the_provider_does_not_vouch_for_takes_nobody_over(firm: Firm) -> None:
    for verified in (False, None, "true"):
        answer = firm.sign_in(sub="evil", email=OWNER, email_verified=verified, groups=["hosts"])
        assert answer.status_code == 403
    assert firm.roles(OWNER) == [("owner", "local")]
    firm.sign_in(sub="u-7", email=OWNER, groups=[])
    other = firm.sign_in(sub="u-8", email=OWNER, groups=["hosts"])
    assert other.status_code == 403
    moved = firm.sign_in(sub="u-7", email="new-name@example.com", groups=[])
    assert moved.location == "/"  # the subject counts, not the address


@pytest.mark.parametrize(
    "lie",
    [
        {"nonce": "another"},
        {"aud": "another-client"},
        {"iss": "https://evil.example"},
        {"exp": 1},
        {"sub": ""},
    ],
)
def test_a_token_that_is_not_for_this_sign_in_is_refused(
    firm: Firm, lie: dict[str, object]
) -> None:
    firm.provider.lies = lie
    browser = Browser(firm.stage.world.app)
    assert firm.sign_in(browser, groups=["root"]).status_code == 403
    assert browser.get("/").status_code == 302


def test_a_token_signed_by_somebody_else_is_refused(firm: Firm) -> None:
    firm.provider.signs_with = RSAKey.generate_key(2048, {"kid": "one"})
    assert firm.sign_in(groups=["root"]).status_code == 403


def test_a_provider_with_another_name_is_not_asked(firm: Firm) -> None:
    firm.provider.says_issuer = "https://evil.example"
    assert Browser(firm.stage.world.app).get("/sign-in/firm").status_code == 503


def test_an_answer_is_good_once_and_in_the_browser_that_asked(firm: Firm) -> None:
    firm.provider.claims = {**NIA, "groups": ["hosts"]}
    mine, other = Browser(firm.stage.world.app), Browser(firm.stage.world.app)
    path = firm.back(mine)
    assert other.get(path).status_code == 403  # a link that somebody was sent
    assert mine.get(path).status_code == 302
    assert mine.get(path).status_code == 403
    forged = firm.back(Browser(firm.stage.world.app)).partition("state=")[0]
    assert mine.get(f"{forged}state=forged").status_code == 403


def test_coming_back_never_leads_to_another_site(firm: Firm) -> None:
    answer = firm.sign_in(there="//evil.example", groups=["hosts"])
    assert answer.location == "/"


def test_a_provider_that_is_down_is_named_and_passwords_go_on(firm: Firm) -> None:
    firm.provider.is_down = True
    answer = Browser(firm.stage.world.app).get("/sign-in/firm")
    assert answer.status_code == 503
    assert "does not answer" in words_of(answer.text)
    french = Browser(firm.stage.world.app, "fr").get("/sign-in/firm")
    assert "ne répond pas" in words_of(french.text)
    assert firm.stage.sign_in(OWNER).get("/").status_code == 200


def test_only_the_break_glass_administrator_keeps_a_password(only_firm: Firm) -> None:
    stage = only_firm.stage
    chief = stage.sign_in(CHIEF)
    chief.post("/password", new=GOOD, again=GOOD)
    assert chief.get("/admin").status_code == 200
    again = Browser(stage.world.app)
    assert again.post("/sign-in", email=CHIEF, password=GOOD).status_code == 302
    link = Browser(stage.world.app)
    assert link.post(f"/sign-in/link/{stage.link(OWNER)}").status_code == 410
    assert link.get("/").status_code == 302
    assert only_firm.sign_in(sub="u-3", email=OWNER, groups=[]).location == "/"
    taken_over = only_firm.sign_in(sub="u-4", email=CHIEF, groups=["root"])
    assert taken_over.status_code == 403


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"CALLASSIST_OIDC_ISSUER": "http://sso.example.com"}, "CALLASSIST_OIDC_ISSUER"),
        ({"CALLASSIST_OIDC_ISSUER": "https://sso.example.com"}, "CALLASSIST_OIDC_CLIENT_ID"),
        ({"CALLASSIST_OIDC_ONLY": "true"}, "CALLASSIST_OIDC_BREAK_GLASS"),
    ],
)
def test_a_firms_sign_in_that_is_half_set_up_stops_the_start(
    given: dict[str, str], named: str
) -> None:
    with pytest.raises(SettingsError, match=named):
        load_settings(given, dotenv=None)
