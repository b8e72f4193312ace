"""A report as a note on the reservation: reports write it, whoever reads reservations leaves it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

TOPIC = "pms_note"  # of the outbox: {version_id}


@dataclass(frozen=True, kw_only=True)
class ReservationNote:
    """A note that may be written, and what it is about; it names nobody."""

    incident_id: int
    stay_id: int | None
    account_id: int
    key: str  # one note for each
    text: str


# (session, ReportVersion.id): the note of a version, None when it is gone
NoteOf = Callable[[Session, int], ReservationNote | None]
