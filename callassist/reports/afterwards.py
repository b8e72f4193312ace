"""What a host adds to an incident: notes of their own, and that it was a false alarm."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import incident_log
from callassist.domain.log_action import LogAction
from callassist.domain.viewer import Viewer
from callassist.errors import Conflict, InvalidInput, NotFound
from callassist.models import FalseAlarm, HostNote, Incident, Person

LONGEST = 2000


class Kind(StrEnum):
    """Why an incident was none."""

    TOO_SENSITIVE = "too_sensitive"
    NOT_GUESTS = "not_guests"
    OTHER = "other"


def own_incident(session: Session, viewer: Viewer, public_id: str, *, write: bool) -> Incident:
    """An incident of the viewer's accounts; NotFound for others, Forbidden for who may look."""
    incident = session.scalars(
        select(Incident).where(
            Incident.account_id.in_(viewer.account_ids), Incident.public_id == public_id
        )
    ).first()
    if incident is None:
        raise NotFound("no such incident")
    if write:
        viewer.require_write(incident.account_id)
    return incident


def no_report_yet() -> Conflict:
    """Why there is nothing to hand out."""
    return Conflict("the report is not written yet; it follows when the calls are over")


def add_note(
    session: Session, viewer: Viewer, incident_id: str, text: str, now: datetime
) -> HostNote:
    """Write something down; it is never shown to operators, and goes when the guest is erased."""
    incident = own_incident(session, viewer, incident_id, write=True)
    note = HostNote(
        incident_id=incident.id,
        account_id=incident.account_id,
        person_id=viewer.person_id,
        text=_checked(text, "note", needed=True) or "",
        created_at=now,
    )
    session.add(note)
    session.flush()
    data = {"note_id": note.public_id}
    incident_log.append(session, incident.id, LogAction.HOST_NOTED, data, now=now)
    return note


def remove_note(session: Session, viewer: Viewer, incident_id: str, note_id: str) -> None:
    """Take a note away again."""
    incident = own_incident(session, viewer, incident_id, write=True)
    note = session.scalars(
        select(HostNote).where(HostNote.incident_id == incident.id, HostNote.public_id == note_id)
    ).first()
    if note is None:
        raise NotFound("no such note")
    session.delete(note)
    session.flush()


def notes(session: Session, incident: Incident) -> Sequence[tuple[HostNote, str]]:
    """The notes about an incident, oldest first, each with the name of who wrote it."""
    rows = session.execute(
        select(HostNote, Person.name)
        .outerjoin(Person, Person.id == HostNote.person_id)
        .where(HostNote.incident_id == incident.id)
        .order_by(HostNote.id)
    )
    return [(note, name or "") for note, name in rows]


def say_false_alarm(
    session: Session,
    viewer: Viewer,
    incident_id: str,
    kind: str,
    comment: str,
    now: datetime,
) -> FalseAlarm:
    """Say why the incident was none, or correct what was said before."""
    incident = own_incident(session, viewer, incident_id, write=True)
    if kind not in {str(one) for one in Kind}:
        raise InvalidInput("choose what was wrong", "kind")
    said = false_alarm(session, incident)
    if said is None:
        said = FalseAlarm(incident_id=incident.id, account_id=incident.account_id)
        session.add(said)
    said.kind, said.comment, said.said_at = kind, _checked(comment, "comment"), now
    session.flush()
    incident_log.append(session, incident.id, LogAction.FALSE_ALARM, {"kind": kind}, now=now)
    return said


def false_alarm(session: Session, incident: Incident) -> FalseAlarm | None:
    """What the host said about it, if anything."""
    return session.scalars(select(FalseAlarm).where(FalseAlarm.incident_id == incident.id)).first()


def _checked(text: str, field: str, *, needed: bool = False) -> str | None:
    # browsers count a new line as one character, and send two
    cleaned = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if needed and not cleaned:
        raise InvalidInput("write something first", field)
    if len(cleaned) > LONGEST:
        raise InvalidInput(f"at most {LONGEST} characters", field)
    return cleaned or None
