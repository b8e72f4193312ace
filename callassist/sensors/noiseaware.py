"""NoiseAware's partner webhook: alerts without a level, at about 10, 20 and 30 minutes of noise.

Its documentation (noiseaware.readme.io, AutoResolve integration) says "no auth": the address is the
proof. It names the types of alerts about devices; those about noise are not in its public part, so
they are read by their pattern and can be named one by one in the option `alert_types`. A sensor of
ours is an alert zone (NoiseawareAZID), or the property where an alert names no zone.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from callassist.domain.noise import ReadingKind
from callassist.errors import InvalidInput
from callassist.ports.sensors import (
    FixedReply,
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
from callassist.sensors.signatures import sign_standard, verify_standard

IGNORE = "ignore"

# what an alert can mean -> our kind, and the number of a notice
MEANINGS: dict[str, tuple[ReadingKind, int | None]] = {
    "first_notice": (ReadingKind.NOTICE, 1),
    "second_notice": (ReadingKind.NOTICE, 2),
    "third_notice": (ReadingKind.NOTICE, 3),
    "ended": (ReadingKind.NOTICE_ENDED, None),
    "offline": (ReadingKind.OFFLINE, None),
    "online": (ReadingKind.ONLINE, None),
}
_DEVICES = {
    "newdisconnect": "offline",
    "newpropertydisconnect": "offline",
    "resolveddisconnect": "online",
    "resolvedpropertydisconnect": "online",
}
# of these we know what they are, and that they say nothing about noise
_ASIDE = {
    "newtamper": "tampering with the sensor",
    "resolvedtamper": "tampering with the sensor is over",
    "newlowbattery": "low battery",
    "resolvedlowbattery": "the battery was changed",
}
_SECOND = re.compile(r"second|2nd|(?<!\d)2(?!\d)|(?<!\d)20(?!\d)")
_THIRD = re.compile(r"third|3rd|(?<!\d)3(?!\d)|(?<!\d)30(?!\d)")
_NOISE = re.compile(r"noise|nrs|loud")
_OVER = re.compile(r"^(resolved|ended|end)|(resolved|ended|normal)$")


class _Alert(msgspec.Struct):
    AlertType: str
    AlertTime: datetime | None = None
    NoiseawareAZID: int | str | None = None
    NoiseawarePropertyID: int | str | None = None


_ALERT = msgspec.json.Decoder(_Alert)


class NoiseAwareAdapter(NoticeBrand):
    """Alerts of NoiseAware's AutoResolve integration."""

    own_options = frozenset({"alert_types"})
    reply = FixedReply(status=200, body=b'{"message":"Message sent"}')  # what it waits for

    def check_options(self, options: Mapping[str, object]) -> None:
        super().check_options(options)
        own_meanings(options)

    def verify(
        self,
        headers: Headers,
        body: bytes,
        secrets: Sequence[str],
        options: Mapping[str, object],
        now_real: datetime,
    ) -> None:
        if secrets:  # something of the host's own stands in between, and signs
            verify_standard(headers, body, secrets, now_real)

    def parse(
        self, body: bytes, content_type: str, headers: Headers, options: Mapping[str, object]
    ) -> list[Parsed]:
        check_content_type(content_type)
        alert = decode(_ALERT, body)
        meaning = meaning_of(alert.AlertType, own_meanings(options))
        if meaning not in MEANINGS:
            return [UnknownEvent(meaning)]
        at, sensor = _checked(alert)
        kind, number = MEANINGS[meaning]
        return [
            ParsedReading(
                sensor=sensor,
                at=at,
                kind=kind,
                event_id=_event_id(alert),
                notice_number=number,
            )
        ]

    def example(self, sensor: str, at: datetime, options: Mapping[str, object]) -> bytes:
        """An alert that the sensor can be heard again."""
        zone: object = int(sensor) if sensor.isascii() and sensor.isdigit() else sensor
        alert = {"NoiseawareAZID": zone, "NoiseawareAZName": "Living room"}
        return msgspec.json.encode(
            {**alert, "AlertTime": at.isoformat(), "AlertType": "resolvedDisconnect"}
        )

    def sign(
        self, body: bytes, secret: str, options: Mapping[str, object], now_real: datetime
    ) -> dict[str, str]:
        """As whatever signs in between would."""
        return sign_standard(body, secret, now_real)


def meaning_of(alert_type: str, own: Mapping[str, str]) -> str:
    """A key of MEANINGS, or a sentence why the alert moves nothing."""
    name = alert_type.strip().lower()
    chosen = own.get(name) or _DEVICES.get(name)
    if chosen == IGNORE:
        return "ignored, as the options say"
    if chosen is not None:
        return chosen
    if name in _ASIDE:
        return _ASIDE[name]
    if not _NOISE.search(name):
        return "unknown type of alert; the option alert_types can name it"
    if _OVER.search(name):
        return "ended"
    if _THIRD.search(name):
        return "third_notice"
    return "second_notice" if _SECOND.search(name) else "first_notice"


def own_meanings(options: Mapping[str, object]) -> dict[str, str]:
    """The option `alert_types`: {"<type of alert>": "first_notice" ...}; raises InvalidInput."""
    chosen = options.get("alert_types")
    if chosen is None:
        return {}
    known = (*MEANINGS, IGNORE)
    if not isinstance(chosen, Mapping):
        raise InvalidInput('give pairs like {"newNoise": "first_notice"}', "alert_types")
    for name, meaning in chosen.items():
        if meaning not in known:
            raise InvalidInput(f"{name} can mean: {', '.join(known)}", "alert_types")
    return {str(name).strip().lower(): str(meaning) for name, meaning in chosen.items()}


def _checked(alert: _Alert) -> tuple[datetime, str]:
    if alert.AlertTime is None:
        raise missing("/AlertTime")
    if alert.NoiseawareAZID not in (None, ""):
        sensor, where = str(alert.NoiseawareAZID), "/NoiseawareAZID"
    elif alert.NoiseawarePropertyID not in (None, ""):
        sensor, where = f"property-{alert.NoiseawarePropertyID}", "/NoiseawarePropertyID"
    else:
        raise missing("/NoiseawareAZID")
    faults = [
        fault
        for fault in (
            time_fault(alert.AlertTime, "/AlertTime"),
            text_fault(sensor, where, 255),
            text_fault(alert.AlertType, "/AlertType", 255),
        )
        if fault is not None
    ]
    if faults:
        raise unusable(faults)
    return as_utc(alert.AlertTime), sensor


def _event_id(alert: _Alert) -> str:
    """An alert has no id: what it says, of whom and when, is the same when it is sent again."""
    said = f"{alert.NoiseawareAZID}|{alert.NoiseawarePropertyID}|{alert.AlertTime}|"
    return hashlib.sha256((said + alert.AlertType).encode()).hexdigest()[:32]
