"""Who asked: what proxies say counts only when they are trusted, and then only their own words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from flask import request
from werkzeug.test import TestResponse

from callassist.storage.facts import get_fact
from callassist.web.link_guard import BURST, LinkGuard
from callassist.web.pages.link_limit import EXTENSION
from callassist.web.proxies import UNTRUSTED_PROXY
from tests.web.pages.browser import Browser
from tests.web.world import World

PROXY, VISITOR, OTHER = "10.0.0.2", "203.0.113.7", "198.51.100.9"
FAR = "1.1.1.1"  # the others are set aside for documents, and so not quite far
MakeWorld = Callable[..., World]


def ask(world: World, path: str, peer: str = PROXY, **headers: str) -> TestResponse:
    environment: dict[str, Any] = {"REMOTE_ADDR": peer}
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return world.app.test_client().get(path, environ_base=environment, headers=sent)


def asked(world: World, peer: str = PROXY, **headers: str) -> tuple[str | None, str, str]:
    """Who asks, by which scheme, of which host, as the service sees it."""
    seen: list[tuple[str | None, str, str]] = []
    world.app.before_request_funcs.setdefault(None, []).insert(
        0, lambda: seen.append((request.remote_addr, request.scheme, request.host))
    )
    ask(world, "/healthz", peer, **headers)
    world.app.before_request_funcs[None].pop(0)
    return seen[0]


FORGED = {
    "X_Forwarded_For": VISITOR,
    "X_Forwarded_Proto": "https",
    "X_Forwarded_Host": "calls.example.com",
}


def noted(world: World) -> dict[str, Any] | None:
    with world.service.sessions.read() as session:
        return get_fact(session, UNTRUSTED_PROXY)


def test_with_no_trusted_proxy_headers_change_nothing(world: World) -> None:
    plain = asked(world, OTHER)
    assert asked(world, OTHER, **FORGED) == plain
    assert plain[0] == OTHER


def test_one_trusted_proxy_says_who_asks_and_under_which_address(make_world: MakeWorld) -> None:
    world = make_world(CALLASSIST_TRUSTED_PROXIES="1")
    assert asked(world, **FORGED) == (VISITOR, "https", "calls.example.com")
    assert asked(world)[0] == PROXY


@pytest.mark.parametrize(("trusted", "believed"), [("1", PROXY), ("2", OTHER), ("3", "192.0.2.1")])
def test_only_the_last_values_count_as_many_as_proxies_are_trusted(
    make_world: MakeWorld, trusted: str, believed: str
) -> None:
    world = make_world(CALLASSIST_TRUSTED_PROXIES=trusted)
    forged = f"192.0.2.1, {OTHER}, {PROXY}"
    assert asked(world, "10.0.0.9", X_Forwarded_For=forged)[0] == believed


def test_limits_count_visitors_and_a_forged_beginning_does_not_help(make_world: MakeWorld) -> None:
    world = make_world(CALLASSIST_TRUSTED_PROXIES="1")
    world.app.extensions[EXTENSION] = LinkGuard(lambda: 0.0)
    for number in range(int(BURST)):
        forged = f"192.0.2.{number}, {VISITOR}"
        assert ask(world, f"/shared/{number:06}-guess", X_Forwarded_For=forged).status_code == 404
    forged = f"192.0.2.250, {VISITOR}"
    assert ask(world, "/shared/another", X_Forwarded_For=forged).status_code == 429
    assert ask(world, "/shared/another", X_Forwarded_For=OTHER).status_code == 404


def test_signing_in_is_limited_by_visitor_not_by_proxy(make_world: MakeWorld) -> None:
    world = make_world(CALLASSIST_TRUSTED_PROXIES="1")

    def wrong_from(visitor: str) -> TestResponse:
        browser = Browser(world.app)
        browser._headers["X-Forwarded-For"] = visitor
        return browser.post("/sign-in", email=f"{uuid4()}@example.com", password="wrong, wrong")

    answers = [wrong_from(VISITOR).status_code for _ in range(61)]
    assert 429 not in answers[:60]
    assert answers[60] == 429
    assert wrong_from(OTHER).status_code == answers[0]


def test_the_guests_cookie_is_secure_where_the_public_address_is(make_world: MakeWorld) -> None:
    for public_url, is_secure in (("https://calls.example.com", True), ("http://127.0.0.1", False)):
        world = make_world(CALLASSIST_PUBLIC_URL=public_url)
        answer = world.app.test_client().post("/g/abcdefghij/language", data={"language": "fr"})
        assert ("Secure" in answer.headers["Set-Cookie"]) is is_secure


def test_a_proxy_that_nobody_trusts_is_noted_once_an_hour(world: World) -> None:
    ask(world, "/healthz")
    assert noted(world) is None
    ask(world, "/healthz", FAR, X_Forwarded_For=VISITOR)
    assert noted(world) is None, "from far away anybody can write that"
    ask(world, "/healthz", X_Forwarded_For=VISITOR, X_Forwarded_Proto="https")
    seen = noted(world)
    assert seen is not None
    assert seen["headers"] == ["X-Forwarded-For", "X-Forwarded-Proto"]
    ask(world, "/healthz", X_Forwarded_Host="calls.example.com")
    assert noted(world) == seen


def test_a_trusted_proxy_is_no_news(make_world: MakeWorld) -> None:
    world = make_world(CALLASSIST_TRUSTED_PROXIES="1")
    ask(world, "/healthz", **FORGED)
    assert noted(world) is None
