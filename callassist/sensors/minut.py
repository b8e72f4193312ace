"""Minut: notices of a HOME at about 10, 20 and 30 minutes of noise, then "ended"; no levels.

Noise events name no device (developer.minut.com, events reference), so a Minut sensor of ours is a
home: its `home_id`. Name and algorithm of the signature header were not to be found in the public
pages; hex HMAC-SHA256 of the raw body is what one integration uses, so the name is an option. The
token chosen at registration is echoed in every delivery and may be checked as well, or alone;
with `proof` "either", a delivery without a signature is believed by its token.
Deliveries can be repeated: the event's id tells.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from callassist.domain.noise import ReadingKind
from callassist.errors import InvalidInput
from callassist.ports.sensors import (
    BadSignature,
    Headers,
    Parsed,
    ParsedReading,
    UnknownEvent,
)
from callassist.sensors.json_body import (
    as_utc,
    check_content_type,
    decode,
    missing,
    text_fault,
    time_fault,
    unusable,
)
from callassist.sensors.notices import NoticeBrand
from callassist.sensors.options import text
from callassist.sensors.signatures import verify_hex

DEFAULT_HEADER = "X-Minut-Signature"
PROOFS = ("both", "either")
_SHA256 = re.compile(r"[0-9a-f]{64}")

# Minut's word -> ours, and the number of a notice
EVENTS: dict[str, tuple[ReadingKind, int | None]] = {
    "disturbance_first_notice": (ReadingKind.NOTICE, 1),
    "disturbance_second_notice": (ReadingKind.NOTICE, 2),
    "disturbance_third_notice": (ReadingKind.NOTICE, 3),
    "disturbance_ended": (ReadingKind.NOTICE_ENDED, None),
    "device_online": (ReadingKind.ONLINE, None),
    "device_offline": (ReadingKind.OFFLINE, None),
}


class _Event(msgspec.Struct):
    type: str
    created_at: datetime | None = None
    id: str | None = None
    home_id: str | None = None


class _Delivery(msgspec.Struct):
    event: _Event


class _Echo(msgspec.Struct):
    token: str | None = None


_DELIVERY = msgspec.json.Decoder(_Delivery)
_ECHO = msgspec.json.Decoder(_Echo)


class MinutAdapter(NoticeBrand):
    """Deliveries of Minut's webhooks (API v8)."""

    own_options = frozenset({"signature_header", "token_sha256", "proof"})

    def check_options(self, options: Mapping[str, object]) -> None:
        super().check_options(options)
        text(options, "signature_header")
        echoed = text(options, "token_sha256")
        if echoed is not None and not _SHA256.fullmatch(echoed):
            raise InvalidInput("give the SHA-256 of the token in lower-case hex", "token_sha256")
        if options.get("proof", "both") not in PROOFS:
            raise InvalidInput(f"one of {', '.join(PROOFS)}", "proof")

    def verify(
        self,
        headers: Headers,
        body: bytes,
        secrets: Sequence[str],
        options: Mapping[str, object],
        now_real: datetime,
    ) -> None:
        header = text(options, "signature_header", DEFAULT_HEADER) or DEFAULT_HEADER
        expected, given = text(options, "token_sha256"), headers.get(header)
        # which header carries the signature is not confirmed: without it the token may be enough
        may_lack = options.get("proof") == "either" and expected is not None and given is None
        if secrets and not may_lack:
            verify_hex(header, given, body, secrets)
        if expected is not None:
            _verify_token(decode(_ECHO, body).token, expected)

    def parse(
        self, body: bytes, content_type: str, headers: Headers, options: Mapping[str, object]
    ) -> list[Parsed]:
        check_content_type(content_type)
        event = decode(_DELIVERY, body).event
        if event.type not in EVENTS:
            return [UnknownEvent("unknown event")]
        at, home = _checked(event)
        kind, number = EVENTS[event.type]
        return [
            ParsedReading(sensor=home, at=at, kind=kind, event_id=event.id, notice_number=number)
        ]


def _checked(event: _Event) -> tuple[datetime, str]:
    at, home = event.created_at, event.home_id
    if at is None:
        raise missing("/event/created_at")
    if home is None:
        raise missing("/event/home_id")
    found = [time_fault(at, "/event/created_at"), text_fault(home, "/event/home_id", 255)]
    if event.id is not None:
        found.append(text_fault(event.id, "/event/id", 255))
    faults = [fault for fault in found if fault is not None]
    if faults:
        raise unusable(faults)
    return as_utc(at), home


def _verify_token(given: str | None, expected: str) -> None:
    digest = hashlib.sha256((given or "").encode()).hexdigest()
    if given is None or not hmac.compare_digest(digest, expected):
        raise BadSignature(
            "The delivery does not echo the token that the webhook was registered with."
        )
