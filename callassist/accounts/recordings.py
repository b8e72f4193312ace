"""The sound of recordings: kept sealed in pieces, heard by those who may, taken away in time."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from callassist.accounts.team_changes import TeamAction, note_change
from callassist.domain.recording import AT_THE_NETWORK, RecordingState
from callassist.domain.viewer import Viewer
from callassist.errors import NotFound
from callassist.models import Incident, Recording, RecordingPart
from callassist.storage.vault import Vault

PIECE = 48 * 1024  # so that a batch of them fits into memory while the key is changed


def keep_sound(session: Session, vault: Vault, row: Recording, sound: bytes, now: datetime) -> None:
    """Keep it here; the network's copy is to be deleted next."""
    session.execute(delete(RecordingPart).where(RecordingPart.recording_id == row.id))
    for position, begin in enumerate(range(0, len(sound), PIECE)):
        piece = base64.b64encode(sound[begin : begin + PIECE]).decode()
        session.add(
            RecordingPart(recording_id=row.id, position=position, content=vault.seal(piece))
        )
    row.kept_at, row.state = now, str(RecordingState.LEAVING)


def drop_sound(session: Session, row: Recording, now: datetime) -> None:
    """Delete it here at once; at the network, where it still is, by housekeeping until proved."""
    session.execute(delete(RecordingPart).where(RecordingPart.recording_id == row.id))
    if row.state in AT_THE_NETWORK:
        row.state = str(RecordingState.LEAVING)
    elif row.state == RecordingState.KEPT:
        row.state = str(RecordingState.GONE)
    elif row.state == RecordingState.ANNOUNCED:
        row.state = str(RecordingState.REFUSED)
    row.gone_at = row.gone_at or now


def drop_sounds(session: Session, incidents: Select[int], now: datetime) -> None:
    """Of all recordings of these incidents: their guest is erased."""
    query = select(Recording).where(
        Recording.incident_id.in_(incidents), Recording.gone_at.is_(None)
    )
    for row in session.scalars(query):
        drop_sound(session, row, now)


def recordings_of(session: Session, incident_id: int) -> Sequence[Recording]:
    """Every recording, or announcement of one, of an incident, oldest first."""
    query = select(Recording).where(Recording.incident_id == incident_id)
    return list(session.scalars(query.order_by(Recording.id)))


def is_recorded_now(session: Session, attempt_id: int) -> bool:
    """Whether this call is being recorded."""
    now = Recording.attempt_id == attempt_id, Recording.state == str(RecordingState.ASKED)
    return session.scalar(select(Recording.id).where(*now)) is not None


def is_at_the_network(session: Session, account_id: int) -> bool:
    """Whether a network still has sound of this account's calls."""
    there = Recording.account_id == account_id, Recording.state.in_(AT_THE_NETWORK)
    return session.scalar(select(Recording.id).where(*there).limit(1)) is not None


def was_recorded(session: Session, stay_id: int) -> bool:
    """Whether sound of a call with this guest is kept, here or on its way here."""
    on_its_way = (*AT_THE_NETWORK, RecordingState.KEPT)
    return (
        session.scalar(
            select(Recording.id)
            .join(Incident, Incident.id == Recording.incident_id)
            .where(
                Incident.stay_id == stay_id,
                Recording.gone_at.is_(None),
                Recording.state.in_(on_its_way),
            )
            .limit(1)
        )
        is not None
    )


def listen(session: Session, vault: Vault, viewer: Viewer, public_id: str, now: datetime) -> bytes:
    """The sound, and a line in the record of who heard it. NotFound outside the viewer's accounts;
    Forbidden for whoever may only look."""
    row = _found(session, viewer, public_id)
    viewer.require_write(row.account_id)
    sound = sound_of(session, vault, row)
    if sound is None:
        raise NotFound("this recording is not kept any more")
    _note(session, viewer, TeamAction.RECORDING_HEARD, row, now)
    return sound


def delete_recording(session: Session, viewer: Viewer, public_id: str, now: datetime) -> None:
    """Before its time, because somebody who may wants it."""
    row = _found(session, viewer, public_id)
    viewer.require_write(row.account_id)
    if row.gone_at is None:
        drop_sound(session, row, now)
        _note(session, viewer, TeamAction.RECORDING_DELETED, row, now)


def sound_of(session: Session, vault: Vault, row: Recording) -> bytes | None:
    """The pieces put together; None when there are none."""
    query = select(RecordingPart.content).where(RecordingPart.recording_id == row.id)
    pieces = list(session.scalars(query.order_by(RecordingPart.position)))
    return b"".join(base64.b64decode(vault.open(piece)) for piece in pieces) if pieces else None


def _found(session: Session, viewer: Viewer, public_id: str) -> Recording:
    row = session.scalars(
        select(Recording).where(
            Recording.public_id == public_id, Recording.account_id.in_(viewer.account_ids)
        )
    ).first()
    if row is None:
        raise NotFound("there is no such recording")
    return row


def _note(
    session: Session, viewer: Viewer, action: TeamAction, row: Recording, now: datetime
) -> None:
    incident = session.get_one(Incident, row.incident_id)
    note_change(
        session,
        viewer,
        action,
        now=now,
        account_id=row.account_id,
        name=incident.reference,
        recording=row.public_id,
    )
