"""What is written into the call log, inside one transaction of the log's file."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from callassist.domain.dial import LegEvent
from callassist.telephony.simulated.call_log import LoggedCall, text_of
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


def record_cut(file: sqlite3.Connection, call_id: str, line: Timeline, now: datetime) -> int:
    """Write the shorter life of a call hung up at `now`, forget the callbacks of what will not
    happen any more, and return the number of the request that placed it."""
    file.execute(
        "UPDATE call SET ringing_at = ?, answered_at = ?, ended_at = ?, outcome = ?"
        " WHERE call_id = ?",
        (*_changeable(line), call_id),
    )
    file.execute("DELETE FROM callback WHERE call_id = ? AND event_at > ?", (call_id, text_of(now)))
    return int(file.execute("SELECT n FROM call WHERE call_id = ?", (call_id,)).fetchone()[0])


def record_callback(file: sqlite3.Connection, event: LegEvent, due_at: datetime) -> None:
    """Plan one callback."""
    file.execute(
        "INSERT INTO callback (call_id, sequence, event_at, due_at) VALUES (?, ?, ?, ?)",
        (event.call_id, event.sequence, text_of(event.at), text_of(due_at)),
    )


def _changeable(line: Timeline) -> tuple[str | None, str | None, str, str]:
    return (
        None if line.ringing_at is None else text_of(line.ringing_at),
        None if line.answered_at is None else text_of(line.answered_at),
        text_of(line.ended_at),
        str(line.outcome),
    )
