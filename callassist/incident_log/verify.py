"""Does the log still say what it said when it was written?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.incident_log.chain import FIRST_PREVIOUS, entry_hash
from callassist.models import Incident, IncidentLogEntry
from callassist.models.types import to_micros

_BATCH = 1_000


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that is not as it was written; `seq` is the entry, `problem` a sentence."""

    incident_id: int
    seq: int
    problem: str


def verify(session: Session) -> list[Fault]:
    """Every change, removal and reordering in all logs; an empty list when there is none."""
    heads = _heads(session)
    faults: list[Fault] = []
    query = select(IncidentLogEntry).order_by(IncidentLogEntry.incident_id, IncidentLogEntry.seq)
    rows = session.scalars(query.execution_options(yield_per=_BATCH))
    for incident_id, entries in groupby(rows, key=lambda entry: entry.incident_id):
        faults.extend(_chain_faults(incident_id, entries, heads.pop(incident_id, (0, ""))))
    for incident_id, (length, _) in heads.items():
        if length:
            faults.append(_fault(incident_id, 1, f"all {length} entries were removed"))
    return faults


def _heads(session: Session) -> dict[int, tuple[int, str]]:
    rows = session.execute(select(Incident.id, Incident.log_length, Incident.log_head))
    return {row.id: (row.log_length, row.log_head) for row in rows}


def _chain_faults(
    incident_id: int, entries: Iterable[IncidentLogEntry], head: tuple[int, str]
) -> Iterator[Fault]:
    expected_seq, previous = 1, FIRST_PREVIOUS
    for entry in entries:
        if entry.seq > expected_seq:
            missing = _span(expected_seq, entry.seq - 1)
            yield _fault(incident_id, expected_seq, f"{missing} removed")
        elif entry.previous_hash != previous:
            yield _fault(incident_id, entry.seq, "does not follow the entry before it")
        if _hash(entry) != entry.hash:
            yield _fault(incident_id, entry.seq, "was changed after it was written")
        expected_seq, previous = entry.seq + 1, entry.hash
    length, digest = head
    if expected_seq <= length:
        yield _fault(incident_id, expected_seq, f"{_span(expected_seq, length)} removed")
    elif expected_seq > length + 1:
        yield _fault(incident_id, length + 1, f"{_span(length + 1, expected_seq - 1)} added")
    elif digest != previous:
        yield _fault(incident_id, length, "is not the newest entry that was written")


def _span(first: int, last: int) -> str:
    return f"entry {first} was" if first == last else f"entries {first} to {last} were"


def _hash(entry: IncidentLogEntry) -> str:
    return entry_hash(
        incident_id=entry.incident_id,
        seq=entry.seq,
        at_micros=to_micros(entry.at),
        action=entry.action,
        data=entry.data,
        previous_hash=entry.previous_hash,
    )


def _fault(incident_id: int, seq: int, problem: str) -> Fault:
    return Fault(incident_id=incident_id, seq=seq, problem=problem)
