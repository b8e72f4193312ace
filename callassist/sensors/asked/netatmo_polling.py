"""A connected Netatmo account: its stations' levels, asked for every ten minutes.

`getstationsdata` has the last level of each station only; those in between, and those of an outage
of ours, come from `getmeasure`. Each keeps the time at which it was measured.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from callassist.errors import TransientError
from callassist.models import NoiseReading, Sensor, SensorConnection
from callassist.ports.pms_access import BadAnswer
from callassist.ports.sensors import MAX_READINGS, Headers, ParsedReading, Refused
from callassist.sensors.asked.brands import NETATMO, Asking
from callassist.sensors.asked.imports import Named, import_sensors
from callassist.sensors.asked.requests_made import Talk
from callassist.sensors.netatmo import SAMPLE, parse_measures
from callassist.sensors.registry import ADAPTERS

LONGEST_BACK = timedelta(hours=24)
_NAMES = ("home_name", "module_name", "station_name")
_A_SAMPLE_LATER = SAMPLE * 1.5  # a gap of more than that has a sample in it


class _NoHeaders:
    def get(self, name: str, /) -> str | None:
        return None


_NO_HEADERS: Headers = _NoHeaders()


def poll(asking: Asking, connection_id: int) -> None:
    """Ask, name new stations, and take in each level once. Raises what asking raises."""
    talk = Talk(asking, NETATMO, connection_id)
    body = talk.call("GET", "/api/getstationsdata")
    try:
        parsed = ADAPTERS[NETATMO].parse(body, "application/json", _NO_HEADERS, {})
    except Refused as refused:
        raise BadAnswer(f"Netatmo: {refused.detail}") from None
    levels = [one for one in parsed if isinstance(one, ParsedReading)]
    now = asking.clock.now()
    with asking.sessions.write() as session:
        connection = session.get_one(SensorConnection, connection_id)
        names = _names(body)
        named = {one.sensor: Named(name=names.get(one.sensor, "")) for one in levels}
        import_sensors(session, connection, ADAPTERS[NETATMO], named, now)
    found, trouble = _with_missed(talk, levels, _last(asking, connection_id), now)
    found.sort(key=lambda one: one.at)
    for index in range(0, len(found), MAX_READINGS):
        asking.intake.take(connection_id, found[index : index + MAX_READINGS])
    if trouble is not None:
        raise trouble


def _with_missed(
    talk: Talk,
    levels: list[ParsedReading],
    before: Mapping[str, datetime],
    now: datetime,
) -> tuple[list[ParsedReading], TransientError | None]:
    """The levels and the samples in between, as far as we come, and what kept us from the rest."""
    found: list[ParsedReading] = []
    trouble: TransientError | None = None
    for level in levels:
        try:
            found += _missed(talk, level, before.get(level.sensor), now)
        except BadAnswer as error:
            trouble = trouble or error  # asking again does not help: the newest counts
        except TransientError as error:
            return found, error  # this station and the rest wait for the next time
        found.append(level)
    return found, trouble


def _missed(
    talk: Talk, level: ParsedReading, last: datetime | None, now: datetime
) -> list[ParsedReading]:
    """The samples of a station between the last that we have and the newest."""
    if last is None or level.at - last <= _A_SAMPLE_LATER:
        return []
    params = {
        "device_id": level.sensor,
        "scale": "max",
        "type": "noise",
        "date_begin": int(max(last, now - LONGEST_BACK).timestamp()) + 1,
        "date_end": int(level.at.timestamp()) - 1,
        "optimize": "true",
    }
    body = talk.call("GET", "/api/getmeasure", params=params)
    try:
        found = parse_measures(body, level.sensor)
    except Refused as refused:
        raise BadAnswer(f"Netatmo: {refused.detail}") from None
    return [one for one in found if last < one.at < level.at]


def _last(asking: Asking, connection_id: int) -> Mapping[str, datetime]:
    """When the newest level of each station was measured."""
    newest = (
        select(func.max(NoiseReading.at))
        .where(NoiseReading.sensor_id == Sensor.id)
        .scalar_subquery()
    )
    query = select(Sensor.external_id, newest).where(Sensor.connection_id == connection_id)
    with asking.sessions.read() as session:
        rows = session.execute(query).all()
    return {row[0]: row[1] for row in rows if row[1] is not None}


def _names(body: bytes) -> dict[str, str]:
    """What the host calls each station; its home's name before it where there is one."""
    names: dict[str, str] = {}
    for device in json.loads(body)["body"]["devices"]:
        found = dict.fromkeys(_said(device, key) for key in _NAMES)
        found.pop("", None)
        names[device["_id"]] = ", ".join([*found][:2])[:255]
    return names


def _said(device: Mapping[str, Any], key: str) -> str:
    value = device.get(key)
    return value.replace("\x00", "").strip() if isinstance(value, str) else ""
