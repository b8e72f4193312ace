"""What the demo's sensors will say, as HTTP bodies in the order of their time."""

from __future__ import annotations

from collections import defaultdict
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
    """One request that a gateway will post, and when; `event_ids` are of what is in it."""

    at: datetime
    adapter: str
    event_ids: tuple[str, ...]
    body: dict[str, object]


def posts(cast: tuple[Home, ...], night_began: datetime) -> list[Post]:
    """Every post of the night, earliest first; level readings of one instant share a request."""
    readings: dict[datetime, list[dict[str, object]]] = defaultdict(list)
    found: list[Post] = []
    for home in cast:
        began = night_began + timedelta(minutes=home.begins)
        if home.level is not None:
            for at, reading in _levels(home, home.level, began):
                readings[at].append(reading)
        if home.notices is not None:
            found += _notices(home, home.notices, began)
    found += [
        Post(
            at=at,
            adapter="generic",
            event_ids=tuple(str(each["id"]) for each in together),
            body={"readings": together},
        )
        for at, together in readings.items()
    ]
    return sorted(found, key=lambda post: post.at)


def _levels(
    home: Home, level: Level, began: datetime
) -> Iterator[tuple[datetime, dict[str, object]]]:
    for minute in range(int(level.until) + 1):
        if any(start < minute < end for start, end in level.dark):
            continue
        loud = any(start <= minute <= end for start, end in level.loud)
        db = (LOUD_DB if loud else CALM_DB) + (minute * 7 % 11) / 2 - 2.5
        at = began + timedelta(minutes=minute)
        yield (
            at,
            {
                "id": f"{home.name}-{minute}",
                "sensor": home.name,
                "at": at.isoformat(),
                "level_db": round(db, 1),
            },
        )


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
        yield Post(
            at=at,
            adapter="minut",
            event_ids=(str(event["id"]),),
            body={"hook_id": "demo", "event": event},
        )
