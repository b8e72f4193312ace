"""The body of a report: measured facts, ids and masks as JSON; built without looking anything up.

Names, notes and the rest of what is personal are joined when the report is read, so that the body
and its hash outlive the erasure of a guest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime

from callassist.domain.call_task import Party
from callassist.domain.log_action import LogAction
from callassist.reports import advice, curve, outcome
from callassist.reports.facts import AttemptFacts, MessageFacts, ReportFacts, SensorFacts
from callassist.reports.history import history

SCHEMA = "callassist.incident-report/1"


def build(facts: ReportFacts) -> dict[str, object]:
    """The JSON body; the same facts always give the same body."""
    window = curve.Span(facts.starts_at, facts.noise_over_at)
    levels = [sensor for sensor in facts.sensors if sensor.kind == "level"]
    silent = [(sensor, span) for sensor in levels for span in curve.silent_spans(sensor, window)]
    heard = curve.coverage(levels, window)
    body = {
        "schema": SCHEMA,
        "as_of": facts.as_of,
        "summary": outcome.summary(facts),
        "incident": _incident(facts),
        "noise": {
            **_noise(facts),
            "coverage_percent": heard,
            "silent": [
                {"sensor": sensor.public_id, "from": span.starts_at, "to": span.ends_at}
                for sensor, span in silent
            ],
            "curve": _curve(facts, levels),
        },
        "ticks": _ticks(facts),
        "attempts": [_attempt(attempt) for attempt in facts.attempts],
        "messages": [_message(message) for message in facts.messages],
        "quiet": outcome.quiet(facts),
        "service": outcome.service(facts),
        "number_flags": advice.number_flags(facts),
        "advice": advice.advice(facts, heard, silences=bool(silent)),
        "history": history(facts.log),
        "caveats": advice.caveats(facts, heard),
    }
    plain: dict[str, object] = json.loads(json.dumps(body, default=_plain))
    return plain


def body_hash(body: Mapping[str, object]) -> str:
    """SHA-256 (hex) of the body's canonical JSON: sorted keys, no spaces, UTF-8."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return instant_text(value)
    raise TypeError(f"{type(value).__name__} has no place in a report")


def instant_text(at: datetime) -> str:
    """ISO 8601 in UTC with Z, to the millisecond where it is not a whole second."""
    utc = at.astimezone(UTC)
    spec = "milliseconds" if utc.microsecond >= 1000 else "seconds"
    return utc.isoformat(timespec=spec).replace("+00:00", "Z")


def _incident(facts: ReportFacts) -> dict[str, object]:
    return {
        "id": facts.incident_id,
        "reference": facts.reference,
        "home": facts.home_id,
        "timezone": facts.timezone,
        "stay": facts.stay_id,
        "state": facts.state,
        "resolution": facts.resolution,
        "opened_at": facts.opened_at,
        "opened_by": facts.opened_by,
        "complaint_at": facts.complaint_at,
        "repeat_of": facts.repeat_of,
        "led_by": facts.led_by,
        "practice": facts.practice,
        "call_requested_at": facts.call_requested_at,
        "first_contact": facts.first_contact,
        "contact_at": facts.contact_at,
        "calling_ended_at": facts.calling_ended_at,
        "closed_at": facts.closed_at,
    }


def _noise(facts: ReportFacts) -> dict[str, object]:
    breach = facts.breach
    peak = breach.peak_db if breach else _loudest(facts)
    return {
        "first_loud_at": breach and breach.first_loud_at,
        "began_at": breach and breach.began_at,
        "last_loud_at": breach and breach.last_loud_at,
        "ended_at": facts.noise_ended_at,
        "minutes": breach
        and int((facts.noise_over_at - breach.first_loud_at).total_seconds() // 60),
        "peak_db": None if peak is None else round(peak, 1),
        "thresholds": [
            {"from": span.starts_at, "to": span.ends_at, "db": span.db} for span in facts.thresholds
        ],
        "sensors": [_sensor(sensor) for sensor in facts.sensors],
    }


def _loudest(facts: ReportFacts) -> float | None:
    heard = (level.db for sensor in facts.sensors for level in sensor.levels)
    return max(heard, default=None)


def _sensor(sensor: SensorFacts) -> dict[str, object]:
    return {
        "id": sensor.public_id,
        "kind": sensor.kind,
        "interval_seconds": int(sensor.interval.total_seconds()),
        "readings": len(sensor.levels) + len(sensor.notices),
        "notices": [
            {"at": notice.at, "kind": notice.kind, "number": notice.number}
            for notice in sensor.notices
        ],
    }


def _curve(facts: ReportFacts, levels: list[SensorFacts]) -> dict[str, object]:
    """`points` are [seconds since `from`, lowest, mean, highest dB]; a gap ends a segment."""
    window = curve.Span(facts.starts_at, max(facts.noise_over_at, facts.as_of))
    budget = curve.MAX_POINTS // max(1, len(levels))
    return {
        "from": window.starts_at,
        "to": window.ends_at,
        "sensors": [
            {"sensor": sensor.public_id, "segments": curve.segments(sensor, window, budget)}
            for sensor in levels
        ],
    }


def _ticks(facts: ReportFacts) -> list[dict[str, object]]:
    """Marks on the curve: each warning and each call, the contact."""
    # by step: a text and a message in the booking's conversation are one warning
    warnings = {
        entry.data.get("step"): entry.at
        for entry in reversed(facts.log)
        if entry.action is LogAction.GUEST_WARNED and entry.data.get("sent") is True
    }
    marks: list[tuple[datetime, str, object]] = [
        (at, "warning", step) for step, at in warnings.items()
    ]
    for attempt in facts.attempts:
        kind = "guest_call" if attempt.party is Party.GUEST else "host_call"
        marks.append((attempt.dialled_at, kind, attempt.attempt_number))
    if facts.contact_at is not None:
        marks.append((facts.contact_at, "contact", None))
    return [{"at": at, "kind": kind, "number": n} for at, kind, n in sorted(marks, key=_by_time)]


def _by_time(mark: tuple[datetime, str, object]) -> datetime:
    return mark[0]


def _attempt(attempt: AttemptFacts) -> dict[str, object]:
    return {
        "id": attempt.public_id,
        "party": attempt.party,
        "attempt_number": attempt.attempt_number,
        "counted": attempt.counted,
        "dialled_at": attempt.dialled_at,
        "answered_at": attempt.answered_at,
        "ended_at": attempt.ended_at,
        "outcome": attempt.outcome,
        "disposition": attempt.disposition,
        "talk_seconds": attempt.talk_seconds,
        "operator": attempt.operator,
        "has_note": attempt.has_note,
        "number": attempt.number_mask,
        "simulated": attempt.simulated,
        **({"automatic": True} if attempt.automatic else {}),
    }


def _message(message: MessageFacts) -> dict[str, object]:
    return {
        "kind": message.kind,
        "channel": message.channel,
        "to": message.to,
        "status": message.status,
        "at": message.sent_at or message.created_at,
    }
