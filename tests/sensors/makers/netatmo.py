"""Netatmo's API: stations with their last level, and the samples in between by `getmeasure`.

Nothing about noise is ever posted. What it answers to a token that is over is a guess (403).
"""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

from tests.sensors.makers.base import Heard, Maker
from tests.sensors.makers.cloud import Answer, Asked, Cloud

MOST_POINTS = 1024
SAMPLE_SECONDS = 300


class Netatmo(Cloud, Maker):
    """One user's stations; levels are whole decibels, five minutes apart."""

    token_path = "/oauth2/token"

    def __init__(self) -> None:
        Cloud.__init__(self)
        Maker.__init__(self)
        self.levels: dict[str, dict[int, Any]] = {}
        self.names: dict[str, str] = {}
        self.unreached: set[str] = set()
        self._macs = itertools.count(0xE833)

    def add_station(self, mac: str, name: str) -> None:
        self.names[mac], self.levels[mac] = name, {}

    def new_device(self) -> str:
        number = next(self._macs)
        mac = f"70:ee:50:00:{number >> 8:02x}:{number & 255:02x}"
        self.add_station(mac, "Attic")
        return mac

    def measured(self, mac: str, at: datetime, level: Any) -> None:
        self.levels[mac][int(at.timestamp())] = level

    def words(self, *heard: Heard) -> list[Any]:
        """Nothing is said: the cloud holds it until somebody asks."""
        for one in heard:
            assert one.level is not None
            self.measured(one.device, one.at, round(one.level))
        return []

    def stranger(self) -> Answer:
        return Answer(403, {"error": {"code": 3, "message": "Access token expired"}})

    def handle(self, asked: Asked) -> Answer:
        if asked.line in ("GET /api/getstationsdata", "POST /api/getstationsdata"):
            devices = [self._station(mac) for mac in self.names]
            user = {"mail": "host@example.com"}
            return Answer(200, {"body": {"devices": devices, "user": user}, "status": "ok"})
        if asked.line in ("GET /api/getmeasure", "POST /api/getmeasure"):
            return self._measures(asked.query)
        return Answer(404, {"error": {"code": 1, "message": "not found"}})

    def _station(self, mac: str) -> dict[str, Any]:
        station: dict[str, Any] = {
            "_id": mac,
            "type": "NAMain",
            "station_name": self.names[mac],
            "reachable": mac not in self.unreached,
            "data_type": ["Temperature", "CO2", "Humidity", "Noise", "Pressure"],
            "place": {"timezone": "Europe/Paris", "country": "FR"},
        }
        if self.levels[mac] and mac not in self.unreached:
            at = max(self.levels[mac])
            station["dashboard_data"] = {
                "time_utc": at,
                "Temperature": 24.6,
                "CO2": 749,
                "Humidity": 36,
                "Noise": self.levels[mac][at],
                "Pressure": 1017.3,
            }
        return station

    def _measures(self, query: dict[str, str]) -> Answer:
        if query.get("type", "").lower() != "noise" or query.get("device_id") not in self.levels:
            return Answer(400, {"error": {"code": 21, "message": "invalid"}})
        first, last = int(query["date_begin"]), int(query["date_end"])
        found = sorted(
            (at, level)
            for at, level in self.levels[query["device_id"]].items()
            if first <= at <= last
        )[:MOST_POINTS]
        if query.get("optimize", "true") == "false":
            by_time = {str(at): [level] for at, level in found}
            return Answer(200, {"body": by_time, "status": "ok"})
        return Answer(200, {"body": _stretches(found), "status": "ok"})


def _stretches(found: list[tuple[int, Any]]) -> list[dict[str, Any]]:
    stretches: list[dict[str, Any]] = []
    for at, level in found:
        end = stretches and stretches[-1]["beg_time"] + SAMPLE_SECONDS * len(stretches[-1]["value"])
        if stretches and end == at:
            stretches[-1]["value"].append([level])
        else:
            stretches.append({"beg_time": at, "step_time": SAMPLE_SECONDS, "value": [[level]]})
    return stretches
