"""What guests write in their own words: kept for people, who read it and say so (DESIGN 3.2).

Nothing in a sentence is ever heeded by itself. A person who finds that it asks for no more texts
records the stop, by the same list as a STOP of one word.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import incident_log, roster, stays
from callassist.domain.guest_reply import Fate, ReadBy, kept_words
from callassist.domain.log_action import LogAction
from callassist.errors import NotFound
from callassist.escalation.context import Escalation
from callassist.escalation.locks import lock_incident
from callassist.escalation.of_a_number import incidents_of_number, stay_number_of
from callassist.models import GuestReply, Incident


def keep_reply(
    session: Session,
    ctx: Escalation,
    indexes: Collection[str],
    body: str,
    fate: Fate,
    now: datetime,
) -> Fate:
    """Keep a text with the incident that it belongs to; what became of it."""
    words = kept_words(body)
    if not words:
        return Fate.NO_WORDS
    found = incidents_of_number(session, ctx, indexes, now)
    if not found:
        return fate if fate is not Fate.SHOWN else Fate.NO_INCIDENT
    incident = lock_incident(session, found[0].id)
    number = stay_number_of(session, incident, indexes)
    desk = roster.desk_for(session, incident.account_id, now)
    reply = GuestReply(
        incident_id=incident.id,
        account_id=incident.account_id,
        desk_id=desk.id if desk else None,
        stay_number_id=number.id if number else None,
        number_index=next(iter(indexes)),
        words=ctx.vault.seal(words),
        fate=str(fate),
        received_at=now,
    )
    if fate is not Fate.SHOWN:
        reply.read_at = now  # heeded at once, nobody has to do anything
    session.add(reply)
    session.flush()
    if fate is Fate.SHOWN:
        incident_log.append(
            session,
            incident.id,
            LogAction.GUEST_WROTE,
            {"reply_id": reply.id, "open": incident.closed_at is None},
            now=now,
        )
    return fate


def replies(session: Session, incident_ids: Collection[int]) -> list[GuestReply]:
    """Everything written about these incidents that is still kept, oldest first."""
    about = select(GuestReply).where(
        GuestReply.incident_id.in_(incident_ids), GuestReply.words.is_not(None)
    )
    return list(session.scalars(about.order_by(GuestReply.received_at, GuestReply.id)))


def find_reply(session: Session, incident_ids: Collection[int], public_id: str) -> GuestReply:
    """One of them; NotFound for anything else, so that nobody reads what is not theirs."""
    found = next(
        (one for one in replies(session, incident_ids) if one.public_id == public_id), None
    )
    if found is None:
        raise NotFound("there is no such reply")
    return found


def mark_read(
    session: Session,
    reply_id: int,
    by: ReadBy,
    now: datetime,
    *,
    operator_id: int | None = None,
) -> GuestReply:
    """Somebody read it and did what it needs; who was first stays."""
    reply, incident = _locked(session, reply_id)
    if reply.read_at is None:
        reply.read_at, reply.read_by, reply.operator_id = now, str(by), operator_id
        data = {"reply_id": reply.id, "by": str(by)}
        incident_log.append(session, incident.id, LogAction.REPLY_READ, data, now=now)
    return reply


def stop_by_reply(
    session: Session,
    reply_id: int,
    by: ReadBy,
    now: datetime,
    *,
    operator_id: int | None = None,
) -> GuestReply:
    """A person found that it asks for no more texts: no automatic contact, for every account.

    Calls by people go on; that a guest wants none of those either is a result of a call. Asked
    twice it is recorded once.
    """
    reply = mark_read(session, reply_id, by, now, operator_id=operator_id)
    if reply.stopped_at is None:
        reply.stopped_at = now
        was_new = stays.stop(session, reply.number_index, "reply", now)
        incident_log.append(
            session,
            reply.incident_id,
            LogAction.GUEST_STOPPED,
            {"reply_id": reply.id, "by": str(by), "new": was_new},
            now=now,
        )
    return reply


def _locked(session: Session, reply_id: int) -> tuple[GuestReply, Incident]:
    incident_id = session.scalar(select(GuestReply.incident_id).where(GuestReply.id == reply_id))
    if incident_id is None:
        raise NotFound("there is no such reply")
    incident = lock_incident(session, incident_id)
    return session.get_one(GuestReply, reply_id, populate_existing=True), incident
