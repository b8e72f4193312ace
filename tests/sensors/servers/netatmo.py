"""Netatmo's API: stations with their last levels, and the samples in between by `getmeasure`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.sensors.servers.base import Answer, Asked, Cloud

_MOST_POINTS = 1024
_SAMPLE = 300


class NetatmoCloud(Cloud):
    """One user's stations; levels are whole decibels, five minutes apart."""

    token_path = "/oauth2/token"

    def __init__(self) -> None:
        super().__init__()
        self.levels: dict[str, dict[int, int]] = {}
        self.names: dict[str, str] = {}
        self.unreached: set[str] = set()

    def add_station(self, mac: str, name: str) -> None:
        self.names[mac], self.levels[mac] = name, {}

    def measured(self, mac: str, at: datetime, level: int) -> None:
        self.levels[mac][int(at.timestamp())] = level

    def stranger(self) -> Answer:
        # it answers 403 for a token that is over
        return Answer(403, {"error": {"code": 3, "message": "Access token expired"}})

    def handle(self, asked: Asked) -> Answer:
        if asked.line == "GET /api/getstationsdata":
            devices = [self._station(mac) for mac in self.names]
            return Answer(200, {"body": {"devices": devices, "user": {}}, "status": "ok"})
        if asked.line == "GET /api/getmeasure":
            return self._measures(asked.query)
        return Answer(404, {"error": {"code": 1, "message": "not found"}})

    def _station(self, mac: str) -> dict[str, Any]:
        station: dict[str, Any] = {
            "_id": mac,
            "type": "NAMain",
            "station_name": self.names[mac],
            "reachable": mac not in self.unreached,
            "place": {"timezone": "Europe/Paris", "country": "FR"},
        }
        if self.levels[mac]:
            at = max(self.levels[mac])
            station["dashboard_data"] = {
                "time_utc": at,
                "Temperature": 24.6,
                "Noise": self.levels[mac][at],
            }
        return station

    def _measures(self, query: dict[str, str]) -> Answer:
        if query.get("type") != "noise" or query.get("device_id") not in self.levels:
            return Answer(400, {"error": {"code": 21, "message": "invalid"}})
        first, last = int(query["date_begin"]), int(query["date_end"])
        found = sorted(
            (at, level)
            for at, level in self.levels[query["device_id"]].items()
            if first <= at <= last
        )[:_MOST_POINTS]
        stretches: list[dict[str, Any]] = []
        for at, level in found:
            end = stretches and stretches[-1]["beg_time"] + _SAMPLE * len(stretches[-1]["value"])
            if stretches and end == at:
                stretches[-1]["value"].append([level])
            else:
                stretches.append({"beg_time": at, "step_time": _SAMPLE, "value": [[level]]})
        return Answer(200, {"body": stretches, "status": "ok"})
