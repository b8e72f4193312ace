"""What the demo's sensors will say, in the order of its time, and how a gateway posts it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from callassist.demo.cast import CALM_DB, LOUD_DB, NIGHT_MINUTES, Home, Level, Notices
from callassist.models.types import to_micros

MOST_IN_ONE_BODY = 500
_NOTICE_TYPES = (
    "disturbance_first_notice",
    "disturbance_second_notice",
    "disturbance_third_notice",
)


@dataclass(frozen=True, kw_only=True)
class Said:
    """One thing that one sensor says."""

    at: datetime
    adapter: str
    event_id: str
    body: dict[str, object]


@dataclass(frozen=True, kw_only=True)
class Post:
    """One request to a sensor hook."""

    adapter: str
    event_ids: tuple[str, ...]
    body: dict[str, object] | list[dict[str, object]]


def sayings(cast: Sequence[Home], night_began: datetime) -> list[Said]:
    """Everything that will be said tonight, earliest first."""
    found: list[Said] = []
    for home in cast:
        began = night_began + timedelta(minutes=home.begins)
        if home.level is not None:
            found += _levels(home, home.level, began)
        if home.notices is not None:
            found += _notices(home, home.notices, began)
    return sorted(found, key=lambda said: said.at)


def posts(due: Sequence[Said]) -> Iterator[Post]:
    """Requests for what is due, in order: levels share a body, each notice has its own."""
    for brand in ("generic", "home_assistant"):
        levels = [said for said in due if said.adapter == brand][:MOST_IN_ONE_BODY]
        if levels:
            bodies = [said.body for said in levels]
            yield Post(
                adapter=brand,
                event_ids=tuple(said.event_id for said in levels),
                body={"readings": bodies} if brand == "generic" else bodies,
            )
    for said in due:
        if said.adapter == "minut":
            yield Post(adapter=said.adapter, event_ids=(said.event_id,), body=said.body)


def _levels(home: Home, level: Level, began: datetime) -> Iterator[Said]:
    last = NIGHT_MINUTES - home.begins if level.breaks_at is None else level.breaks_at
    for minute in range(-int(home.begins), int(last) + 1):
        if any(start < minute < end for start, end in level.dark):
            continue
        loud = any(start <= minute <= end for start, end in level.loud)
        db = (LOUD_DB if loud else CALM_DB) + (minute * 7 % 11) / 2 - 2.5
        at = began + timedelta(minutes=minute)
        event_id = f"{home.name}-{minute}"
        body: dict[str, object] = {"sensor": home.name, "at": at.isoformat()}
        if home.brand == "home_assistant":
            body |= {"state": f"{db:.1f}", "unit": "dB"}
            event_id = f"{to_micros(at)}/level"  # it sends no id: instant and kind stand for it
        else:
            body |= {"id": event_id, "level_db": round(db, 1)}
        yield Said(at=at, adapter=home.brand, event_id=event_id, body=body)


def _notices(home: Home, notices: Notices, began: datetime) -> Iterator[Said]:
    said = [*zip(_NOTICE_TYPES, notices.at, strict=False), ("disturbance_ended", notices.ended_at)]
    for kind, minute in said:
        at = began + timedelta(minutes=minute)
        event_id = f"{home.name}-{kind}"
        event = {
            "id": event_id,
            "created_at": at.isoformat().replace("+00:00", "Z"),
            "type": kind,
            "home_id": home.name,
        }
        body: dict[str, object] = {"hook_id": "demo", "event": event}
        yield Said(at=at, adapter="minut", event_id=event_id, body=body)
