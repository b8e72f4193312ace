"""One webhook over the wire: signed, never redirected, and of the answer what a log needs.

The address is a host's: it may lead inside, never answer, or answer without end.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from requests_hardened.ip_filter import InvalidIPAddress
from standardwebhooks import Webhook
from urllib3.exceptions import HTTPError

from callassist.domain.webhook_tries import is_success
from callassist.errors import TransientError
from callassist.notifications.deadline import within
from callassist.ports.wording import said
from callassist.safe_http import CONNECT_SECONDS, safe_session

SECONDS = 15.0  # real, for everything
MOST_BYTES = 2048
LOGGED_CHARACTERS = 200
_SHORTEST_KEY = 6
_HIDDEN = "•••"

PRIVATE = said("the address leads into a private network; use a public one")
REDIRECTED = said("it answered with a redirect, which is not followed; enter the final address")
NOT_TAKEN = said("it did not take the message")
NO_ANSWER = said("no answer within 15 seconds")
NOT_REACHED = said("it was not reached")
NOT_TRUSTED = said("its certificate is not valid for this address")
BROKEN = said("the connection broke before it answered")


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """What goes over the wire."""

    message_id: str
    url: str = field(repr=False)
    secrets: Sequence[str] = field(repr=False)  # newest first; each signs
    body: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What became of one try; without `error` the message was taken."""

    status: int | None = None
    error: str | None = None
    text: str = ""  # its first words, without anything secret
    retry_after: float | None = None  # real seconds
    is_final: bool = False  # trying again cannot help
    took: float = 0.0  # real seconds


@dataclass
class _Heard:
    status: int | None = None
    body: bytes = b""
    retry_after: str | None = None


def as_text(body: Mapping[str, Any]) -> str:
    """The body as it is signed and sent."""
    ordered = {name: body[name] for name in ("type", "timestamp", "data")}
    return json.dumps(ordered, separators=(",", ":"))


def signed_headers(parcel: Parcel, real_now: datetime) -> dict[str, str]:
    """The headers of Standard Webhooks; while secrets change, one signature for each."""
    signatures = [
        Webhook(secret).sign(msg_id=parcel.message_id, timestamp=real_now, data=parcel.body)
        for secret in parcel.secrets
    ]
    return {
        "webhook-id": parcel.message_id,
        "webhook-timestamp": str(int(real_now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def post(parcel: Parcel, real_now: datetime, *, allow_loopback: bool = False) -> Answer:
    """Send once and say what became of it; raises nothing that an address can cause."""
    headers = signed_headers(parcel, real_now)
    heard, began = _Heard(), time.monotonic()
    error, is_final = None, False
    try:
        within(SECONDS, lambda: _send(parcel, headers, heard, allow_loopback))
    except TransientError:
        error = NO_ANSWER
    except InvalidIPAddress:
        error, is_final = PRIVATE, True
    except requests.exceptions.SSLError:
        error = NOT_TRUSTED
    except (requests.ConnectTimeout, requests.ReadTimeout):
        error = NO_ANSWER
    except requests.ConnectionError as failure:
        error = BROKEN if "aborted" in str(failure) else NOT_REACHED
    except (requests.RequestException, HTTPError, OSError, ValueError):
        error = NOT_REACHED
    if heard.status is not None:  # it answered; how its answer ended does not matter
        error = _error_of(heard.status)
    return Answer(
        status=heard.status,
        error=error,
        text=_loggable(heard.body, parcel, headers),
        retry_after=_seconds(heard.retry_after),
        is_final=is_final,
        took=time.monotonic() - began,
    )


def _send(parcel: Parcel, headers: dict[str, str], heard: _Heard, allow_loopback: bool) -> None:
    with safe_session(allow_loopback=allow_loopback) as session:
        answer = session.post(
            parcel.url,
            data=parcel.body.encode(),
            headers={
                **headers,
                "Content-Type": "application/json",
                "Accept-Encoding": "identity",  # a small answer may unpack to a large one
            },
            timeout=(CONNECT_SECONDS, SECONDS),
            stream=True,
        )
        with answer:
            heard.retry_after = answer.headers.get("Retry-After")
            heard.status = answer.status_code
            while len(heard.body) < MOST_BYTES:
                piece = answer.raw.read1(MOST_BYTES - len(heard.body))
                if not piece:
                    break
                heard.body += piece


def _error_of(status: int) -> str | None:
    if is_success(status):
        return None
    return REDIRECTED if 300 <= status < 400 else NOT_TAKEN


def _loggable(body: bytes, parcel: Parcel, headers: Mapping[str, str]) -> str:
    """The answer's first words. An echo of our request shows neither secret, address nor key."""
    text = body.decode("utf-8", "replace")
    signatures = headers["webhook-signature"].split()
    parts = [piece.partition(",")[2] for piece in signatures]
    bare = [secret.removeprefix("whsec_") for secret in parcel.secrets]
    secret = (*parcel.secrets, *bare, *signatures, *parts, parcel.body)
    for one in (*secret, parcel.url, *_keys_in(parcel.url)):
        text = text.replace(one, _HIDDEN)
    shown = "".join(one if one.isprintable() else " " for one in text)
    return " ".join(shown.split())[:LOGGED_CHARACTERS]


def _keys_in(url: str) -> list[str]:
    """Path and query, and each longer part of them: the way to a host's system may be its key."""
    asked = urlsplit(url)._replace(scheme="", netloc="").geturl()
    parts = [one for one in re.split(r"[/?&=]", asked) if len(one) >= _SHORTEST_KEY]
    return [asked, *parts] if parts else []


def _seconds(retry_after: str | None) -> float | None:
    """Whole seconds of a Retry-After header; dates are left to our own schedule."""
    text = (retry_after or "").strip()
    return float(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
