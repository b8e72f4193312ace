"""What was read, stored a part at a time: readings and pages come in between."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from callassist.errors import PermanentError, ServiceBusy
from callassist.models import ImportRun
from callassist.pms_sync import claims
from callassist.pms_sync.intake import take_in, take_in_alone
from callassist.ports.pms import Reservation, SetAside

if TYPE_CHECKING:
    from callassist.pms_sync.running import Run

AT_ONCE = 40  # reservations of one transaction: it holds the lock for less than 50 ms
_BUSY_TRIES = 5
_PROGRESS_SECONDS = 2.0
_PAUSE = 2  # times as long as was written: what is asked for meanwhile is answered nearly as fast
_LONGEST_PAUSE = 0.25

_Read = Reservation | SetAside


def in_parts(read: Iterable[_Read]) -> Iterator[list[_Read]]:
    """As many as are stored at once; what came before an error is handed over first."""
    part: list[_Read] = []
    try:
        for one in read:
            part.append(one)
            if len(part) == AT_ONCE:
                yield part
                part = []
    except Exception:
        if part:
            yield part
        raise
    if part:
        yield part


def store(run: Run, part: Sequence[_Read]) -> None:
    """A part in one transaction; when one of it is refused, each in a transaction of its own."""
    began = time.monotonic()
    try:
        _store_at_once(run, part)
    except (PermanentError, IntegrityError):
        for one in part:
            _store_alone(run, one)
    # others write and are answered in between
    run.sync.stopping.wait(min(_PAUSE * (time.monotonic() - began), _LONGEST_PAUSE))


def _store_at_once(run: Run, part: Sequence[_Read]) -> None:
    for _ in _tries(run):
        counts = Counter(run.counts)
        try:
            with run.sync.sessions.write() as session:
                claims.renew(session, run.held, run.sync.now_real())
                take_in(session, run.sync.vault, run.reading, part, counts)
                _progress(run, session, counts)
        except ServiceBusy:
            continue
        run.counts = counts
        return
    raise ServiceBusy("our database was too busy; this goes on later")


def _store_alone(run: Run, one: _Read) -> None:
    try:
        _store_at_once(run, [one])
    except PermanentError as refused:
        assert isinstance(one, Reservation)
        with run.sync.sessions.write() as session:
            take_in_alone(session, run.sync.vault, run.reading, one, refused.detail, run.counts)


def _tries(run: Run) -> Iterator[int]:
    for number in range(_BUSY_TRIES):
        if number:
            run.sync.stopping.wait(number)
        yield number


def _progress(run: Run, session: Session, counts: Counter[str]) -> None:
    """What has come so far, for whoever looks on."""
    if time.monotonic() - run.told_at < _PROGRESS_SECONDS:
        return
    run.told_at = time.monotonic()
    row = session.get_one(ImportRun, run.run_id)
    row.counts = {**counts, "requests": run.requests}
