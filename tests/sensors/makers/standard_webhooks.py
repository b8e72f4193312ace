"""Signing by Standard Webhooks, which is Svix's way with other names of headers."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime


def signature(prefix: str, message: str, secret: str, body: bytes, at: datetime) -> dict[str, str]:
    """The three headers, whose names begin with `prefix`."""
    stamp = str(int(at.timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message}.{stamp}.".encode() + body
    mark = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return {
        f"{prefix}-id": message,
        f"{prefix}-timestamp": stamp,
        f"{prefix}-signature": f"v1,{mark}",
    }
