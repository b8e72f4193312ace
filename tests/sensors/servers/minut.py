"""Minut's API v8: homes, devices, webhooks, past events; noise belongs to homes, not devices."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.sensors.servers.base import Answer, Asked, Cloud

_KNOWN = {
    *("disturbance_first_notice", "disturbance_second_notice", "disturbance_third_notice"),
    *("disturbance_ended", "disturbance_snoozed", "avg_sound_high", "sound_level_dropped_normal"),
    *("alarm_heard", "glassbreak", "smoking_detection_smoking_detected", "device_online"),
    *("device_offline", "battery_low", "battery_empty", "tamper", "tamper_mounted"),
    *("tamper_removed", "pir_motion", "short_button_press"),
}


@dataclass(frozen=True)
class Delivery:
    """What Minut would post."""

    url: str
    headers: dict[str, str]
    body: bytes


class MinutCloud(Cloud):
    """One owner's account. `signs` False: deliveries carry the token only."""

    token_path = "/v8/oauth/token"

    def __init__(self) -> None:
        super().__init__()
        self.homes: dict[str, dict[str, Any]] = {}
        self.devices: list[dict[str, Any]] = []
        self.hooks: dict[str, dict[str, Any]] = {}
        self.events: list[dict[str, Any]] = []
        self.signs = True
        self.has_endless_pages = False
        self._ids = itertools.count(1)

    def add_home(self, home_id: str, name: str, *devices: str, **more: Any) -> None:
        self.homes[home_id] = {"home_id": home_id, "name": name, **more}
        for device in devices:
            device_id = f"device-{next(self._ids)}"
            self.devices.append({"device_id": device_id, "description": device, "home_id": home_id})

    def heard(self, home_id: str, event_type: str, at: datetime) -> None:
        """Something is in the list of past events (names differ from those of webhooks)."""
        event = {"event_id": f"past-{next(self._ids)}", "event_type": event_type}
        self.events.append({**event, "event_time": _z(at), "home_id": home_id})

    def deliver(self, home_id: str, event_type: str, at: datetime) -> Delivery:
        """The post to the first webhook that wants it."""
        hook = next(iter(self.hooks.values()))
        assert event_type in hook["events"] or hook["events"] == ["*"]
        event = {
            "id": f"event-{next(self._ids)}",
            "created_at": _z(at),
            "type": event_type,
            "home_id": home_id,
            "user_id": "user-1",
        }
        body = json.dumps({"hook_id": hook["hook_id"], "event": event, "token": hook["token"]})
        headers = {"Content-Type": "application/json"}
        if self.signs:
            digest = hmac.new(hook["hook_secret"].encode(), body.encode(), hashlib.sha256)
            headers["X-Minut-Signature"] = digest.hexdigest()
        return Delivery(hook["url"], headers, body.encode())

    def handle(self, asked: Asked) -> Answer:
        if asked.line == "GET /v8/homes":
            return self._page(asked, "homes", list(self.homes.values()))
        if asked.line == "GET /v8/devices":
            return self._page(asked, "devices", self.devices)
        if asked.line == "GET /v8/webhooks":
            hidden = ("hook_secret", "token")
            listed = [
                {key: value for key, value in hook.items() if key not in hidden}
                for hook in self.hooks.values()
            ]
            return Answer(200, {"hooks": listed})
        if asked.line == "POST /v8/webhooks":
            return self._register(json.loads(asked.body))
        if found := re.fullmatch(r"DELETE /v8/webhooks/(.+)", asked.line):
            gone = self.hooks.pop(found[1], None)
            return Answer(404, {"message": "not found"}) if gone is None else Answer(204)
        if found := re.fullmatch(r"GET /v8/homes/([^/]+)/events", asked.line):
            return self._past(asked, found[1])
        return Answer(404, {"message": "not found"})

    def _register(self, wanted: dict[str, Any]) -> Answer:
        if not wanted["url"].startswith(("http://", "https://")):
            return Answer(400, {"message": "url"})
        if not set(wanted["events"]) <= _KNOWN and wanted["events"] != ["*"]:
            return Answer(400, {"message": "unknown event"})
        hook_id = f"hook-{next(self._ids)}"
        hook = {
            "hook_id": hook_id,
            "created_at": "2026-06-13T12:00:00Z",
            "url": wanted["url"],
            "events": wanted["events"],
            "token": wanted.get("token"),
            "hook_secret": hashlib.sha256(hook_id.encode()).hexdigest(),
        }
        self.hooks[hook_id] = hook
        return Answer(201, {**hook, "token": bool(hook["token"])})

    def _past(self, asked: Asked, home_id: str) -> Answer:
        if home_id not in self.homes:
            return Answer(404, {"message": "not found"})
        wanted = asked.query["event_type"].split(",")
        start, end = asked.query["start_at"], asked.query["end_at"]
        found = [
            event
            for event in self.events
            if event["home_id"] == home_id
            and event["event_type"] in wanted
            and start <= event["event_time"] <= end
        ]
        return self._page(asked, "home_events", found)

    def _page(self, asked: Asked, key: str, records: list[dict[str, Any]]) -> Answer:
        limit, offset = int(asked.query.get("limit", 50)), int(asked.query.get("offset", 0))
        page = records[offset : offset + limit]
        if self.has_endless_pages:
            page = [{"home_id": f"home-{offset + index}", "name": "x"} for index in range(limit)]
        paging = {"limit": limit, "offset": offset, "total_count": len(records)}
        return Answer(200, {key: page, "paging": paging})


def _z(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
