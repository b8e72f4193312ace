"""Asking another system: limits, waiting, repeating, and words that give nothing away."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests

from callassist.errors import CallAssistError, PermanentError, TransientError
from callassist.pms_sync.access import LARGEST_OF_AN_ADDRESS, Patience, PmsAccess, real_now
from callassist.pms_sync.budget import NoBudget
from callassist.pms_sync.tokens import OwnTokens
from callassist.ports.pms_access import (
    BadAnswer,
    CredentialsRefused,
    NotReached,
    NotThere,
    NotUnderstood,
    RateLimited,
)
from callassist.safe_http import safe_session
from tests.pms_sync.servers.base import Host, serving
from tests.pms_sync.servers.plain import PlainServer

SECRET = "sk_a-secret-of-a-test"


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    with serving() as host:
        yield host


@pytest.fixture
def server(host: Host) -> Iterator[PlainServer]:
    server = PlainServer()
    host.mount(server)
    yield server
    assert server.failures == []


@pytest.fixture
def slept() -> list[float]:
    """Seconds that were waited, without waiting."""
    return []


@pytest.fixture
def access(server: PlainServer, slept: list[float]) -> Iterator[PmsAccess]:
    access = open_access(server.base_url, slept)
    with access.session:
        yield access


def open_access(base_url: str, slept: list[float], **patience: Any) -> PmsAccess:
    return PmsAccess(
        vendor="plain",
        system="Plain",
        base_url=base_url,
        credentials={"key": SECRET},
        options={},
        session=safe_session(allow_loopback=True),
        budget=NoBudget(),
        tokens=OwnTokens(clock=real_now),
        patience=Patience(**{"turn": 0, "connect": 1, "read": 1, **patience}),
        sleep=slept.append,
    )


def test_what_was_asked_arrives_as_it_was_meant(access: PmsAccess, server: PlainServer):
    params = {"properties[]": ["a", "b"], "limit": 5, "left_out": None}
    answer = access.call("get", "/v1/x", params=params, headers={"X-Key": SECRET})
    assert answer.json() == {"fine": True}
    (asked,) = server.requests
    assert asked.line == "GET /v1/x"
    assert asked.query == {"properties[]": ["a", "b"], "limit": ["5"]}
    assert asked.headers["x-key"] == SECRET
    access.call("POST", "/form", form={"a": "b c"}, auth=("me", "pass"))
    access.call("POST", "/json", json={"a": 1})
    access.call("PUT", "/raw", body=b'{"a":1}', headers={"Content-Type": "application/json"})
    form, typed, raw = server.requests[1:]
    assert form.body == b"a=b+c"
    assert form.headers["authorization"].startswith("Basic ")
    assert typed.headers["content-type"] == "application/json"
    assert raw.body == b'{"a":1}'


@pytest.mark.parametrize(
    ("status", "error"),
    [
        *((status, BadAnswer) for status in (301, 302, 307)),
        *((status, NotUnderstood) for status in (400, 409, 410, 422)),
        *((status, CredentialsRefused) for status in (401, 403)),
        (404, NotThere),
        (429, RateLimited),
        *((status, TransientError) for status in (408, 500, 502, 599)),
    ],
)
def test_each_status_is_told_for_what_it_is(
    access: PmsAccess, server: PlainServer, status: int, error: type[CallAssistError]
):
    server.says = (status, {"Location": "http://169.254.169.254/latest"}, {"key": SECRET})
    with pytest.raises(error) as told:
        access.call("POST", "/x?secret=" + SECRET)
    assert type(told.value) is error
    assert "Plain" in told.value.detail
    assert SECRET not in told.value.detail
    assert access.call("POST", "/x", see=[status]).status == status if status != 429 else True
    assert {one.path for one in server.requests} == {"/x"}, "redirects are not followed"


@pytest.mark.parametrize(
    "path",
    [
        "http://127.0.0.1:9/elsewhere",
        "https://evil.example/",
        "/a/../../token",
        "/a/%2e%2e/token",
        "file:///etc/passwd",
        "@evil.example/",
    ],
)
def test_only_addresses_below_the_systems_own_are_asked(server: PlainServer, path: str):
    access = open_access(f"{server.base_url}/v1", [])
    with access.session, pytest.raises(BadAnswer, match="leads to another address"):
        access.call("GET", path)
    assert server.requests == []


def test_a_link_below_the_base_is_followed_when_it_is_asked_for(
    access: PmsAccess, server: PlainServer
):
    access.call("GET", f"{server.base_url}/v1/list?page=2")
    assert server.requests[0].query == {"page": ["2"]}


@pytest.mark.parametrize(
    "address", ["http://10.0.0.1/a.ics", "http://169.254.169.254/x", "http://[::1]:1/", "ftp://x/"]
)
def test_an_address_that_a_host_typed_never_leads_inside(address: str):
    access = open_access("", [])
    access.session.close()
    access.session = safe_session()
    with access.session, pytest.raises((PermanentError, BadAnswer)):
        access.call("GET", address)


def test_an_answer_that_grows_without_end_is_left_alone(server: PlainServer):
    bomb = gzip.compress(b"0" * (LARGEST_OF_AN_ADDRESS + 10), compresslevel=1)
    assert len(bomb) < 100_000
    server.says = (200, {"Content-Encoding": "gzip"}, bomb)
    access = open_access("", [])
    with access.session, pytest.raises(BadAnswer, match="more than 6 MB"):
        access.call("GET", f"{server.base_url}/calendar.ics")


def test_a_packed_answer_is_unpacked_and_one_that_is_broken_is_told(
    access: PmsAccess, server: PlainServer
):
    packed = gzip.compress(b'{"a": 1}')
    server.says = (200, {"Content-Encoding": "gzip"}, packed)
    assert access.call("GET", "/x").json() == {"a": 1}
    server.says = (200, {"Content-Encoding": "gzip"}, b"not packed at all")
    with pytest.raises(BadAnswer):
        access.call("POST", "/x")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "not JSON"),
        (b"<html>", "web page"),
        (b"[1, 2", "not JSON"),
        (b"[NaN]", "not JSON"),
        (b"[" * 200_000, "not JSON"),
        (b"9" * 10_000, "not JSON"),
        (b'{"a": "\xff"}', "not JSON"),
    ],
)
def test_what_is_no_json_is_a_bad_answer(
    access: PmsAccess, server: PlainServer, body: bytes, says: str
):
    server.says = (200, {"Content-Type": "application/json"}, body)
    with pytest.raises(BadAnswer, match=says):
        access.call("GET", "/x").json()


def test_text_is_read_in_its_own_encoding_and_in_utf_8_where_none_is_named(
    access: PmsAccess, server: PlainServer
):
    for kind, body in (
        ("text/calendar", "Zoé".encode()),
        ("text/calendar; charset=ISO-8859-1", "Zoé".encode("latin-1")),
        ("text/calendar; charset=klingon", "Zoé".encode()),
    ):
        server.says = (200, {"Content-Type": kind}, body)
        assert access.call("GET", "/x").text == "Zoé"


def test_what_only_reads_is_asked_again_after_a_fault_and_what_writes_is_not(
    access: PmsAccess, server: PlainServer, slept: list[float]
):
    server.faults.status(502)
    server.faults.cut_off()
    assert access.call("GET", "/x").json() == {"fine": True}
    assert slept == [1, 2]
    server.faults.status(502)
    with pytest.raises(TransientError):
        access.call("POST", "/x")
    assert len(server.requests) == 4


def test_a_short_429_is_waited_for_and_a_long_one_is_told(server: PlainServer):
    waited: list[float] = []
    access = open_access(server.base_url, waited, turn=20)
    access.clock = lambda: real + timedelta(seconds=sum(waited))
    real = real_now()
    with access.session:
        server.faults.status(429, retry_after="7")
        access.call("POST", "/x")
        assert waited == [7]
        server.faults.status(429, retry_after="70")
        with pytest.raises(RateLimited) as told:
            access.call("POST", "/x")
        assert told.value.retry_after == pytest.approx(70)
        assert len(server.requests) == 3


def test_a_system_that_is_not_there_is_told_without_its_address(slept: list[float]):
    access = open_access("http://127.0.0.1:9", slept)
    with access.session, pytest.raises(NotReached, match="Plain cannot be reached") as told:
        access.call("GET", "/" + SECRET)
    assert "127.0.0.1" not in told.value.detail
    assert isinstance(told.value.__context__, requests.RequestException | None)
    assert told.value.__suppress_context__


def test_credentials_stand_in_no_representation(access: PmsAccess):
    assert SECRET not in repr(access)
