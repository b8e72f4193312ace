"""What is written into the call log, inside one transaction of the log's file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from datetime import datetime

from callassist.domain.dial import LegEvent
from callassist.telephony.simulated.call_log import LoggedCall, text_of
from callassist.telephony.simulated.numbers import is_simulated_number
from callassist.telephony.simulated.timeline import Timeline


def count_request(file: sqlite3.Connection, now: datetime) -> int:
    """The number of this request to dial; it seeds whatever chance decides about it."""
    n = file.execute("INSERT INTO request (at) VALUES (?)", (text_of(now),)).lastrowid
    assert n is not None
    return n


def earlier_calls(file: sqlite3.Connection, number_index: str) -> int:
    """How many calls to the number there were before."""
    counted = file.execute("SELECT count(*) FROM call WHERE number_index = ?", (number_index,))
    return int(counted.fetchone()[0])


def record_call(file: sqlite3.Connection, n: int, call: LoggedCall) -> None:
    """Write a new call with its whole plan."""
    line = call.timeline
    file.execute(
        "INSERT INTO call VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            n,
            call.call_id,
            call.attempt_id,
            call.number,
            call.number_index,
            call.callback_url,
            call.behaviour,
            text_of(line.placed_at),
            *_changeable(line),
        ),
    )


def record_end(file: sqlite3.Connection, call: LoggedCall, line: Timeline, at: datetime) -> int:
    """Write that the call ends at `at` and not when it was planned to, forget the callbacks of what
    will not happen any more, and return the number of the request that placed it."""
    file.execute(
        "UPDATE call SET ringing_at = ?, answered_at = ?, ended_at = ?, outcome = ?"
        " WHERE call_id = ?",
        (*_changeable(line), call.call_id),
    )
    file.execute(
        "DELETE FROM callback WHERE call_id = ? AND (event_at > ? OR event_at = ?)",
        (call.call_id, text_of(at), text_of(call.timeline.ended_at)),
    )
    row = file.execute("SELECT n FROM call WHERE call_id = ?", (call.call_id,)).fetchone()
    return int(row[0])


def record_callback(file: sqlite3.Connection, event: LegEvent, due_at: datetime) -> None:
    """Plan one callback."""
    file.execute(
        "INSERT INTO callback (call_id, sequence, event_at, due_at) VALUES (?, ?, ?, ?)",
        (event.call_id, event.sequence, text_of(event.at), text_of(due_at)),
    )


def record_question(
    file: sqlite3.Connection, call_id: str, url: str, form: Mapping[str, str], due_at: datetime
) -> None:
    """Plan to ask the service something about a call."""
    file.execute(
        "INSERT INTO question (call_id, url, form, due_at) VALUES (?, ?, ?, ?)",
        (call_id, url, json.dumps(dict(form)), text_of(due_at)),
    )


def move_question(
    file: sqlite3.Connection, call_id: str, form: Mapping[str, str], due_at: datetime
) -> None:
    """What is asked next about a call is asked at another time, and tells something else."""
    file.execute(
        "UPDATE question SET form = ?, due_at = ? WHERE call_id = ? AND settled_at IS NULL",
        (json.dumps(dict(form)), text_of(due_at), call_id),
    )


def forget_questions(file: sqlite3.Connection, call_id: str, now: datetime) -> None:
    """Nothing is asked about this call any more."""
    file.execute(
        "UPDATE question SET settled_at = ? WHERE call_id = ? AND settled_at IS NULL",
        (text_of(now), call_id),
    )


def record_parent(file: sqlite3.Connection, call_id: str, parent_id: str) -> None:
    """This call was dialled from that one."""
    file.execute("INSERT INTO dialled_from VALUES (?, ?)", (call_id, parent_id))


def children_of(file: sqlite3.Connection, call_id: str) -> list[str]:
    """What was dialled from a call, in that order."""
    rows = file.execute(
        "SELECT call_id FROM dialled_from WHERE parent_id = ? ORDER BY rowid", (call_id,)
    )
    return [str(row[0]) for row in rows]


def record_heard(file: sqlite3.Connection, call: LoggedCall, now: datetime, sentence: str) -> None:
    """A sentence was said on a call; kept for numbers that belong to nobody."""
    if is_simulated_number(call.number):
        file.execute(
            "INSERT INTO heard (call_id, at, sentence) VALUES (?, ?, ?)",
            (call.call_id, text_of(now), sentence),
        )


def _changeable(line: Timeline) -> tuple[str | None, str | None, str, str]:
    return (
        None if line.ringing_at is None else text_of(line.ringing_at),
        None if line.answered_at is None else text_of(line.answered_at),
        text_of(line.ended_at),
        str(line.outcome),
    )
