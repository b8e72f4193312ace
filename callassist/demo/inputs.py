"""What the demo's sensors will say, as HTTP bodies in the order of their time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from callassist.demo.cast import CALM_DB, LOUD_DB, Home, Level, Notices

_NOTICE_TYPES = (
    "disturbance_first_notice",
    "disturbance_second_notice",
    "disturbance_third_notice",
)


@dataclass(frozen=True, kw_only=True)
class Post:
    """One thing a sensor will post, and when."""

    at: datetime
    home: str
    adapter: str
    body: dict[str, object]


def posts(cast: tuple[Home, ...], night_began: datetime) -> list[Post]:
    """Every post of the night, earliest first."""
    found: list[Post] = []
    for home in cast:
        began = night_began + timedelta(minutes=home.begins)
        if home.level is not None:
            found += _levels(home, home.level, began)
        if home.notices is not None:
            found += _notices(home, home.notices, began)
    return sorted(found, key=lambda post: post.at)


def _levels(home: Home, level: Level, began: datetime) -> Iterator[Post]:
    for minute in range(int(level.until) + 1):
        if any(start < minute < end for start, end in level.dark):
            continue
        loud = any(start <= minute <= end for start, end in level.loud)
        db = (LOUD_DB if loud else CALM_DB) + (minute * 7 % 11) / 2 - 2.5
        at = began + timedelta(minutes=minute)
        body: dict[str, object] = {
            "id": f"{home.name}-{minute}",
            "sensor": home.name,
            "at": at.isoformat(),
            "level_db": round(db, 1),
        }
        yield Post(at=at, home=home.name, adapter="generic", body=body)


def _notices(home: Home, notices: Notices, began: datetime) -> Iterator[Post]:
    said = [*zip(_NOTICE_TYPES, notices.at, strict=False), ("disturbance_ended", notices.ended_at)]
    for kind, minute in said:
        at = began + timedelta(minutes=minute)
        event = {
            "id": f"{home.name}-{kind}",
            "created_at": at.isoformat().replace("+00:00", "Z"),
            "type": kind,
            "home_id": home.name,
        }
        body: dict[str, object] = {"hook_id": "demo", "event": event}
        yield Post(at=at, home=home.name, adapter="minut", body=body)
