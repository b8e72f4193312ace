"""Transactions: `write` takes the one write lock at once, `read` sees one snapshot."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from callassist.errors import ServiceBusy
from callassist.storage import hints as session_hints
from callassist.storage import nudges
from callassist.storage.engine import BEGIN_OPTION, BUSY_TIMEOUT_MS, is_sqlite
from callassist.storage.faults import busy
from callassist.storage.hints import Hints
from callassist.storage.turns import Turns


class WritingSession(Session):
    """A session whose commit also says which open pages it concerns."""


event.listen(WritingSession, "after_flush", nudges.note_flush)


class Sessions:
    """Hands out one session per transaction. Objects stay readable after the commit."""

    def __init__(self, engine: Engine, hints: Hints | None = None) -> None:
        self.engine = engine
        self.hints = hints or Hints()
        # SQLite: a transaction that begins by reading cannot wait for the lock later on, it
        # fails at once. So writers take it at the beginning.
        self._write_engine = engine.execution_options(**{BEGIN_OPTION: "IMMEDIATE"})
        self._here = threading.local()
        self._turns = Turns() if is_sqlite(engine) else None

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Commit at the end, roll back on any error; then wake the loops that have new work.

        Never nest two: the inner one would wait for the outer one. ServiceBusy when the database
        is locked, full, read-only or gone.
        """
        with (
            self._alone(),
            self._turn(),
            WritingSession(self._write_engine, expire_on_commit=False) as session,
        ):
            session_hints.attach(session, self.hints)
            with _named_faults():
                yield session
                nudges.settle(session)
                session.commit()
        session_hints.send(session)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A snapshot to read from; nothing that is written here is kept."""
        with Session(self.engine, expire_on_commit=False) as session, _named_faults():
            yield session

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if getattr(self._here, "writes", False):
            raise RuntimeError("write() inside write(): pass the session down instead")
        self._here.writes = True
        try:
            yield
        finally:
            self._here.writes = False

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if self._turns is None:
            yield
            return
        if not self._turns.take(BUSY_TIMEOUT_MS / 1000):
            raise ServiceBusy(
                "the database is busy with other changes; try again in a moment", retry_after=1.0
            )
        try:
            yield
        finally:
            self._turns.give()


@contextmanager
def _named_faults() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        named = busy(error)
        if named is None:
            raise
        raise named from error
