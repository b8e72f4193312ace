"""Apprise addresses: what goes out, and what a user may not make our machine do."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import time
from pathlib import Path

import pytest

from callassist.domain.message_kind import MessageKind
from callassist.errors import InvalidInput, PermanentError, TransientError
from callassist.notifications import build_channels, check_apprise_url
from callassist.notifications.apprise_channel import OWN_HOST, VENDOR_HOSTED, AppriseChannel
from callassist.notifications.messages import render
from callassist.safe_http import require_public
from callassist.settings import MailSettings, NotificationSettings
from tests.notifications.servers import LocalService, local_service

MESSAGE = render(
    MessageKind.GUEST_REACHED,
    "fr",
    {"home": "Canal 12", "guest": "Zoé"},
    key="k",
    url="https://calls.example.com/incidents/abc",
)


@pytest.fixture
def service() -> Iterator[LocalService]:
    with local_service() as service:
        yield service


@pytest.fixture
def local() -> AppriseChannel:
    return AppriseChannel(allow_loopback=True)


def _address(service: LocalService) -> str:
    return service.url.replace("http://", "json://")


def test_a_message_arrives_with_title_text_and_link(
    local: AppriseChannel, service: LocalService
) -> None:
    local.send(_address(service), MESSAGE)
    [request] = service.requests
    told = json.loads(request.body)
    assert told["title"] == MESSAGE.title
    assert told["message"].startswith("Nous avons parlé avec Zoé")
    assert told["message"].rstrip().endswith("https://calls.example.com/incidents/abc")
    assert told["type"] == "warning"


@pytest.mark.parametrize("status", [404, 500])
def test_a_no_is_tried_again_and_names_no_address(
    local: AppriseChannel, service: LocalService, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    service.answers.append((status, {}))
    with caplog.at_level(logging.DEBUG, "root"), pytest.raises(TransientError) as raised:
        local.send(f"{_address(service)}secret-token", MESSAGE)
    assert len(service.requests) == 1  # it does not repeat by itself
    assert "127.0.0.1" not in raised.value.detail
    assert "secret-token" not in caplog.text


def test_a_redirect_is_not_followed(local: AppriseChannel, service: LocalService) -> None:
    service.answers.append((307, {"Location": "/elsewhere"}))
    with pytest.raises(TransientError):
        local.send(_address(service), MESSAGE)
    assert len(service.requests) == 1


@pytest.mark.parametrize(
    "address",
    [
        *("file:///etc/passwd", "exec://rm", "syslog://", "dbus://", "gnome://", "macosx://"),
        *("windows://", "gntp://127.0.0.1", "growl://127.0.0.1", "mailto://u:p@gmail.com"),
        *("apprise://127.0.0.1/key", "matrix://user:pass@host", "vapid://a@b.example/x"),
        *("irc://host/channel", "mqtt://host/topic", "rsyslog://host", "plain words", ""),
        "json://push.example/?redirect=yes",
        "json://push.example/?rto=9999",
        "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js?template=/etc/passwd",
        "ntfy://topic?attach=/etc/passwd",
        "tgram://",
    ],
)
def test_what_could_read_files_or_lead_elsewhere_is_refused(address: str) -> None:
    with pytest.raises(InvalidInput, match="address: "):
        check_apprise_url(address)
    with pytest.raises(PermanentError):
        AppriseChannel().send(address, MESSAGE)


@pytest.mark.parametrize(
    "address",
    [
        "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
        "tgram://123456789:abcdefg_hijklmnop/12315544",
        "ntfy://nights-of-olga",
        "json://hooks.host.example/night",
        "gotify://gotify.host.example/AbCdEfGhIjKlMnO",
    ],
)
def test_well_known_services_are_welcome(address: str) -> None:
    assert check_apprise_url(f" {address} ") == address


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "10.1.2.3", "192.168.0.4", "169.254.169.254", "2130706433", "localhost"]
)
def test_a_host_inside_our_network_is_refused(host: str) -> None:
    with pytest.raises(PermanentError, match="private network"):
        AppriseChannel().send(f"json://{host}:8080/x", MESSAGE)


@pytest.mark.parametrize("host", ["::1", "::ffff:10.0.0.1", "100.64.0.1", "224.0.0.1", "0.0.0.0"])
def test_every_kind_of_private_address_is_known(host: str) -> None:
    with pytest.raises(PermanentError):
        require_public(host)


def test_a_public_address_passes_and_loopback_only_when_allowed() -> None:
    require_public("93.184.216.34")
    require_public("127.0.0.1", allow_loopback=True)
    with pytest.raises(PermanentError):
        require_public("10.0.0.1", allow_loopback=True)


def test_no_service_is_on_both_lists() -> None:
    assert not VENDOR_HOSTED & OWN_HOST


def test_every_kind_of_channel_is_built_from_the_settings(tmp_path: Path) -> None:
    mail = MailSettings(url="file", from_address="Call Assist <calls@night.example>")
    own = NotificationSettings(vapid_subject="mailto:night@example.com", morning_note_at=time(8))
    channels = build_channels(tmp_path, mail, own)
    assert set(channels) == {"push", "email", "apprise"}
    channels["email"].send("olga@host.example", MESSAGE)
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 1
    assert (tmp_path / "vapid.pem").exists()
