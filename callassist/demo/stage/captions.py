"""What just happened on the stage, and why: the newest entries of the incident log in words."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.domain.log_action import LogAction
from callassist.domain.message_kind import OFF_BY_DEFAULT
from callassist.models import Incident, IncidentLogEntry, Operator, Property
from callassist.reports.words import Words
from callassist.storage.sessions import Sessions

LANGUAGES = ("en", "fr")
CITY, ZONE = "Paris", ZoneInfo("Europe/Paris")
SHOWN = 6
_LOOKED_AT = 60  # many entries say nothing new to somebody who watches
_WORDY = {
    "outcome": "result",
    "result": "result",
    "kind": "message",
    "answer": "answer",
    "resolution": "resolution",
}


@dataclass(frozen=True, kw_only=True)
class Caption:
    """One line: when (the stage's own time), what, and why if that is worth saying."""

    id: int
    at: datetime
    clock: str
    what: str
    why: str


@cache
def texts(language: str) -> Mapping[str, Any]:
    """All words of the stage in a language."""
    file = resources.files("callassist.demo.stage").joinpath("texts", f"{language}.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))


def captions(session: Session, language: str) -> list[Caption]:
    """The newest first."""
    rows = session.execute(
        select(IncidentLogEntry, Incident, Property)
        .join(Incident, Incident.id == IncidentLogEntry.incident_id)
        .join(Property, Property.id == Incident.property_id)
        .order_by(IncidentLogEntry.id.desc())
        .limit(_LOOKED_AT)
    ).all()
    names = {one.id: one.desk_name for one in session.scalars(select(Operator))}
    found = []
    for entry, incident, home in rows:
        told = _caption(entry, incident, home, names, language)
        if told is not None:
            found.append(told)
    return found[:SHOWN]


def newest(sessions: Sessions) -> int:
    """The id of the newest caption; 0 when nothing was told yet."""
    with sessions.read() as session:
        return next((each.id for each in captions(session, LANGUAGES[0])), 0)


def _caption(
    entry: IncidentLogEntry,
    incident: Incident,
    home: Property,
    names: Mapping[int, str],
    language: str,
) -> Caption | None:
    words = texts(language)
    key = _key(entry, incident)
    if key not in words["what"] or entry.data.get("kind") in OFF_BY_DEFAULT:
        return None
    data = entry.data
    values: dict[str, object] = {
        "home": home.name,
        "who": data.get("desk_name") or names.get(data.get("operator_id") or 0, "?"),
        "n": data.get("attempt_number"),
    }
    report = Words(language, ZONE)  # one clock for all homes: the night is watched from one place
    values |= {name: _within(report, part, data.get(name)) for name, part in _WORDY.items()}
    return Caption(
        id=entry.id,
        at=entry.at,
        clock=report.clock(entry.at),
        what=words["what"][key].format(**values),
        why=words["why"].get(key, ""),
    )


def _within(report: Words, part: str, key: object) -> str:
    """The report's words for a key, as they stand inside a sentence."""
    word = report.word(part, key)
    return word[:1].lower() + word[1:]


def _key(entry: IncidentLogEntry, incident: Incident) -> str:
    data = entry.data
    if entry.action == LogAction.INCIDENT_OPENED and incident.practice:
        return "opened_practice"
    if entry.action == LogAction.INCIDENT_OPENED and data.get("by") in ("host", "api"):
        return "opened_by_hand"
    if entry.action == LogAction.DIAL_STARTED:
        return f"dial_started_{data['party']}"
    if entry.action == LogAction.OFFER_ENDED:
        return f"offer_{data['ending']}"
    if entry.action == LogAction.AUTOMATIC_CALL:
        return "automatic_call" if data.get("made") else "no_automatic_call"
    if entry.action == LogAction.PHONED_BACK:
        return f"phoned_back_{data['party']}"
    if entry.action == LogAction.TASK_TAKEN and data.get("robot"):
        return "task_taken_robot"
    return str(entry.action)
