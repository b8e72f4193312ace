"""Secret addresses are not opened without end, whoever says to be whom."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from callassist.web.link_guard import AT_ONCE, BURST, LinkGuard
from callassist.web.pages.link_limit import EXTENSION
from tests.web.world import World

FAR, ELSEWHERE = "203.0.113.7", "198.51.100.9"


class Clock:
    """Real time that moves when told."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def real(world: World) -> Clock:
    clock = Clock()
    world.app.extensions[EXTENSION] = LinkGuard(clock)
    return clock


def _open(world: World, path: str, address: str = FAR, **headers: str) -> TestResponse:
    environment: dict[str, Any] = {"REMOTE_ADDR": address}
    return world.app.test_client().get(path, environ_base=environment, headers=headers)


def _until_refused(world: World, path: str, address: str = FAR) -> int:
    for count in range(int(BURST * AT_ONCE) + 1):
        if _open(world, path, address).status_code == 429:
            return count
    raise AssertionError("it was never refused")


def test_a_visitor_who_tries_many_links_waits_and_others_do_not(world: World, real: Clock) -> None:
    for number in range(int(BURST)):
        assert _open(world, f"/shared/{number:06}-guess").status_code == 404
    refused = _open(world, "/shared/another")
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "1"
    assert refused.headers["Cache-Control"] == "no-store"
    assert "Wait a minute, then open the link again." in refused.text
    assert _open(world, "/shared/another", ELSEWHERE).status_code == 404
    real.seconds += 1.0
    assert _open(world, "/shared/another").status_code == 404


def test_saying_to_be_somebody_else_does_not_help(world: World, real: Clock) -> None:
    _until_refused(world, "/shared/abcdefghij")
    for name in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "True-Client-IP"):
        answer = _open(world, "/shared/klmnopqrst", **{name: "192.0.2.1"})
        assert answer.status_code == 429, name


def test_one_link_is_limited_wherever_it_is_opened_from(world: World, real: Clock) -> None:
    for number in range(int(BURST)):
        _open(world, "/shared/abcdefgh-one", f"203.0.113.{number}")
    assert _open(world, "/shared/abcdefgh-one", ELSEWHERE).status_code == 429
    assert _open(world, "/shared/another-link", ELSEWHERE).status_code == 404


def test_a_household_of_ipv6_is_one_visitor(world: World, real: Clock) -> None:
    for number in range(int(BURST)):
        _open(world, f"/shared/{number:06}-guess", f"2001:db8:1:2::{number:x}")
    assert _open(world, "/shared/another", "2001:db8:1:2:ffff::1").status_code == 429
    assert _open(world, "/shared/another", "2001:db8:1:3::1").status_code == 404


def test_a_pdf_costs_as_much_as_ten_pages(world: World, real: Clock) -> None:
    assert _until_refused(world, "/shared/abcdefghij.pdf") == BURST / 10


def test_visitors_behind_a_proxy_on_this_machine_are_many(world: World, real: Clock) -> None:
    for number in range(int(BURST) + 1):
        answer = _open(world, f"/shared/{number:06}-guess", "127.0.0.1")
    assert answer.status_code == 404


def test_every_address_with_a_secret_in_it_is_guarded(world: World, real: Clock) -> None:
    paths = [
        rule.rule.replace("<token>", "abcdefgh-" + str(number).zfill(20))
        for number, rule in enumerate(world.app.url_map.iter_rules())
        if "<token>" in rule.rule and not rule.rule.startswith("/hooks/")
        if "GET" in (rule.methods or ())
    ]
    assert {path.split("/")[1] for path in paths} >= {"shared", "g", "wall", "calendars", "figures"}
    _until_refused(world, "/shared/abcdefgh")
    for path in paths:
        answer = _open(world, path)
        assert answer.status_code == 429, path
        assert int(answer.headers["Retry-After"]) >= 1, path


def test_the_guest_is_told_in_their_language(world: World, real: Clock) -> None:
    _until_refused(world, "/g/abcdefghij")
    answer = _open(world, "/g/abcdefghij", **{"Accept-Language": "pl"})
    assert answer.status_code == 429
    assert '<html lang="pl"' in answer.text


def test_pages_behind_a_sign_in_are_not_counted(world: World, real: Clock) -> None:
    _until_refused(world, "/shared/abcdefghij")
    assert _open(world, "/sign-in").status_code == 200
    assert _open(world, "/healthz").status_code == 200
