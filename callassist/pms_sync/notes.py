"""Reports as notes on reservations, where the host turned that on: each version once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import incident_log
from callassist.domain.log_action import LogAction
from callassist.domain.written_back import Kind, Written
from callassist.models import PmsMessage, Stay
from callassist.outbox import Deliverer, OutboxItem
from callassist.outbox.delivery import MAX_ATTEMPTS
from callassist.pms_sync.conversations import abilities_of, reservation_of
from callassist.pms_sync.fresh import Source, source_of
from callassist.pms_sync.sync import Sync
from callassist.pms_sync.writing import write
from callassist.ports.conversations import NotWritten, WriteInDoubt, WriteRefused
from callassist.ports.pms import Reservation
from callassist.ports.reservation_notes import NoteOf, ReservationNote


@dataclass(frozen=True, kw_only=True)
class _Claimed:
    message_id: int
    source: Source
    reservation: Reservation
    text: str


def note_deliverer(sync: Sync, note_of: NoteOf) -> Deliverer:
    """Deliverer of topic `pms_note` {version_id}; only the run that claims a note writes it."""

    def deliver(item: OutboxItem, now: datetime) -> None:
        claimed = _claim(sync, note_of, int(item.payload["version_id"]), now)
        if claimed is None:
            return
        connection = claimed.source.connection
        connector = sync.connectors[connection.vendor]
        try:
            write(
                sync.open_access,
                connection.id,
                lambda access: connector.add_note(access, claimed.reservation, claimed.text),
            )
        except WriteRefused as refused:
            _settle(sync, claimed, Written.FAILED, now, refused.detail)
        except NotWritten as later:
            is_last = item.attempts >= MAX_ATTEMPTS
            state = Written.FAILED if is_last else Written.WAITING
            _settle(sync, claimed, state, now, later.detail)
            raise
        except WriteInDoubt as doubt:
            _settle(sync, claimed, Written.UNKNOWN, now, doubt.detail)
        else:
            _settle(sync, claimed, Written.SENT, now)

    return deliver


def _claim(sync: Sync, note_of: NoteOf, version_id: int, now: datetime) -> _Claimed | None:
    """Commit `sending`; None when nothing is to be written (any more)."""
    with sync.sessions.write() as session:
        note = note_of(session, version_id)
        row = None if note is None else _row(session, note.key)
        if note is None or (
            row is not None and row.state not in (Written.WAITING, Written.SENDING)
        ):
            return None
        if row is not None and row.state == Written.SENDING:
            # whoever claimed it before died while asking
            _note(session, row, Written.UNKNOWN, now, "the service ended while it was written")
            return None
        source = _wanted(session, sync, note)
        if source is None:
            if row is not None:
                row.state = str(Written.NOT_SENT)  # turned off, or the guest erased, meanwhile
            return None
        if row is None:
            row = _new(note, source, now)
            session.add(row)
        row.state, row.asked_at = str(Written.SENDING), now
        session.flush()
        return _Claimed(
            message_id=row.id,
            source=source,
            reservation=reservation_of(session, sync, source),
            text=note.text,
        )


def _wanted(session: Session, sync: Sync, note: ReservationNote) -> Source | None:
    stay = None if note.stay_id is None else session.get(Stay, note.stay_id)
    source = None if stay is None or stay.erased_at else source_of(session, stay)
    if source is None or not source.connection.sends_notes:
        return None
    return source if abilities_of(sync, source.connection.vendor).notes else None


def _row(session: Session, key: str) -> PmsMessage | None:
    query = select(PmsMessage).where(PmsMessage.key == key, PmsMessage.kind == str(Kind.NOTE))
    return session.scalars(query.with_for_update()).first()


def _new(note: ReservationNote, source: Source, now: datetime) -> PmsMessage:
    return PmsMessage(
        account_id=note.account_id,
        connection_id=source.connection.id,
        stay_id=note.stay_id,
        incident_id=note.incident_id,
        kind=str(Kind.NOTE),
        key=note.key,
        created_at=now,
    )


def _settle(sync: Sync, claimed: _Claimed, state: Written, now: datetime, error: str = "") -> None:
    with sync.sessions.write() as session:
        row = session.get(PmsMessage, claimed.message_id, with_for_update=True)
        if row is not None:
            _note(session, row, state, now, error)


def _note(session: Session, row: PmsMessage, state: Written, now: datetime, error: str) -> None:
    """What became of it; a doubt that a late answer ends is in the log already."""
    was = row.state
    if was not in (Written.SENDING, Written.UNKNOWN) or (
        was == Written.UNKNOWN and state is Written.WAITING
    ):
        return
    row.state, row.error = str(state), error[:255] or None
    row.sent_at = now if state is Written.SENT else None
    if was == Written.UNKNOWN or state is Written.WAITING or row.incident_id is None:
        return
    incident_log.append(
        session,
        row.incident_id,
        LogAction.NOTE_WRITTEN,
        {"written": "unknown" if state is Written.UNKNOWN else state is Written.SENT},
        now=now,
    )
