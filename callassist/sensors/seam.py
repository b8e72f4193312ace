"""Seam, which passes on what Minut and NoiseAware say: one event each time a threshold is crossed.

Signed by Svix. It sends an event again for up to a day when we do not answer, so `occurred_at`
decides and never the arrival: what is older than five minutes cannot start a call. Which notice it
is stands in the brand's own part. There is no event for "quiet again" but the brand's own, so what
does not come again counts as over after a while (sensors.lapsing).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from callassist.domain.noise import ReadingKind
from callassist.ports.sensors import (
    HIGHEST_DB,
    LOWEST_DB,
    Fault,
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
from callassist.sensors.minut import EVENTS as MINUT_EVENTS
from callassist.sensors.noiseaware import MEANINGS, meaning_of, own_meanings
from callassist.sensors.notices import NoticeBrand
from callassist.sensors.signatures import SVIX, sign_standard, verify_standard

THRESHOLD = "noise_sensor.noise_threshold_triggered"
_DEVICES = {
    "device.connected": ReadingKind.ONLINE,
    "device.disconnected": ReadingKind.OFFLINE,
}
_NAMES = ("event_name", "event_type", "alert_type", "AlertType", "name")


class _Event(msgspec.Struct):
    event_type: str
    event_id: str | None = None
    device_id: str | None = None
    occurred_at: datetime | None = None
    noise_level_decibels: float | None = None
    noise_threshold_name: str | None = None
    minut_metadata: dict[str, Any] | None = None
    noiseaware_metadata: dict[str, Any] | None = None


_EVENT = msgspec.json.Decoder(_Event)


class SeamAdapter(NoticeBrand):
    """Events of Seam's webhooks."""

    own_options = frozenset({"alert_types"})

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
        if secrets:
            verify_standard(headers, body, secrets, now_real, prefix=SVIX)

    def parse(
        self, body: bytes, content_type: str, headers: Headers, options: Mapping[str, object]
    ) -> list[Parsed]:
        check_content_type(content_type)
        event = decode(_EVENT, body)
        said = _said(event, own_meanings(options))
        if isinstance(said, UnknownEvent):
            return [said]
        at, device, level = _checked(event)
        kind, number = said
        return [
            ParsedReading(
                sensor=device,
                at=at,
                kind=kind,
                event_id=event.event_id,
                level_db=level if kind is ReadingKind.NOTICE else None,
                notice_number=number,
            )
        ]

    def example(self, sensor: str, at: datetime, options: Mapping[str, object]) -> bytes:
        """An event that the device is connected."""
        event = {"event_type": "device.connected", "device_id": sensor}
        return msgspec.json.encode({**event, "occurred_at": at})

    def sign(
        self, body: bytes, secret: str, options: Mapping[str, object], now_real: datetime
    ) -> dict[str, str]:
        """As Svix signs."""
        return sign_standard(body, secret, now_real, prefix=SVIX)


def _said(event: _Event, own: Mapping[str, str]) -> tuple[ReadingKind, int | None] | UnknownEvent:
    if event.event_type in _DEVICES:
        return _DEVICES[event.event_type], None
    if event.event_type != THRESHOLD:
        return UnknownEvent("unknown event")
    minut = _name(event.minut_metadata)
    if minut in MINUT_EVENTS:
        return MINUT_EVENTS[minut]
    if minut:
        return UnknownEvent("an event of Minut that says nothing about noise")
    alert = _name(event.noiseaware_metadata)
    if alert:
        meaning = meaning_of(alert, own)
        return MEANINGS[meaning] if meaning in MEANINGS else UnknownEvent(meaning)
    # only that a threshold was crossed: the earliest of the notices, which starts the latest call
    return ReadingKind.NOTICE, 1


def _name(part: Mapping[str, Any] | None) -> str:
    """The brand's own word for the event; the key in NoiseAware's part is not documented."""
    for key in _NAMES:
        value = (part or {}).get(key)
        if isinstance(value, str) and value:
            return value
    return ""


def _checked(event: _Event) -> tuple[datetime, str, float | None]:
    if event.occurred_at is None:
        raise missing("/occurred_at")
    if event.device_id is None:
        raise missing("/device_id")
    level = event.noise_level_decibels or None  # 0 stands for "not measured"
    found = [
        time_fault(event.occurred_at, "/occurred_at"),
        text_fault(event.device_id, "/device_id", 255),
    ]
    if event.event_id is not None:
        found.append(text_fault(event.event_id, "/event_id", 255))
    if level is not None and not LOWEST_DB <= level <= HIGHEST_DB:
        found.append(Fault("/noise_level_decibels", f"{level:g} dB is no level of a home"))
    faults = [fault for fault in found if fault is not None]
    if faults:
        raise unusable(faults)
    return as_utc(event.occurred_at), event.device_id, level
