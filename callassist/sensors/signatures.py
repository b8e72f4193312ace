"""Two ways to sign a webhook: Standard Webhooks, and plain HMAC-SHA256 hex of the body.

Own code because the `standardwebhooks` library parses the body once more on the hot path; the
tests hold both against each other. Tolerance is in real time, never on the service's clock.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import uuid
from collections.abc import Sequence
from datetime import datetime

from callassist.ports.sensors import BadSignature, Headers

TOLERANCE_SECONDS = 300
STANDARD, SVIX = "webhook", "svix"  # what the three headers begin with
_PREFIX = "whsec_"


def verify_standard(
    headers: Headers,
    body: bytes,
    secrets: Sequence[str],
    now_real: datetime,
    *,
    prefix: str = STANDARD,
) -> None:
    """Check Standard Webhooks headers against any of `secrets`; raises BadSignature."""
    message_id = headers.get(f"{prefix}-id")
    stamp = headers.get(f"{prefix}-timestamp")
    given = headers.get(f"{prefix}-signature")
    if not message_id or not stamp or not given:
        raise BadSignature(
            f"This connection has a signing secret: send the headers {prefix}-id, "
            f"{prefix}-timestamp and {prefix}-signature (Standard Webhooks)."
        )
    _check_age(f"{prefix}-timestamp", stamp, now_real)
    signed = b"%s.%s.%s" % (message_id.encode(), stamp.encode(), body)
    offered = [part[3:].encode() for part in given.split() if part.startswith("v1,")]
    for secret in secrets:
        expected = base64.b64encode(hmac.digest(standard_key(secret), signed, "sha256"))
        if any(hmac.compare_digest(expected, one) for one in offered):
            return
    raise BadSignature(
        "The signature does not fit this body: sign '<id>.<timestamp>.<body>' with the "
        "connection's secret, over the bytes exactly as sent."
    )


def sign_standard(
    body: bytes, secret: str, now_real: datetime, *, prefix: str = STANDARD
) -> dict[str, str]:
    """The headers that `verify_standard` accepts."""
    message_id, stamp = f"msg_{uuid.uuid4().hex}", str(int(now_real.timestamp()))
    signed = b"%s.%s.%s" % (message_id.encode(), stamp.encode(), body)
    proof = base64.b64encode(hmac.digest(standard_key(secret), signed, "sha256")).decode()
    return {
        f"{prefix}-id": message_id,
        f"{prefix}-timestamp": stamp,
        f"{prefix}-signature": f"v1,{proof}",
    }


def standard_key(secret: str) -> bytes:
    """The key bytes of a `whsec_...` secret; one that is not base64 stands for its own bytes."""
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return secret.encode()


def _check_age(name: str, stamp: str, now_real: datetime) -> None:
    # int() alone would also take " 1_0 " and digits of other scripts
    seconds = int(stamp) if stamp.isascii() and stamp.isdigit() and len(stamp) < 13 else None
    if seconds is None:
        raise BadSignature(f"{name} must be whole seconds since 1970.")
    age = now_real.timestamp() - seconds
    if abs(age) > TOLERANCE_SECONDS:
        side = "old" if age > 0 else "in the future"
        raise BadSignature(
            f"{name} is {abs(age):.0f} s {side}; {TOLERANCE_SECONDS} s are allowed. "
            "Sign again at each delivery, and check the sender's clock."
        )


def verify_hex(header: str, given: str | None, body: bytes, secrets: Sequence[str]) -> None:
    """Check a hex HMAC-SHA256 of the raw body (`sha256=` before it is fine)."""
    if not given:
        raise BadSignature(f"This connection has a signing secret: send the header {header}.")
    offered = given.strip().lower().removeprefix("sha256=").encode()
    for secret in secrets:
        expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest().encode()
        if hmac.compare_digest(expected, offered):
            return
    raise BadSignature(f"{header} does not fit this body: it must be HMAC-SHA256 of it, in hex.")
