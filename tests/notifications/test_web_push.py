"""Web Push against a push service that checks the signature and opens the payload."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

from callassist.domain.message_kind import MessageKind
from callassist.errors import InvalidInput, PermanentError, SettingsError, TransientError
from callassist.notifications import (
    application_server_key,
    check_subscription,
    load_or_create_vapid,
)
from callassist.notifications.messages import render
from callassist.notifications.web_push import WebPush
from callassist.ports.messages import ChannelGone, Message
from tests.notifications.servers import LocalService, local_service

SUBJECT = "mailto:night@example.com"
MESSAGE = render(
    MessageKind.GUEST_REACHED,
    "fr",
    {"home": "Loft « Été »", "guest": "Zoé"},
    key="inc:guest_reached:",
    url="https://calls.example.com/incidents/abc",
)


class Browser:
    """The receiving end: makes a subscription and opens what arrives."""

    def __init__(self, endpoint: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._auth = os.urandom(16)
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": _plain64(point), "auth": _plain64(self._auth)}
        self.subscription = json.dumps({"endpoint": endpoint, "expirationTime": None, "keys": keys})

    def open(self, body: bytes) -> dict[str, object]:
        plain = http_ece.decrypt(
            body, private_key=self._key, auth_secret=self._auth, version="aes128gcm"
        )
        opened: dict[str, object] = json.loads(plain)
        return opened


@pytest.fixture
def service() -> Iterator[LocalService]:
    with local_service() as service:
        yield service


@pytest.fixture
def vapid(tmp_path: Path) -> Vapid02:
    return load_or_create_vapid(tmp_path / "vapid.pem")


@pytest.fixture
def push(vapid: Vapid02) -> WebPush:
    return WebPush(vapid, subject=SUBJECT, allow_loopback=True)


@pytest.fixture
def browser(service: LocalService) -> Browser:
    return Browser(f"{service.url}send/secret-token")


def test_the_browser_opens_what_was_written(
    push: WebPush, service: LocalService, browser: Browser
) -> None:
    push.send(browser.subscription, MESSAGE)
    [request] = service.requests
    assert request.path == "/send/secret-token"
    shown = browser.open(request.body)
    assert shown["title"] == "Loft «\u00a0Été\u00a0»\u00a0: voyageur joint"
    assert str(shown["body"]).startswith("Nous avons parlé avec Zoé, qui a accepté")
    assert len(str(shown["body"])) <= 200
    assert (shown["lang"], shown["url"]) == ("fr", "https://calls.example.com/incidents/abc")
    assert b"Zo" not in request.body


def test_the_push_service_can_check_who_sent_it(
    push: WebPush, service: LocalService, browser: Browser, vapid: Vapid02
) -> None:
    push.send(browser.subscription, MESSAGE)
    authorization = service.requests[0].headers["authorization"]
    assert Vapid02.verify(authorization)
    token, key = (part.split("=", 1)[1] for part in authorization.split(" ", 1)[1].split(","))
    assert key == application_server_key(vapid)
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    assert claims["sub"] == SUBJECT
    assert claims["aud"] == service.url.rstrip("/")
    lasts = datetime.fromtimestamp(claims["exp"], UTC) - datetime.now(UTC)
    assert timedelta() < lasts <= timedelta(hours=24)


def test_a_repeated_message_has_the_topic_that_collapses_it(
    push: WebPush, service: LocalService, browser: Browser
) -> None:
    other = Message(key="another", title="t", text="t")
    for message in (MESSAGE, MESSAGE, other):
        push.send(browser.subscription, message)
    topics = [request.headers["topic"] for request in service.requests]
    assert topics[0] == topics[1] != topics[2]
    assert len(topics[0]) == 32  # RFC 8030: at most
    assert browser.open(service.requests[0].body)["tag"] == topics[0]


def test_an_urgent_message_wakes_the_phone_and_is_not_kept_for_long(
    push: WebPush, service: LocalService, browser: Browser
) -> None:
    push.send(browser.subscription, MESSAGE)
    push.send(browser.subscription, Message(key="k", title="t", text="t"))
    urgent, calm = (request.headers for request in service.requests)
    assert (urgent["urgency"], urgent["ttl"]) == ("high", "1800")
    assert (calm["urgency"], calm["ttl"]) == ("normal", "43200")


@pytest.mark.parametrize("status", [404, 410])
def test_an_unsubscribed_device_is_gone(
    push: WebPush, service: LocalService, browser: Browser, status: int
) -> None:
    service.answers.append((status, {}))
    with pytest.raises(ChannelGone):
        push.send(browser.subscription, MESSAGE)


@pytest.mark.parametrize(
    ("status", "header", "wait"),
    [(429, "120", 120), (503, None, None), (500, "soon", None), (502, "1", 1)],
)
def test_a_busy_service_is_asked_again_when_it_says(
    push: WebPush,
    service: LocalService,
    browser: Browser,
    status: int,
    header: str | None,
    wait: float | None,
) -> None:
    service.answers.append((status, {"Retry-After": header} if header else {}))
    with pytest.raises(TransientError) as raised:
        push.send(browser.subscription, MESSAGE)
    assert raised.value.retry_after == wait


def test_a_date_in_retry_after_is_understood(
    push: WebPush, service: LocalService, browser: Browser
) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=300), usegmt=True)
    service.answers.append((429, {"Retry-After": later}))
    with pytest.raises(TransientError) as raised:
        push.send(browser.subscription, MESSAGE)
    assert raised.value.retry_after == pytest.approx(300, abs=5)


@pytest.mark.parametrize("status", [400, 403, 413, 302])
def test_other_refusals_are_for_good_and_redirects_are_not_followed(
    push: WebPush, service: LocalService, browser: Browser, status: int
) -> None:
    service.answers.append((status, {"Location": service.url}))
    with pytest.raises(PermanentError) as raised:
        push.send(browser.subscription, MESSAGE)
    assert not isinstance(raised.value, ChannelGone)
    assert len(service.requests) == 1


def test_a_service_that_is_away_is_asked_again_without_naming_it(push: WebPush) -> None:
    with pytest.raises(TransientError) as raised:
        push.send(Browser("http://127.0.0.1:9/secret-token").subscription, MESSAGE)
    assert "secret-token" not in raised.value.detail


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "10.0.0.7", "169.254.169.254", "2130706433", "localhost"]
)
def test_an_address_inside_our_network_is_refused(vapid: Vapid02, host: str) -> None:
    push = WebPush(vapid, subject=SUBJECT)
    with pytest.raises(PermanentError):
        push.send(Browser(f"https://{host}/x").subscription, MESSAGE)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "[]",
        "nonsense",
        '{"endpoint": "https://push.example/x"}',
        '{"endpoint": "http://push.example/x", "keys": {"p256dh": "a", "auth": "b"}}',
        '{"endpoint": "file:///etc/passwd", "keys": {"p256dh": "a", "auth": "b"}}',
        '{"endpoint": "https://u:p@push.example/x", "keys": {"p256dh": "a", "auth": "b"}}',
    ],
)
def test_what_is_no_subscription_is_refused_with_what_to_do(address: str) -> None:
    with pytest.raises(InvalidInput, match="switch push on again"):
        check_subscription(address)


def test_keys_that_are_none_are_refused_for_good(push: WebPush, service: LocalService) -> None:
    keys = {"p256dh": "AAAA", "auth": "AAAA"}
    with pytest.raises(PermanentError, match="switch push on again"):
        push.send(json.dumps({"endpoint": service.url, "keys": keys}), MESSAGE)


def test_the_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    path = tmp_path / "data" / "vapid.pem"
    first = application_server_key(load_or_create_vapid(path))
    assert application_server_key(load_or_create_vapid(path)) == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]
    assert len(base64.urlsafe_b64decode(first + "=")) == 65


def test_a_damaged_key_is_named_and_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "vapid.pem"
    path.write_text("-----BEGIN nonsense")
    with pytest.raises(SettingsError, match=r"vapid\.pem is damaged"):
        load_or_create_vapid(path)
    assert path.read_text() == "-----BEGIN nonsense"


def test_a_subject_that_push_services_refuse_stops_the_start(vapid: Vapid02) -> None:
    with pytest.raises(SettingsError, match="CALLASSIST_VAPID_SUBJECT"):
        WebPush(vapid, subject="call me")


def _plain64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
