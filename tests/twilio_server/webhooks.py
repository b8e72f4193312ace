"""Requests that the network sends: signed, to the exact address given, with faults on demand."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urldefrag, urlencode, urlsplit, urlunsplit

import requests
from twilio.request_validator import RequestValidator
from werkzeug.test import Client as WsgiClient
from werkzeug.wrappers import Response

from tests.twilio_server.account import Account
from tests.twilio_server.shapes import new_sid

SECONDS_TO_ANSWER = 15
# what the fragment of an address may ask for (webhooks connection overrides)
RETRY_POLICIES = {"4xx", "5xx", "ct", "rt", "all"}


@dataclass
class Answer:
    """What came back; no status when nothing came."""

    status: int | None = None
    content_type: str = ""
    body: str = ""
    error: str = ""

    @property
    def is_ok(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


@dataclass
class Webhook:
    """One request to the service and what it answered."""

    kind: str  # status, document, action, amd, recording, message, text
    url: str
    form: dict[str, str]
    about: str  # SID of the call or message
    method: str = "POST"
    at: datetime | None = None
    on_answer: Callable[[Answer], None] | None = None
    token: str = field(default_factory=lambda: new_sid(""))
    fault: str = ""  # lost, doubled, late, forged
    headers: dict[str, str] = field(default_factory=dict)
    answer: Answer = field(default_factory=Answer)
    tries: int = 0


def signature(secret: str, url: str, form: dict[str, str]) -> str:
    """HMAC-SHA1 over the address and the sorted form, as the SDK's validator computes it."""
    return str(RequestValidator(secret).compute_signature(url, form))


class Post:
    """Sends webhooks. `routes` maps a public address to where it listens here, or to an app."""

    def __init__(self, account: Account, violated: Callable[[str], None]) -> None:
        self.account = account
        self.routes: dict[str, Any] = {}
        self.extra_headers: dict[str, str] = {}
        # whether the fragment of an address is signed though it is not sent; SDKs and services
        # disagree, and only a live account can tell
        self.signs_fragment = False
        self._violated = violated
        self._local = threading.local()
        self._sessions: list[requests.Session] = []

    def send(self, webhook: Webhook) -> None:
        """Sign and send, again where the address asks for it; the answer is kept."""
        url, overrides = self._parted(webhook.url)
        form = webhook.form if webhook.method == "POST" else {}
        if webhook.method == "GET" and webhook.form:
            url += ("&" if "?" in url else "?") + urlencode(webhook.form)
        signed_url = url
        if self.signs_fragment and (fragment := urldefrag(webhook.url).fragment):
            signed_url += "#" + fragment
        webhook.headers = self._headers(webhook, signed_url, form)
        for _ in range(1 + overrides[0]):
            webhook.tries += 1
            webhook.answer = self.exchange(webhook.method, url, form, webhook.headers)
            if not _again(webhook.answer, overrides[1]):
                break

    def _headers(self, webhook: Webhook, url: str, form: dict[str, str]) -> dict[str, str]:
        forged = webhook.fault == "forged"
        return {
            **self.signed(url, form, secret=new_sid("") if forged else ""),
            "I-Twilio-Idempotency-Token": webhook.token,
            "User-Agent": "TwilioProxy/1.1",
            "Accept": "*/*",
            **self.extra_headers,
        }

    def signed(self, url: str, form: dict[str, str], *, secret: str = "") -> dict[str, str]:
        """The header that proves where a request comes from, made with our secret or another."""
        name = "X-SignalWire-Signature" if self.account.is_signalwire else "X-Twilio-Signature"
        return {name: signature(secret or self.account.webhook_secret, url, form)}

    def _parted(self, address: str) -> tuple[str, tuple[int, set[str]]]:
        """The address without its fragment, and how often and after what it wants retries."""
        url, fragment = urldefrag(address)
        wanted = dict(part.split("=", 1) for part in fragment.split("&") if "=" in part)
        count, policies = wanted.get("rc", "1"), set(wanted.get("rp", "ct").split(","))
        if not (count.isdigit() and int(count) <= 5) or policies - RETRY_POLICIES:
            self._violated(f"connection overrides that nobody knows: #{fragment}")
            return url, (1, {"ct"})
        return url, (int(count), policies)

    def exchange(
        self, method: str, url: str, form: dict[str, str], headers: dict[str, str]
    ) -> Answer:
        """One request and its answer, by socket or to an app in this process."""
        parts = urlsplit(url)
        public = f"{parts.scheme}://{parts.netloc}"
        target = self.routes.get(public)
        if target is None and parts.hostname != "127.0.0.1":
            self._violated(f"nobody answers at {public}")
            return Answer(error="ct")
        rest = urlunsplit(("", "", parts.path or "/", parts.query, ""))
        if callable(target):
            return _ask_app(target, public, method, rest, form, headers)
        return self._ask_socket((target or public).rstrip("/") + rest, method, form, headers)

    def _ask_socket(
        self, url: str, method: str, form: dict[str, str], headers: dict[str, str]
    ) -> Answer:
        if not hasattr(self._local, "session"):
            self._local.session = requests.Session()
            self._local.session.trust_env = False
            self._sessions.append(self._local.session)
        try:
            got = self._local.session.request(
                method,
                url,
                data=form or None,
                headers=headers,
                timeout=SECONDS_TO_ANSWER,
                allow_redirects=False,
            )
        except requests.ConnectionError:
            return Answer(error="ct")
        except requests.Timeout:
            return Answer(error="rt")
        return Answer(got.status_code, got.headers.get("Content-Type", ""), got.text)

    def close(self) -> None:
        for session in self._sessions:
            session.close()


def _ask_app(
    app: Any, public: str, method: str, rest: str, form: dict[str, str], headers: dict[str, str]
) -> Answer:
    with WsgiClient(app, Response).open(
        rest, base_url=public, method=method, data=form or None, headers=headers
    ) as got:
        return Answer(got.status_code, got.headers.get("Content-Type", ""), got.get_data(True))


def _again(answer: Answer, policies: set[str]) -> bool:
    if "all" in policies:
        return not answer.is_ok
    if answer.error:
        return answer.error in policies
    return f"{(answer.status or 0) // 100}xx" in policies
