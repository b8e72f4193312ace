"""Many rows stored a part at a time: other changes come in between, and a stop loses one part."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy.orm import Session

from callassist.errors import ServiceBusy
from callassist.storage.sessions import Sessions

_Row = TypeVar("_Row")
_AGAIN_AFTER = 5.0  # seconds


class StoredInPart(ServiceBusy):
    """The database was too busy to go on: `done` rows are stored, `left` are not."""

    def __init__(self, done: int, left: int) -> None:
        super().__init__(
            f"{done} rows are stored, {left} are left; store the file again in a moment",
            retry_after=_AGAIN_AFTER,
        )
        self.done, self.left = done, left


def write_in_parts(
    sessions: Sessions,
    rows: Sequence[_Row],
    at_once: int,
    store: Callable[[Session, Sequence[_Row]], None],
    between: Callable[[], None] | None = None,
) -> None:
    """Give `store` so many rows at once, each part in a transaction of its own.

    `between` two of them it is called, if it is there, for whoever has to say that they are alive.

    StoredInPart when the database had no time for one of them. `store` must be able to meet rows
    again that it has stored before: that is how an interrupted file is finished.
    """
    for start in range(0, len(rows), at_once):
        if start and between is not None:
            between()
        try:
            with sessions.write() as session:
                store(session, rows[start : start + at_once])
        except ServiceBusy as error:
            raise StoredInPart(start, len(rows) - start) from error
