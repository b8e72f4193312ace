"""How a database finds the rows that it is asked for; SQLite's plans tell whatever there is."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from sqlalchemy import Engine, event

# these grow with every call, guest or home
GROWING = {
    "call_attempt",
    "call_event",
    "call_task",
    "consent",
    "guest_reply",
    "guest_text",
    "host_contact",
    "incident",
    "incident_log",
    "incoming_call",
    "needs_you",
    "noise_reading",
    "notification",
    "offer",
    "outbox",
    "phone_cost",
    "phone_ring",
    "report",
    "sensor",
    "stay",
    "stay_number",
    "timer",
}
# a whole index is read only where it holds what is open just now
_WHOLE = re.compile(r"^SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", re.MULTILINE)
OPEN_ONLY = {
    "ix_incident_account_open",
    "ix_outbox_due_open",
    "ix_property_noise_loud",
    "ix_timer_due_open",
    "ix_timer_retry_open",
    "uq_incident_open_property",
    "uq_timer_open_subject",
}


class Asked:
    """Every statement that was made, and how each finds its rows."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.statements: dict[str, Any] = {}

    def note(self, _connection, _cursor, statement, parameters, _context, many) -> None:
        if not many and statement.startswith(("SELECT", "UPDATE", "DELETE")) and _is_ours():
            self.statements.setdefault(statement, parameters)

    def whole_tables(self) -> list[str]:
        """Statements that read all there ever was of something that grows."""
        found = []
        with self.engine.connect() as connection:
            for statement, parameters in self.statements.items():
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                steps = "\n".join(str(row[3]) for row in plan)
                for table, index in _WHOLE.findall(steps):
                    if table in GROWING and index not in OPEN_ONLY:
                        found.append(f"{table}: {' '.join(statement.split())}")
        return found


def _is_ours() -> bool:
    """Whether the service asks, and not a test that looks on."""
    frame: FrameType | None = sys._getframe()
    assert frame is not None
    while frame := frame.f_back:
        if "/callassist/" in frame.f_code.co_filename:
            return True
        if "/tests/" in frame.f_code.co_filename and frame.f_code.co_name != "note":
            return False
    return False


@contextmanager
def listening(engine: Engine) -> Iterator[Asked]:
    asked = Asked(engine)
    event.listen(engine, "before_cursor_execute", asked.note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", asked.note)
