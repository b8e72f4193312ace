"""What is told to hosts' own systems: the events, and which facts of a message go along. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from callassist.domain.message_kind import MessageKind

TEST_EVENT = "webhook.test"
EVENTS: Mapping[MessageKind, str] = {
    MessageKind.CALL_REQUESTED: "call.requested",
    MessageKind.GUEST_REACHED: "guest.reached",
    MessageKind.GUEST_NOT_REACHED: "guest.not_reached",
    MessageKind.WENT_QUIET: "noise.went_quiet",
    MessageKind.NOISE_STARTED: "noise.started",
    MessageKind.REPORT_READY: "report.ready",
    MessageKind.NEEDS_YOU: "needs_you.opened",
    MessageKind.SENSOR_SILENT: "sensor.silent",
    MessageKind.SENSOR_BACK: "sensor.back",
    MessageKind.NUMBER_FLAGGED: "number.flagged",
    MessageKind.NOT_COVERED: "home.not_covered",
    MessageKind.MORNING_NOTE: "night.over",
    MessageKind.CONNECTION_FAILING: "connection.failing",
    MessageKind.SPENDING: "spending.cap",
}

_NUMBERS = ("minutes", "minutes_to_quiet", "attempts", "homes", "incidents", "calls", "version")
_INSTANTS = ("since", "began_at", "check_in_at", "from", "to")
_WORDS = ("reason", "result", "party", "currency", "period", "connection", "report", "needs_you")
_TEXTS = ("reference", "source", "cap", "used")
_WORD = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_LONGEST_TEXT = 120


def told_facts(facts: Mapping[str, object]) -> dict[str, object]:
    """The measured facts of a message, by a list of names: what is not on it stays here."""
    told: dict[str, object] = {"practice": bool(facts.get("practice"))}
    if "repeat" in facts:
        told["repeat"] = bool(facts["repeat"])
    for name in _NUMBERS:
        value = facts.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            told[name] = value
    for name in (*_INSTANTS, *_WORDS):
        value = facts.get(name)
        if isinstance(value, str) and (name in _INSTANTS or _WORD.fullmatch(value)):
            told[name] = value
    for name in _TEXTS:
        if isinstance(value := facts.get(name), str):
            told[name] = value[:_LONGEST_TEXT]
    return told
