"""Which database errors pass by themselves or by a person's hand: those become ServiceBusy."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from callassist.errors import ServiceBusy

# Primary result codes: https://www.sqlite.org/rescode.html
_SQLITE = {
    sqlite3.SQLITE_BUSY: "the database is locked by another program; try again in a moment",
    sqlite3.SQLITE_LOCKED: "the database is locked by another program; try again in a moment",
    sqlite3.SQLITE_FULL: "the disk of the database is full; free some space on it",
    sqlite3.SQLITE_READONLY: "the database cannot be written; check its file's owner and rights",
    sqlite3.SQLITE_IOERR: "the disk of the database reports errors; check it",
    sqlite3.SQLITE_CANTOPEN: "the database's file cannot be opened; check its path and rights",
}
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_CONFLICT = "the database is busy with other changes; try again in a moment"
_POSTGRESQL = {
    "40001": _CONFLICT,  # serialization_failure
    "40P01": _CONFLICT,  # deadlock_detected
    "55P03": _CONFLICT,  # lock_not_available
    "53100": _SQLITE[sqlite3.SQLITE_FULL],
    "25006": "the database only reads at the moment (a standby?); connect to the one that writes",
}
_CONFLICT_RETRY_SECONDS = 0.05
_LOST = "the database does not answer; check that it runs, this goes on by itself when it is back"
_NO_CONNECTION = "every connection to the database is in use; try again in a moment"


def busy(error: BaseException) -> ServiceBusy | None:
    """The ServiceBusy that `error` amounts to, or None when it is something else."""
    # The error that a failed rollback raises hides the cause: look behind it.
    for link in _chain(error):
        detail = _detail(link)
        if detail is not None:
            soon = detail == _CONFLICT
            return ServiceBusy(detail, retry_after=_CONFLICT_RETRY_SECONDS if soon else 1.0)
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _detail(error: BaseException) -> str | None:
    if isinstance(error, PoolTimeout):
        return _NO_CONNECTION
    if isinstance(error, sqlite3.Error):
        # extended codes keep the primary one in their low byte
        code = getattr(error, "sqlite_errorcode", None)
        return None if code is None else _SQLITE.get(code & 0xFF)
    if isinstance(error, DBAPIError):
        if isinstance(error.orig, sqlite3.Error):
            return _detail(error.orig)
        state = getattr(error.orig, "sqlstate", None)
        if state in _POSTGRESQL:
            return _POSTGRESQL[state]
        if error.connection_invalidated or isinstance(error, OperationalError):
            return _LOST
    return None
