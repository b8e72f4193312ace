"""Between shifts: five lines for whoever comes next, and how an operator likes the desk."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.errors import InvalidInput
from callassist.models import DeskPreference, Operator, ShiftNote

LINES, LINE_LENGTH = 5, 200
SHOWN_FOR = timedelta(hours=24)
TONES = ("bell", "marimba", "chime")


def leave_note(session: Session, operator_id: int, text: str, now: datetime) -> ShiftNote | None:
    """Store the end of a shift for the next person; nothing for an empty text.

    Raises InvalidInput for more than five lines, or a line that is none any more.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        return None
    if len(lines) > LINES:
        raise InvalidInput("five lines are enough; leave out what the next person need not know")
    if any(len(line) > LINE_LENGTH for line in lines):
        raise InvalidInput("keep each line under 200 characters")
    operator = session.get_one(Operator, operator_id)
    note = ShiftNote(
        desk_id=operator.desk_id, operator_id=operator_id, text="\n".join(lines), created_at=now
    )
    session.add(note)
    session.flush()
    return note


def notes_for(session: Session, desk_id: int, now: datetime) -> list[tuple[ShiftNote, str]]:
    """What colleagues left at a desk in the last 24 hours with their desk names; newest first."""
    left = (
        select(ShiftNote, Operator.desk_name)
        .join(Operator, Operator.id == ShiftNote.operator_id)
        .where(ShiftNote.desk_id == desk_id, ShiftNote.created_at > now - SHOWN_FOR)
        .order_by(ShiftNote.created_at.desc(), ShiftNote.id.desc())
        .limit(3)
    )
    return [(note, desk_name) for note, desk_name in session.execute(left)]


def preferences(session: Session, operator_id: int) -> DeskPreference:
    """How the operator likes the desk; what was never chosen is as usual."""
    found = session.get(DeskPreference, operator_id)
    return found or DeskPreference(
        operator_id=operator_id,
        shortcuts=True,
        sound=True,
        tone=TONES[0],
        volume=70,
        only_mine=False,
        trained_at=None,
    )


def set_preferences(
    session: Session,
    operator_id: int,
    *,
    shortcuts: bool | None = None,
    sound: bool | None = None,
    tone: str | None = None,
    volume: int | None = None,
) -> DeskPreference:
    """Change what is given; InvalidInput for a tone or a volume that does not exist."""
    if tone is not None and tone not in TONES:
        raise InvalidInput(f"use one of {', '.join(TONES)}", "tone")
    if volume is not None and not 0 < volume <= 100:
        raise InvalidInput("choose a volume from 1 to 100", "volume")
    liked = _kept(session, operator_id)
    liked.shortcuts = liked.shortcuts if shortcuts is None else shortcuts
    liked.sound = liked.sound if sound is None else sound
    liked.tone = tone or liked.tone
    liked.volume = volume or liked.volume
    session.flush()
    return liked


def note_training(session: Session, operator_id: int, now: datetime) -> None:
    """The operator went through a training call to its end; the first time counts."""
    liked = _kept(session, operator_id)
    liked.trained_at = liked.trained_at or now
    session.flush()


def _kept(session: Session, operator_id: int) -> DeskPreference:
    liked = session.get(DeskPreference, operator_id, with_for_update=True)
    if liked is None:
        liked = preferences(session, operator_id)
        session.add(liked)
    return liked
