"""Minut's API (v8): homes, devices, webhooks and past events, in our words.

Field names of homes and devices are those that public clients read (pypoint, Home Assistant); the
API's own list of webhooks was not to be seen, so its likely shapes are all accepted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from callassist.domain.noise import ReadingKind
from callassist.ports.pms_access import BadAnswer, NotThere, PageLoop
from callassist.ports.sensors import ParsedReading
from callassist.sensors.asked.requests_made import Talk
from callassist.sensors.minut import EVENTS

_PAGE, _MOST_PAGES = 100, 50
LISTENS_TO = [*EVENTS]  # the events that a webhook of ours is for
# of the past under other names than in webhooks; when it began is its own time, never before
_PAST: dict[str, tuple[ReadingKind, int | None]] = {
    **EVENTS,
    "noise_detected": (ReadingKind.NOISE_STARTED, None),
    "noise_quieted": (ReadingKind.NOTICE_ENDED, None),
}


@dataclass(frozen=True, kw_only=True)
class Home:
    """A home with the names of its devices; `texts_guests` None: Minut does not say."""

    id: str
    name: str
    devices: tuple[str, ...] = ()
    texts_guests: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Hook:
    """A webhook as it was registered; its secret is told this once."""

    id: str
    secret: str


def homes(talk: Talk, fields: Sequence[str]) -> list[Home]:
    """Every home, with its devices; `fields` are dotted paths to "texts its guests"."""
    devices: dict[str, list[str]] = {}
    for device in _paged(talk, "/devices", "devices"):
        home_id = _text(device, "home_id", "home")
        if home_id:
            name = _text(device, "description", "name", "device_id", "id")
            devices.setdefault(home_id, []).append(name)
    found = []
    for home in _paged(talk, "/homes", "homes"):
        home_id = _text(home, "home_id", "id")
        if home_id:
            found.append(
                Home(
                    id=home_id,
                    name=_text(home, "name", "address") or home_id,
                    devices=tuple(devices.get(home_id, ())),
                    texts_guests=_first_switch(home, fields),
                )
            )
    return found


def hook_ids(talk: Talk) -> set[str]:
    """The webhooks that are registered with this permission."""
    answer = talk.json("GET", "/webhooks")
    listed = answer
    if isinstance(answer, dict):
        listed = next((answer[key] for key in ("hooks", "webhooks", "data") if key in answer), None)
    if not isinstance(listed, list):
        raise BadAnswer("Minut's list of webhooks is no list")
    return {_text(one, "hook_id", "id") for one in listed if isinstance(one, dict)} - {""}


def register_hook(talk: Talk, url: str, token: str) -> Hook:
    """Have events sent to `url`; `token` comes back in each delivery."""
    asked = {"url": url, "events": LISTENS_TO, "token": token}
    answer = talk.json("POST", "/webhooks", body=asked)
    hook_id = _text(answer, "hook_id", "id") if isinstance(answer, dict) else ""
    if not hook_id:
        raise BadAnswer("Minut registered a webhook without an id")
    return Hook(id=hook_id, secret=_text(answer, "hook_secret"))


def remove_hook(talk: Talk, hook_id: str) -> None:
    """Take a webhook away; one that is gone is fine."""
    try:
        talk.call("DELETE", f"/webhooks/{quote(hook_id, safe='')}")
    except NotThere:
        return


def past_events(talk: Talk, home_id: str, start: datetime, end: datetime) -> list[ParsedReading]:
    """What was heard in a home from `start` to `end`, the oldest first."""
    path = f"/homes/{quote(home_id, safe='')}/events"
    params = {
        "event_type": "noise_detected,noise_quieted",
        "start_at": _stamp(start),
        "end_at": _stamp(end),
    }
    found = []
    for event in _paged(talk, path, "home_events", params):
        said = _PAST.get(_text(event, "event_type", "type"))
        at = _instant(_text(event, "event_time", "created_at"))
        if said is not None and at is not None:
            found.append(
                ParsedReading(
                    sensor=home_id,
                    at=at,
                    kind=said[0],
                    event_id=_text(event, "event_id", "id")[:255] or None,
                    notice_number=said[1],
                )
            )
    return sorted(found, key=lambda one: one.at)


def _paged(
    talk: Talk, path: str, key: str, params: Mapping[str, Any] | None = None
) -> Iterator[dict[str, Any]]:
    """Every record of a list; the same page twice, or pages without end, raise PageLoop."""
    before: list[Any] | None = None
    for page in range(_MOST_PAGES):
        asked = {**(params or {}), "limit": _PAGE, "offset": page * _PAGE}
        answer = talk.json("GET", path, params=asked)
        records = answer.get(key) if isinstance(answer, dict) else None
        if not isinstance(records, list):
            raise BadAnswer(f"Minut's answer to {path} has no list of {key}")
        if records and records == before:
            if page == 1 and len(records) != _PAGE:
                return  # it does not page at all
            raise PageLoop(f"Minut sends the same page of {key} again and again")
        yield from (one for one in records if isinstance(one, dict))
        if len(records) < _PAGE:
            return
        before = records
    raise PageLoop(f"Minut's pages of {key} never end")


def _text(record: Mapping[str, Any], *names: str) -> str:
    for name in names:
        value = record.get(name)
        if isinstance(value, str) and value:
            return value.replace("\x00", "")[:255]
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
    return ""


def _first_switch(record: Mapping[str, Any], fields: Sequence[str]) -> bool | None:
    for path in fields:
        value: Any = record
        for step in path.split("."):
            value = value.get(step) if isinstance(value, dict) else None
        if isinstance(value, bool):
            return value
    return None


def _instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else None


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
