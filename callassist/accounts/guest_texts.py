"""What went to and fro between a guest and us in writing: handed out, erased, forgotten in time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from callassist.domain.written_back import Kind
from callassist.models import GuestReply, GuestText, Incident, PmsMessage, Report, Stay, StopEntry
from callassist.storage.vault import Vault

BATCH = 1000


def texts_of(session: Session, vault: Vault, incident: Incident) -> dict[str, list[dict[str, Any]]]:
    """Our texts to the guest of an incident, and what the guest wrote, ready for JSON.

    The words of ours are in config/guest; they are not kept with each text.
    """
    sent = session.scalars(
        select(GuestText).where(GuestText.incident_id == incident.id).order_by(GuestText.id)
    )
    in_conversation = session.scalars(
        select(PmsMessage)
        .where(PmsMessage.incident_id == incident.id, PmsMessage.kind == str(Kind.MESSAGE))
        .order_by(PmsMessage.id)
    )
    written = session.scalars(
        select(GuestReply).where(GuestReply.incident_id == incident.id).order_by(GuestReply.id)
    )
    return {
        "texts_to_the_guest": [
            {
                "step": one.step,
                "decided_at": one.decided_at.isoformat(),
                "state": one.state,
                "reason": one.reason,
                "sent_at": _iso(one.asked_at),
                "reported_at": _iso(one.reported_at),
            }
            for one in sent
        ],
        "messages_in_the_conversation": [
            {
                "step": one.step,
                "decided_at": one.created_at.isoformat(),
                "state": one.state,
                "reason": one.reason,
                "sent_at": _iso(one.sent_at),
            }
            for one in in_conversation
        ],
        "texts_from_the_guest": [reply_data(vault, one) for one in written],
    }


def reply_data(vault: Vault, reply: GuestReply) -> dict[str, Any]:
    """One text of a guest, ready for JSON."""
    return {
        "received_at": reply.received_at.isoformat(),
        "words": None if reply.words is None else vault.open(reply.words),
        "understood_as": reply.fate,
        "read_at": _iso(reply.read_at),
        "read_by": reply.read_by,
        "taken_as_a_stop_at": _iso(reply.stopped_at),
    }


def stops_of(session: Session, vault: Vault, numbers: Iterable[str]) -> list[dict[str, Any]]:
    """That these numbers asked for no automatic contact; the list knows them by a hash only."""
    indexes = [index for number in numbers for index in vault.indexes(number)]
    entries = select(StopEntry).where(StopEntry.number_index.in_(indexes))
    return [
        {"since": one.stopped_at.isoformat(), "asked_by": one.source}
        for one in session.scalars(entries.order_by(StopEntry.stopped_at))
    ]


def forget_words(session: Session, before: datetime) -> int:
    """What guests wrote, of stays that ended before; unless a report of it is held for a claim."""
    held = select(Report.id).where(
        Report.incident_id == GuestReply.incident_id, Report.held.is_(True)
    )
    expired = (
        select(GuestReply.id)
        .join(Incident, Incident.id == GuestReply.incident_id)
        .outerjoin(Stay, Stay.id == Incident.stay_id)
        .where(
            GuestReply.words.is_not(None),
            GuestReply.received_at < before,
            or_(and_(Stay.id.is_not(None), Stay.check_out_at < before), Stay.id.is_(None)),
            ~held.exists(),
        )
        .order_by(GuestReply.id)
        .limit(BATCH)
    )
    ids = list(session.scalars(expired))
    if ids:
        session.execute(update(GuestReply).where(GuestReply.id.in_(ids)).values(words=None))
    return len(ids)


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
