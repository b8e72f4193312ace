"""Writing to a guest in the conversation of their booking, where the host's system has one."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy.orm import Session

from callassist.errors import PermanentError, TransientError


class NotWritten(TransientError):
    """Nothing was written, and it may safely be asked for again."""


class WriteRefused(PermanentError):
    """Nothing was written, and asking again would not help."""


class WriteInDoubt(TransientError):
    """The answer was lost: it may stand there. Never write it again blindly."""


class Conversations(Protocol):
    """The conversations of bookings, across all systems."""

    def connection_of(self, session: Session, stay_id: int) -> int | None:
        """The connection through which the guest of a stay can be written to; None where there is
        none, or where the host has not turned it on."""
        ...

    def write(self, connection_id: int, stay_id: int, text: str) -> None:
        """Write once; outside of any transaction. Raises one of the three errors above."""
        ...


class NoConversations:
    """Nobody can be written to."""

    def connection_of(self, session: Session, stay_id: int) -> int | None:
        """None."""
        return None

    def write(self, connection_id: int, stay_id: int, text: str) -> None:
        """Never asked for."""
        raise WriteRefused("there is no conversation")
