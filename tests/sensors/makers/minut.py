"""Minut, API v8: homes, devices, webhooks, past events. Noise belongs to homes, not to devices.

The header of the signature is what one public integration uses; `signs` False: the token alone.
Fields of homes and devices, and how webhooks are listed and removed, are guesses.
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.sensors.makers.base import Heard, Maker
from tests.sensors.makers.cloud import Answer, Asked, Cloud

_NOTICES = ("", "disturbance_first_notice", "disturbance_second_notice", "disturbance_third_notice")
EVENTS = {
    *_NOTICES[1:],
    *("disturbance_ended", "disturbance_snoozed", "avg_sound_high", "sound_level_dropped_normal"),
    *("alarm_heard", "glassbreak", "smoking_detection_smoking_detected", "device_online"),
    *("device_offline", "battery_low", "battery_empty", "tamper", "tamper_mounted"),
    *("tamper_removed", "pir_motion", "short_button_press"),
}
ASIDE = ("battery_low", "pir_motion", "tamper", "avg_sound_high", "disturbance_snoozed")
PAST_EVENTS = {"noise_detected", "noise_quieted"}  # other names than those of webhooks
BURST, A_SECOND, A_MINUTE = 50, 5, 120


@dataclass(frozen=True)
class Delivery:
    """What Minut would post."""

    url: str
    headers: dict[str, str]
    body: bytes


class Minut(Cloud, Maker):
    """One owner's account. `now` is the time by which requests are counted."""

    token_path = "/v8/oauth/token"

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        Cloud.__init__(self)
        Maker.__init__(self)
        self.now = now
        self.homes: dict[str, dict[str, Any]] = {}
        self.devices: list[dict[str, Any]] = []
        self.hooks: dict[str, dict[str, Any]] = {}
        self.events: list[dict[str, Any]] = []
        self.signs = True
        self.has_endless_pages = False
        self._ids = itertools.count(0x6628F1A2)
        self._came: deque[datetime] = deque()

    # -- what the owner has

    def add_home(self, home_id: str, name: str, *devices: str, **more: Any) -> None:
        self.homes[home_id] = {"home_id": home_id, "name": name, **more}
        for device in devices:
            row = {"device_id": self._id(), "description": device, "home_id": home_id}
            self.devices.append(row)

    def new_device(self) -> str:
        home_id = self._id()
        self.add_home(home_id, "Canal", "Hall")
        return home_id

    def heard(self, home_id: str, event_type: str, at: datetime) -> None:
        """Something is in the list of past events."""
        assert event_type in PAST_EVENTS
        event = {"event_id": self._id(), "event_type": event_type}
        self.events.append({**event, "event_time": _z(at), "home_id": home_id})

    # -- what it posts

    def words(self, *heard: Heard) -> list[Any]:
        return [self._event(one.device, _type(one), one.at) for one in heard]

    def aside(self, device: str, at: datetime) -> list[Any]:
        return [self._event(device, kind, at) for kind in ASIDE if self._is_wanted(kind)]

    def _is_wanted(self, event_type: str) -> bool:
        wanted = [hook["events"] for hook in self.hooks.values()]
        return not wanted or any(one == ["*"] or event_type in one for one in wanted)

    def deliver(self, home_id: str, event_type: str, at: datetime) -> Delivery:
        """The post to the first webhook that wants it."""
        document = self._event(home_id, event_type, at)
        body = json.dumps(document).encode()
        headers = {"Content-Type": "application/json", **self.proof(body, at)}
        return Delivery(self._hook(event_type)["url"], headers, body)

    def _event(self, home_id: str, event_type: str, at: datetime) -> dict[str, Any]:
        event = {
            "id": self._id(),
            "created_at": _z(at),
            "type": event_type,
            "home_id": home_id,
            "user_id": "5f0c1a",
            "grade": "E",  # a field that nobody told us of
        }
        if event_type.startswith("device_"):
            owned = [one["device_id"] for one in self.devices if one["home_id"] == home_id]
            event["device_id"] = owned[0]
        said: dict[str, Any] = {"event": event}
        if self.hooks:
            hook = self._hook(event_type)
            said |= {"hook_id": hook["hook_id"], "token": hook["token"]}
        return said

    def proof(self, body: bytes, at: datetime) -> dict[str, str]:
        if not self.signs:
            return {}
        secret = next(iter(self.hooks.values()))["hook_secret"] if self.hooks else self.secret
        digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        return {"X-Minut-Signature": digest}

    def _hook(self, event_type: str) -> dict[str, Any]:
        """The first one that wants such events."""
        for hook in self.hooks.values():
            if hook["events"] == ["*"] or event_type in hook["events"]:
                return hook
        raise AssertionError(f"nobody asked for {event_type}")

    # -- what it answers

    def handle(self, asked: Asked) -> Answer:
        if self._is_too_much():
            return Answer(429, {"message": "rate limit exceeded"})
        if asked.line == "GET /v8/homes":
            return self._page(asked, "homes", list(self.homes.values()))
        if asked.line == "GET /v8/devices":
            return self._page(asked, "devices", self.devices)
        if asked.line == "GET /v8/webhooks":
            return Answer(200, {"hooks": [_public(hook) for hook in self.hooks.values()]})
        if asked.line == "POST /v8/webhooks":
            return self._register(json.loads(asked.body))
        if found := re.fullmatch(r"DELETE /v8/webhooks/(.+)", asked.line):
            gone = self.hooks.pop(found[1], None)
            return Answer(404, {"message": "not found"}) if gone is None else Answer(204)
        if found := re.fullmatch(r"GET /v8/homes/([^/]+)/events", asked.line):
            return self._past(asked, found[1])
        return Answer(404, {"message": "not found"})

    def _is_too_much(self) -> bool:
        now = self.now()
        while self._came and self._came[0] <= now - timedelta(minutes=1):
            self._came.popleft()
        lately = sum(1 for at in self._came if at > now - timedelta(seconds=10))
        if len(self._came) >= A_MINUTE or lately >= BURST + 10 * A_SECOND:
            return True
        self._came.append(now)
        return False

    def _register(self, wanted: dict[str, Any]) -> Answer:
        if not wanted["url"].startswith(("http://", "https://")):
            return Answer(400, {"message": "url"})
        if wanted["events"] != ["*"] and not set(wanted["events"]) <= EVENTS:
            return Answer(400, {"message": "unknown event, or * beside others"})
        hook_id = self._id()
        hook = {
            "hook_id": hook_id,
            "created_at": _z(self.now()),
            "url": wanted["url"],
            "events": wanted["events"],
            "token": wanted.get("token"),
            "hook_secret": hashlib.sha256(hook_id.encode()).hexdigest(),
        }
        self.hooks[hook_id] = hook
        return Answer(201, {**hook, "token": bool(hook["token"])})  # the secret this once only

    def _past(self, asked: Asked, home_id: str) -> Answer:
        if home_id not in self.homes:
            return Answer(404, {"message": "not found"})
        wanted = set(asked.query["event_type"].split(","))
        if not wanted <= PAST_EVENTS:
            return Answer(400, {"message": "unknown event_type"})
        start, end = (datetime.fromisoformat(asked.query[name]) for name in ("start_at", "end_at"))
        found = [
            event
            for event in self.events
            if event["home_id"] == home_id
            and event["event_type"] in wanted
            and start <= datetime.fromisoformat(event["event_time"]) <= end
        ]
        return self._page(asked, "home_events", found)

    def _page(self, asked: Asked, key: str, records: list[dict[str, Any]]) -> Answer:
        limit, offset = int(asked.query.get("limit", 50)), int(asked.query.get("offset", 0))
        page = records[offset : offset + limit]
        if self.has_endless_pages:
            page = [{"home_id": f"home-{offset + index}", "name": "x"} for index in range(limit)]
        paging = {"limit": limit, "offset": offset, "total_count": len(records)}
        return Answer(200, {key: page, "paging": paging})

    def _id(self) -> str:
        return f"{next(self._ids):x}b167b70039f80800"


def _public(hook: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in hook.items() if key not in ("hook_secret", "token")}


def _type(heard: Heard) -> str:
    if heard.is_online is not None:
        return "device_online" if heard.is_online else "device_offline"
    return "disturbance_ended" if heard.is_quiet else _NOTICES[heard.notice]


def _z(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
