"""Web Push: an encrypted message to a browser that subscribed, through its maker's service."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import http_ece
import requests
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02, VapidException
from requests_hardened.ip_filter import InvalidIPAddress

from callassist.errors import InvalidInput, PermanentError, SettingsError, TransientError
from callassist.notifications.hushed_logs import hush_libraries
from callassist.notifications.messages import short
from callassist.notifications.vapid import application_server_key
from callassist.ports.messages import ChannelGone, Message
from callassist.safe_http import CONNECT_SECONDS, READ_SECONDS, safe_session

_URGENT_TTL = 30 * 60  # seconds; "call requested" of two hours ago helps nobody
_TTL = 12 * 60 * 60
_SIGNED_FOR = timedelta(hours=12)  # RFC 8292 allows 24 at most
_POINT_BYTES = 65  # an uncompressed point of P-256
_SECRET_BYTES = 16
_LONGEST_ENDPOINT = 1000
_GONE = (404, 410)
_LATER = (408, 425, 429)
_BAD_SUBSCRIPTION = "this push subscription cannot be read; switch push on again on the device"


class WebPush:
    """Sends to subscriptions (the JSON of `PushSubscription.toJSON()`), signed with our key.

    `subject` is who push services may write to: `mailto:...` or an https address.
    """

    def __init__(self, vapid: Vapid02, *, subject: str, allow_loopback: bool = False) -> None:
        try:
            vapid.sign({"sub": subject, "aud": "https://push.example"})
        except VapidException:
            raise SettingsError(
                "CALLASSIST_VAPID_SUBJECT: must be mailto:you@example.com or https://host, no path"
            ) from None
        hush_libraries()
        self._vapid = vapid
        self._subject = subject
        self.allow_loopback = allow_loopback
        self.public_key = application_server_key(vapid)

    def send(self, address: str, message: Message) -> None:
        """Hand the message to the push service that the subscription names."""
        subscription = read_subscription(address, allow_loopback=self.allow_loopback)
        topic = _topic(message.key)
        session = safe_session(allow_loopback=self.allow_loopback)
        try:
            with session:
                answer = self._post(session, subscription, message, topic)
                status, retry_after = answer.status_code, answer.headers.get("Retry-After")
        except InvalidIPAddress:
            raise PermanentError("the push address leads into a private network") from None
        except requests.RequestException as error:
            reason = f"the push service was not reached ({type(error).__name__})"
            raise TransientError(reason) from None
        except (http_ece.ECEException, VapidException, ValueError, TypeError):
            raise PermanentError(_BAD_SUBSCRIPTION) from None
        _judge(status, retry_after)

    def _post(
        self, session: requests.Session, subscription: dict[str, Any], message: Message, topic: str
    ) -> requests.Response:
        endpoint = subscription["endpoint"]
        answer = session.post(
            endpoint,
            data=_sealed(_payload(message, topic), subscription["keys"]),
            headers={
                **self._vapid.sign(_claims(endpoint, self._subject)),
                "Content-Encoding": "aes128gcm",
                "TTL": str(_URGENT_TTL if message.urgent else _TTL),
                "Urgency": "high" if message.urgent else "normal",
                "Topic": topic,
            },
            timeout=(CONNECT_SECONDS, READ_SECONDS),
            # the address is the user's: an answer without end would hold a worker for ever
            stream=True,
        )
        answer.close()
        return answer


def read_subscription(address: str, *, allow_loopback: bool = False) -> dict[str, Any]:
    """The subscription as the browser gave it; InvalidInput when it is none, or not over https."""
    try:
        subscription = json.loads(address)
        keys = {name: str(subscription["keys"][name]) for name in ("p256dh", "auth")}
        endpoint = str(subscription["endpoint"])
        parts = urlsplit(endpoint)
    except (ValueError, TypeError, KeyError):
        raise InvalidInput(_BAD_SUBSCRIPTION, "subscription") from None
    secure = parts.scheme == "https" or (allow_loopback and parts.scheme == "http")
    if not secure or not parts.hostname or parts.username is not None:
        raise InvalidInput(_BAD_SUBSCRIPTION, "subscription")
    return {"endpoint": endpoint, "keys": keys}


def check_subscription(address: str, *, allow_loopback: bool = False) -> str:
    """The subscription as it is stored: its endpoint and keys only; InvalidInput when bad."""
    subscription = read_subscription(address, allow_loopback=allow_loopback)
    if len(subscription["endpoint"]) > _LONGEST_ENDPOINT or not _are_keys(subscription["keys"]):
        raise InvalidInput(_BAD_SUBSCRIPTION, "subscription")
    return json.dumps(subscription, sort_keys=True)


def _are_keys(keys: dict[str, str]) -> bool:
    try:
        point, secret = _decoded(keys["p256dh"]), _decoded(keys["auth"])
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        return False
    return len(point) == _POINT_BYTES and len(secret) == _SECRET_BYTES


def _payload(message: Message, topic: str) -> str:
    return json.dumps(
        {
            "title": message.title,
            "body": short(message.text),
            "url": message.url,
            "lang": message.language,
            "tag": topic,
            "urgent": message.urgent,
        },
        ensure_ascii=False,
    )


def _sealed(text: str, keys: dict[str, str]) -> bytes:
    """Encrypted for the browser that made `keys`, with a key for this message only (RFC 8291)."""
    receiver = _decoded(keys["p256dh"])
    if len(receiver) != _POINT_BYTES:
        raise ValueError("p256dh is no uncompressed point of P-256")
    sealed: bytes = http_ece.encrypt(
        text.encode(),
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=receiver,
        auth_secret=_decoded(keys["auth"]),
        version="aes128gcm",
    )
    return sealed


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _claims(endpoint: str, subject: str) -> dict[str, object]:
    """Who writes to which push service, and until when this may be believed (RFC 8292)."""
    service = urlsplit(endpoint)
    until = datetime.now(UTC) + _SIGNED_FOR
    return {
        "aud": f"{service.scheme}://{service.netloc}",
        "exp": int(until.timestamp()),
        "sub": subject,
    }


def _topic(key: str) -> str:
    """At most 32 characters of URL-safe base64 (RFC 8030 5.4), the same for the same key."""
    return base64.urlsafe_b64encode(sha256(key.encode()).digest())[:32].decode()


def _judge(status: int, retry_after: str | None) -> None:
    if status in (200, 201, 202, 204):
        return
    if status in _GONE:
        raise ChannelGone("the device has unsubscribed; switch push on again there")
    reason = f"the push service answered {status}"
    if status in _LATER or status >= 500:
        raise TransientError(reason, retry_after=_seconds(retry_after))
    raise PermanentError(reason)


def _seconds(retry_after: str | None) -> float | None:
    """Seconds of a Retry-After header, which may be a number or a date."""
    if retry_after is None:
        return None
    try:
        if retry_after.strip().isdigit():
            return float(retry_after)
        wait = (parsedate_to_datetime(retry_after) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError):
        return None
    return max(wait, 0.0)
