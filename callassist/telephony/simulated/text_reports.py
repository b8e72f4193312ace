"""Posts what became of texts, at least once each, on the service's clock."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from datetime import datetime

import structlog

from callassist.clock import Clock
from callassist.errors import PermanentError, TransientError
from callassist.telephony.simulated.call_log import CallLog, text_of
from callassist.telephony.simulated.callbacks import SIGNATURE_HEADER, signature

Post = Callable[[str, Mapping[str, str], Mapping[str, str]], str | None]
"""Posts form fields with headers to an address and gives what was answered; raises CallAssistError
when it did not arrive."""

_MAX_TRIES = 3
_CLAIM_SECONDS = 15.0  # real time for which a report is ours; after a crash it goes out again
_RETRY_SECONDS = 2.0  # real time

log = structlog.get_logger(__name__)


class TextReports:
    """Several may run; one of them claims a report."""

    def __init__(self, call_log: CallLog, clock: Clock, post: Post, secret: str) -> None:
        self._log = call_log
        self._clock = clock
        self._post = post
        self._secret = secret

    def pump(self, now: datetime) -> int:
        """Post every report that is due at `now`; returns how many arrived."""
        due = self._log.rows(
            "SELECT * FROM text WHERE settled_at IS NULL AND due_at <= ? ORDER BY due_at, n",
            text_of(now),
        )
        return sum(self._deliver(row, now) for row in due)

    def _deliver(self, row: sqlite3.Row, now: datetime) -> bool:
        until = now + self._clock.span(_CLAIM_SECONDS)
        if not self._move(row, "tries = tries + 1, due_at = ?", until):
            return False
        form = {"TextId": row["text_id"], "Status": row["status"]}
        signed = {SIGNATURE_HEADER: signature(self._secret, row["callback_url"], form)}
        try:
            self._post(row["callback_url"], signed, form)
        except TransientError as error:
            if row["tries"] + 1 < _MAX_TRIES:
                again = now + self._clock.span(_RETRY_SECONDS)
                self._settle(row, "due_at = ?", again)
                return False
            self._give_up(row, now, error.detail)
            return False
        except PermanentError as error:
            self._give_up(row, now, error.detail)
            return False
        self._settle(row, "settled_at = ?", now)
        return True

    def _give_up(self, row: sqlite3.Row, now: datetime, detail: str) -> None:
        log.warning("simulated report of a text given up", text=row["text_id"], detail=detail)
        self._settle(row, "settled_at = ?", now)

    def _move(self, row: sqlite3.Row, change: str, at: datetime) -> bool:
        with self._log.write() as file:
            moved = file.execute(
                f"UPDATE text SET {change} WHERE n = ? AND tries = ? AND settled_at IS NULL",  # noqa: S608 our own words
                (text_of(at), row["n"], row["tries"]),
            )
            return moved.rowcount == 1

    def _settle(self, row: sqlite3.Row, change: str, at: datetime) -> None:
        with self._log.write() as file:
            file.execute(
                f"UPDATE text SET {change} WHERE n = ?",  # noqa: S608 our own words
                (text_of(at), row["n"]),
            )
