"""Calendars as text, and an Access that has nothing but one."""

from __future__ import annotations

from typing import Any

from callassist.pms_sync.answers import Received
from tests.pms_sync.vendors.canned import Canned


class Feed(Canned):
    """Answers every request with this calendar, decoded as the real answer is; or raises."""

    def __init__(
        self, content: str | bytes | Exception, *, kind: str = "text/calendar", **other: str
    ) -> None:
        super().__init__(
            {"address": "https://calendars.example/a.ics", "name": "Lake house, Airbnb", **other}
        )
        self.content = content.encode() if isinstance(content, str) else content
        self.kind = kind
        self.addresses: list[str] = []

    def call(self, method: str, path: str, **_: Any) -> Received:
        self.addresses.append(path)
        if isinstance(self.content, Exception):
            raise self.content
        headers = {"content-type": self.kind}
        return Received(system="Calendar (iCal)", status=200, headers=headers, content=self.content)


def calendar(*lines: str) -> str:
    """A whole calendar of these lines and events."""
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *lines, "END:VCALENDAR", ""])


def event(*lines: str) -> str:
    """One event of these lines."""
    return "\r\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT"])
