"""What we hold about one guest: handed out, or erased, on request."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from callassist import incident_log, timers
from callassist.accounts.booked_guests import booking_of, wipe_booking
from callassist.accounts.guest_texts import stops_of, texts_of
from callassist.accounts.recordings import drop_sounds, recordings_of, sound_of
from callassist.domain.coverage import COVERAGE_CHECK
from callassist.domain.log_action import LogAction
from callassist.errors import NotFound
from callassist.models import (
    CallAttempt,
    CallTask,
    Consent,
    Erasure,
    FalseAlarm,
    GuestLink,
    GuestReply,
    HostNote,
    Incident,
    Recording,
    Stay,
    StayNumber,
)
from callassist.storage.vault import Vault


@dataclass(frozen=True)
class ErasureNote:
    """That a guest was erased, kept outside the database so that no restore brings them back."""

    stay_public_id: str
    erased_at: datetime


def guest_export(session: Session, vault: Vault, stay_public_id: str) -> dict[str, Any]:
    """Everything we hold about one guest, readable and ready for JSON; NotFound names the id."""
    stay = _stay(session, stay_public_id)
    incidents = list(
        session.scalars(select(Incident).where(Incident.stay_id == stay.id).order_by(Incident.id))
    )
    return {
        "stay": {
            "id": stay.public_id,
            "guest_name": None if stay.guest_name is None else vault.open(stay.guest_name),
            "language": stay.language,
            "check_in_at": stay.check_in_at.isoformat(),
            "check_out_at": stay.check_out_at.isoformat(),
            "source": stay.source,
            "asked_not_to_be_called_at": _iso(stay.do_not_call_at),
            "erased_at": _iso(stay.erased_at),
        },
        "numbers": [
            {
                "number": vault.open(number.number),
                "as_written": vault.open(number.number_raw),
                "source": number.source,
                "flagged": number.flag_reason,
            }
            for number in stay.numbers
        ],
        "booking": booking_of(session, vault, stay),
        "stops": stops_of(session, vault, [vault.open(one.number) for one in stay.numbers]),
        "consents": [_consent(one) for one in _consents(session, stay)],
        "incidents": [_incident(session, vault, one) for one in incidents],
    }


def guest_erase(session: Session, stay_public_id: str, *, now: datetime) -> ErasureNote:
    """Empty names, numbers and notes of one guest; asking twice is fine.

    Incidents, log and reports stay, as the host's proof: they hold masks and salted hashes only,
    so their hash chain stays valid, and say "the guest" from now on. A stop entry stays too: it is
    what keeps the number from being contacted again.
    """
    stay = _stay(session, stay_public_id)
    known = session.scalars(select(Erasure).where(Erasure.stay_public_id == stay_public_id)).first()
    if known is not None and stay.erased_at is not None:
        return ErasureNote(stay_public_id, known.erased_at)
    _erase(session, stay, now)
    # the guest's other visits of the same booking are the same guest
    for other in wipe_booking(session, stay):
        _erase(session, other, now)
    session.flush()
    return ErasureNote(stay_public_id, now)


def reapply_erasures(session: Session, *, now: datetime, notes: Iterable[ErasureNote] = ()) -> int:
    """Erase again whom an older backup brought back; how many that were.

    Both the database's own rows and `notes` (kept outside it) count; a guest whom the backup does
    not know any more is noted, so that a still older one cannot bring them back either.
    """
    wanted = {row.stay_public_id: row.erased_at for row in session.scalars(select(Erasure))}
    missing = {note.stay_public_id: note.erased_at for note in notes} | wanted
    for public_id in missing.keys() - wanted.keys():
        session.add(Erasure(stay_public_id=public_id, erased_at=missing[public_id]))
    session.flush()
    back = select(Stay.public_id).where(Stay.public_id.in_(missing), Stay.erased_at.is_(None))
    returned = list(session.scalars(back))
    for public_id in returned:
        guest_erase(session, public_id, now=now)
    return len(returned)


def erasures(session: Session) -> list[ErasureNote]:
    """Every erasure so far, oldest first, to be kept outside the database."""
    rows = session.scalars(select(Erasure).order_by(Erasure.id))
    return [ErasureNote(row.stay_public_id, row.erased_at) for row in rows]


def _stay(session: Session, public_id: str) -> Stay:
    stay = session.scalars(select(Stay).where(Stay.public_id == public_id)).first()
    if stay is None:
        raise NotFound(f"there is no stay {public_id!r}")
    return stay


def _erase(session: Session, stay: Stay, now: datetime) -> None:
    _empty(session, stay, now)
    noted = select(Erasure.id).where(Erasure.stay_public_id == stay.public_id)
    if session.scalar(noted) is None:
        session.add(Erasure(stay_public_id=stay.public_id, erased_at=now))
    for incident_id in session.scalars(select(Incident.id).where(Incident.stay_id == stay.id)):
        incident_log.append(
            session, incident_id, LogAction.GUEST_ERASED, {"stay_id": stay.id}, now=now
        )


def _empty(session: Session, stay: Stay, now: datetime) -> None:
    stay.guest_name = stay.imported = None
    stay.erased_at = now
    incidents = select(Incident.id).where(Incident.stay_id == stay.id)
    session.execute(delete(StayNumber).where(StayNumber.stay_id == stay.id))
    session.execute(delete(Consent).where(Consent.stay_id == stay.id))
    session.execute(delete(GuestLink).where(GuestLink.stay_id == stay.id))
    session.execute(update(CallTask).where(CallTask.incident_id.in_(incidents)).values(note=None))
    session.execute(update(Incident).where(Incident.id.in_(incidents)).values(complaint=None))
    session.execute(delete(HostNote).where(HostNote.incident_id.in_(incidents)))
    session.execute(
        update(GuestReply).where(GuestReply.incident_id.in_(incidents)).values(words=None)
    )
    session.execute(
        update(FalseAlarm).where(FalseAlarm.incident_id.in_(incidents)).values(comment=None)
    )
    session.execute(
        update(CallAttempt)
        .where(CallAttempt.incident_id.in_(incidents), CallAttempt.party == "guest")
        .values(number=None)
    )
    drop_sounds(session, incidents, now)
    timers.disarm(session, COVERAGE_CHECK, stay.id)
    session.flush()
    session.expire(stay, ["numbers"])


def _consents(session: Session, stay: Stay) -> list[Consent]:
    query = select(Consent).where(Consent.stay_id == stay.id).order_by(Consent.id)
    return list(session.scalars(query))


def _consent(consent: Consent) -> dict[str, Any]:
    return {
        "channel": consent.channel,
        "text": consent.text,
        "given_by": consent.given_by,
        "source": consent.source,
        "given_at": consent.given_at.isoformat(),
        "withdrawn_at": _iso(consent.withdrawn_at),
    }


def _incident(session: Session, vault: Vault, incident: Incident) -> dict[str, Any]:
    tasks = session.scalars(
        select(CallTask).where(CallTask.incident_id == incident.id).order_by(CallTask.id)
    )
    attempts = session.scalars(
        select(CallAttempt)
        .where(CallAttempt.incident_id == incident.id, CallAttempt.party == "guest")
        .order_by(CallAttempt.id)
    )
    return {
        "reference": incident.reference,
        "opened_at": incident.opened_at.isoformat(),
        "closed_at": _iso(incident.closed_at),
        "resolution": incident.resolution,
        "complaint": incident.complaint,
        "notes": [task.note for task in tasks if task.note],
        "notes_of_the_host": list(
            session.scalars(
                select(HostNote.text)
                .where(HostNote.incident_id == incident.id)
                .order_by(HostNote.id)
            )
        ),
        "recordings": [
            {
                "announced_at": one.decided_at.isoformat(),
                "answered_at": _iso(one.answered_at),
                "rule": one.rule,
                "state": one.state,
                "seconds": one.seconds,
                "deleted_at": _iso(one.gone_at),
                "sound_mp3_base64": _sound(session, vault, one),
            }
            for one in recordings_of(session, incident.id)
        ],
        "calls": [
            {
                "number": None if one.number is None else vault.open(one.number),
                "dialled_at": _iso(one.dial_at),
                "outcome": one.outcome,
                "disposition": one.disposition,
                "talk_seconds": one.talk_seconds,
            }
            for one in attempts
        ],
        **texts_of(session, vault, incident),
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _sound(session: Session, vault: Vault, recording: Recording) -> str | None:
    sound = sound_of(session, vault, recording)
    return None if sound is None else base64.b64encode(sound).decode()
