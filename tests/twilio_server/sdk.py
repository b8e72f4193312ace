"""The official SDK, pointed at the server by the documented way: an HTTP client of one's own."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit, urlunsplit

from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from tests.twilio_server.server import TwilioServer


class _Rebased(TwilioHttpClient):  # type: ignore[misc]
    def __init__(self, base_url: str, **options: Any) -> None:
        super().__init__(**options)
        self._base_url = base_url.rstrip("/")

    def request(self, method: str, url: str, *args: Any, **options: Any) -> Response:
        parts = urlsplit(url)
        rebased = self._base_url + urlunsplit(("", "", parts.path, parts.query, ""))
        return super().request(method, rebased, *args, **options)


def sdk_client(server: TwilioServer, *, user: str = "", password: str = "") -> Client:
    """The account's own client; `user` and `password` for an API key or a wrong one."""
    account = server.account
    return Client(
        user or account.sid,
        password or account.auth_token,
        account.sid,
        http_client=_Rebased(server.base_url, timeout=30),
    )
