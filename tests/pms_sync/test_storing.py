"""What was read is stored a part at a time, and a part costs as few statements as one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import event

from callassist.errors import TransientError
from callassist.pms_sync.intake import take_in
from callassist.pms_sync.storing import AT_ONCE, in_parts
from callassist.pms_sync.sync import Reading
from callassist.ports.pms import SetAside
from callassist.storage.sessions import Sessions
from tests.accounts.scenes import VAULT
from tests.pms_sync.scenes import World, booking, world


def test_forty_new_reservations_take_as_many_statements_as_two(sessions: Sessions) -> None:
    here = world(sessions)
    first, last = statements(here, 0, 2), statements(here, 100, 100 + AT_ONCE)
    assert len(here.stays()) == 2 + AT_ONCE
    assert last == first <= 11


def test_what_came_before_an_error_is_handed_over_before_it() -> None:
    def reading() -> Iterator[SetAside]:
        for number in range(AT_ONCE + 3):
            yield SetAside(external_id=str(number), reason="odd")
        raise TransientError("it does not answer")

    parts = in_parts(reading())
    assert [len(next(parts)), len(next(parts))] == [AT_ONCE, 3]
    with pytest.raises(TransientError):
        next(parts)


def statements(here: World, first: int, last: int) -> int:
    """How many it takes to store reservations of these numbers."""
    ran: list[str] = []

    def note(*arguments: object) -> None:
        ran.append(str(arguments[2]))

    engine = here.sessions.engine
    reading = Reading(connection=here.connection(), run_id=1, now=here.clock.now())
    bookings = [booking(f"R{number}", 1, after=number) for number in range(first, last)]
    with here.sessions.write() as session:
        event.listen(engine, "before_cursor_execute", note)
        try:
            take_in(session, VAULT, reading, bookings, Counter())
        finally:
            event.remove(engine, "before_cursor_execute", note)
    return len(ran)
