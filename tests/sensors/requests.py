"""Signing and reading requests as a brand would make them."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from standardwebhooks import Webhook

EXAMPLES = Path(__file__).parent / "examples"
SECRET = "whsec_aGVsbG8gdGhlcmUgaG9zdHMgb2YgdGhlIG5pZ2h0IQ=="
OTHER_SECRET = "whsec_YW5vdGhlciBzZWNyZXQgb2YgdGhlIHNhbWUgaG9zdCE="
BEARERS = ("home_assistant", "mqtt", "tuya")  # prove who sends, not what
HEX = {"minut": "X-Minut-Signature", "netatmo": "X-Netatmo-Secret"}
NOW = datetime(2026, 6, 13, 20, tzinfo=UTC)


class Headers(dict[str, str]):
    """Headers whose names are not case-sensitive."""

    def get(self, name: str, default: Any = None, /) -> Any:
        found = [value for key, value in self.items() if key.lower() == name.lower()]
        return found[0] if found else default


def example(adapter: str) -> dict[str, Any]:
    """The adapter's example file."""
    found: dict[str, Any] = json.loads((EXAMPLES / f"{adapter}.json").read_text())
    return found


def deliveries(adapter: str) -> list[dict[str, Any]]:
    """What the brand sends."""
    found: list[dict[str, Any]] = example(adapter)["deliveries"]
    return found


def standard_headers(body: bytes, *, at: datetime = NOW, secret: str = SECRET) -> Headers:
    """Standard Webhooks headers, signed by the library that senders use."""
    return Headers(
        {
            "webhook-id": "msg_1",
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(secret).sign("msg_1", at, body.decode()),
        }
    )


def hex_headers(body: bytes, *, name: str, secret: str = SECRET) -> Headers:
    """An HMAC-SHA256 of the body in hex."""
    return Headers({name: hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()})


def signed(adapter: str, body: bytes) -> Headers:
    """The signature headers that the brand sends for `SECRET`."""
    if adapter in BEARERS:
        return Headers({"Authorization": f"Bearer {SECRET}"})
    if adapter in HEX:
        return hex_headers(body, name=HEX[adapter])
    headers = standard_headers(body)
    if adapter == "seam":
        return Headers({name.replace("webhook", "svix"): value for name, value in headers.items()})
    return headers
