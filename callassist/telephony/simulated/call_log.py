"""The simulated network's own memory: one SQLite file beside the service's database.

It shares nothing with that database, so a proof can compare the two after a crash. Calls to real
people's numbers are kept as a mask and a keyed index: nobody was phoned, and nothing is exposed.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from callassist.domain.phone import mask
from callassist.domain.results import AttemptOutcome
from callassist.errors import SettingsError, TransientError
from callassist.telephony.simulated.numbers import Behaviour, is_simulated_number
from callassist.telephony.simulated.timeline import Timeline

SCHEMA = """
CREATE TABLE IF NOT EXISTS request (
    n INTEGER PRIMARY KEY AUTOINCREMENT,  -- every place_call asked for, also the refused ones
    at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS call (
    n INTEGER PRIMARY KEY REFERENCES request (n),
    call_id TEXT NOT NULL UNIQUE,
    attempt_id TEXT NOT NULL,      -- what the caller said; two calls may carry the same
    number TEXT NOT NULL,          -- in clear only for numbers that belong to nobody
    number_index TEXT NOT NULL,
    callback_url TEXT NOT NULL,
    behaviour TEXT NOT NULL,
    placed_at TEXT NOT NULL,
    ringing_at TEXT,
    answered_at TEXT,
    ended_at TEXT NOT NULL,        -- planned until it is past
    outcome TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS call_by_number ON call (number_index, placed_at);
CREATE TABLE IF NOT EXISTS callback (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    call_id TEXT NOT NULL REFERENCES call (call_id),
    sequence INTEGER NOT NULL,
    event_at TEXT NOT NULL,
    due_at TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    settled_at TEXT                -- delivered, or given up
);
CREATE INDEX IF NOT EXISTS callback_due ON callback (due_at) WHERE settled_at IS NULL;
CREATE INDEX IF NOT EXISTS callback_of_call ON callback (call_id);
CREATE TABLE IF NOT EXISTS text (
    n INTEGER PRIMARY KEY REFERENCES request (n),
    text_id TEXT NOT NULL UNIQUE,
    number TEXT NOT NULL,          -- in clear only for numbers that belong to nobody
    body TEXT NOT NULL,            -- kept only for those, too
    callback_url TEXT NOT NULL,
    status TEXT NOT NULL,          -- planned until `due_at`
    sent_at TEXT NOT NULL,
    due_at TEXT NOT NULL,          -- when its report goes out
    tries INTEGER NOT NULL DEFAULT 0,
    settled_at TEXT                -- reported, or given up
);
CREATE TABLE IF NOT EXISTS question (  -- what the service is asked about a call that it leads
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    call_id TEXT NOT NULL REFERENCES call (call_id),
    url TEXT NOT NULL,
    form TEXT NOT NULL,            -- JSON
    due_at TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    settled_at TEXT                -- answered, or given up
);
CREATE INDEX IF NOT EXISTS question_due ON question (due_at) WHERE settled_at IS NULL;
CREATE INDEX IF NOT EXISTS question_of_call ON question (call_id);
CREATE TABLE IF NOT EXISTS dialled_from (
    call_id TEXT PRIMARY KEY REFERENCES call (call_id),
    parent_id TEXT NOT NULL REFERENCES call (call_id)
);
CREATE INDEX IF NOT EXISTS dialled_from_parent ON dialled_from (parent_id);
CREATE TABLE IF NOT EXISTS heard (         -- only by numbers that belong to nobody
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    call_id TEXT NOT NULL REFERENCES call (call_id),
    at TEXT NOT NULL,
    sentence TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS text_due ON text (due_at) WHERE settled_at IS NULL;
"""


@dataclass(frozen=True, kw_only=True)
class LoggedCall:
    """One call as the network keeps it; the timeline may lie ahead."""

    call_id: str
    attempt_id: str
    number: str
    number_index: str
    callback_url: str
    behaviour: Behaviour
    timeline: Timeline

    @property
    def masked_number(self) -> str:
        """The number as callbacks and lists may show it."""
        return mask(self.number) if is_simulated_number(self.number) else self.number


@dataclass(frozen=True, kw_only=True)
class SimulatedCall:
    """One call for whoever checks the service; the end is None while it lies ahead."""

    call_id: str
    attempt_id: str
    to: str  # E.164 for simulated numbers, a mask for all others
    behaviour: Behaviour
    placed_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    outcome: AttemptOutcome | None  # as reported: a hang-up is a short `answered`
    talk_seconds: int | None


class CallLog:
    """The file; safe for threads and for several processes."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = _open(path)
        except (OSError, sqlite3.DatabaseError) as error:
            raise SettingsError(
                f"the simulated network's call log {path} cannot be opened ({error});"
                " check its folder and permissions, or move the file away"
            ) from error

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction: committed durably at the end, or nothing of it happened.

        Raises TransientError when the file is locked or the disk is full.
        """
        with self._lock, _named_errors():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def rows(self, sql: str, *values: str | int) -> list[sqlite3.Row]:
        """Every row of one reading statement; TransientError as for `write`."""
        with self._lock, _named_errors():
            return self._connection.execute(sql, values).fetchall()

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()

    def call(self, call_id: str) -> LoggedCall | None:
        """The call with this id."""
        rows = self.rows("SELECT * FROM call WHERE call_id = ?", call_id)
        return read_call(rows[0]) if rows else None

    def calls_to(self, number_index: str, since: datetime, until: datetime) -> list[LoggedCall]:
        """Calls to one number accepted from `since` to `until`, oldest first."""
        rows = self.rows(
            "SELECT * FROM call WHERE number_index = ? AND attempt_id != ''"
            " AND placed_at BETWEEN ? AND ? ORDER BY n",
            number_index,
            text_of(since),
            text_of(until),
        )
        return [read_call(row) for row in rows]

    def calls(self, now: datetime) -> list[SimulatedCall]:
        """Every call ever placed, in the order of placing, as known at `now`."""
        rows = self.rows("SELECT * FROM call WHERE attempt_id != '' ORDER BY n")
        return [_seen_at(now, read_call(row)) for row in rows]


def read_call(row: sqlite3.Row) -> LoggedCall:
    """The call in a row of table `call`."""
    return LoggedCall(
        call_id=row["call_id"],
        attempt_id=row["attempt_id"],
        number=row["number"],
        number_index=row["number_index"],
        callback_url=row["callback_url"],
        behaviour=Behaviour(row["behaviour"]),
        timeline=Timeline(
            placed_at=datetime.fromisoformat(row["placed_at"]),
            ringing_at=_instant(row["ringing_at"]),
            answered_at=_instant(row["answered_at"]),
            ended_at=datetime.fromisoformat(row["ended_at"]),
            outcome=AttemptOutcome(row["outcome"]),
        ),
    )


def text_of(instant: datetime) -> str:
    """An instant as text that sorts by time: UTC with six digits of a second."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=5, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.executescript(SCHEMA)
    return connection


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


@contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise TransientError(f"the simulated network's call log cannot be used: {error}") from error


def _seen_at(now: datetime, call: LoggedCall) -> SimulatedCall:
    line = call.timeline
    ended = line.ended_at <= now
    answered = line.answered_at is not None and line.answered_at <= now
    return SimulatedCall(
        call_id=call.call_id,
        attempt_id=call.attempt_id,
        to=call.number,
        behaviour=call.behaviour,
        placed_at=line.placed_at,
        answered_at=line.answered_at if answered else None,
        ended_at=line.ended_at if ended else None,
        outcome=line.outcome if ended else None,
        talk_seconds=line.talk_seconds if ended else None,
    )
