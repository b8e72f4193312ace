"""The ladder's message in the booking's conversation: decided with the text, written once.

A message whose answer was lost is not known to stand there, and is never written again: no system
tells us later, and a guest who reads it twice is annoyed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import incident_log, outbox, stays
from callassist.domain.guest_text import Obstacle
from callassist.domain.log_action import LogAction
from callassist.domain.written_back import Kind, Written
from callassist.escalation.context import Escalation
from callassist.escalation.ladder_look import look_at_conversation
from callassist.escalation.ladder_words import ladder_words
from callassist.escalation.locks import lock_incident
from callassist.models import Incident, PmsMessage
from callassist.outbox import OutboxItem
from callassist.ports.conversations import NotWritten, WriteInDoubt, WriteRefused

TOPIC = "pms_message"
CHANNEL = "conversation"


@dataclass(frozen=True, kw_only=True)
class _Claimed:
    connection_id: int
    stay_id: int
    words: str


def decide_message(
    session: Session,
    ctx: Escalation,
    incident: Incident,
    step: int,
    due: datetime,
    now: datetime,
) -> bool:
    """Whether a message is to be written at this step; a no stands in the log, with its reason.

    Nothing is decided where the host has not turned messages on, or where there is no conversation.
    """
    stay = stays.staying_now(session, incident.property_id, now)
    connection_id = None if stay is None else ctx.conversations.connection_of(session, stay.id)
    if stay is None or connection_id is None or incident.practice:
        return False
    seen = look_at_conversation(session, ctx, incident, due, now)
    message = PmsMessage(
        account_id=incident.account_id,
        connection_id=connection_id,
        stay_id=stay.id,
        incident_id=incident.id,
        kind=str(Kind.MESSAGE),
        key=f"{incident.public_id}:{step}",
        step=step,
        state=str(Written.WAITING if seen.allowed else Written.NOT_SENT),
        reason=seen.reason,
        created_at=now,
    )
    session.add(message)
    session.flush()
    if seen.allowed:
        outbox.put(session, TOPIC, message.public_id, {"message_id": message.id}, now=now)
    else:
        _log(session, message, now)
    return seen.allowed


def deliver_message(ctx: Escalation, item: OutboxItem, now: datetime) -> None:
    """Write one message. Runs twice safely: only the run that claims the row asks the system."""
    message_id = int(item.payload["message_id"])
    claimed = _claim(ctx, message_id, now)
    if claimed is None:
        return
    try:
        ctx.conversations.write(claimed.connection_id, claimed.stay_id, claimed.words)
    except WriteRefused as refused:
        _settle(ctx, message_id, Written.FAILED, now, Obstacle.REFUSED_THERE, refused.detail)
    except NotWritten:
        _unclaim(ctx, message_id)
        raise
    except WriteInDoubt as doubt:
        _settle(ctx, message_id, Written.UNKNOWN, now, Obstacle.IN_DOUBT, doubt.detail)
    else:
        _settle(ctx, message_id, Written.SENT, now)


def _claim(ctx: Escalation, message_id: int, now: datetime) -> _Claimed | None:
    """Commit `sending`; None when there is nothing to write (any more)."""
    with ctx.sessions.write() as session:
        message = _locked(session, message_id)
        if message is None:
            return None
        if message.state == Written.SENDING:  # whoever claimed it before died while asking
            ended = "the service ended while it was written"
            _note(session, message, Written.UNKNOWN, now, Obstacle.IN_DOUBT, ended)
        if message.state != Written.WAITING or message.incident_id is None:
            return None
        incident = session.get_one(Incident, message.incident_id)
        seen = look_at_conversation(session, ctx, incident, message.created_at, now)
        stay, reason = seen.stay, seen.reason
        connection_id = ctx.conversations.connection_of(session, stay.id) if stay else None
        if seen.allowed and connection_id != message.connection_id:
            reason = str(Obstacle.NOT_CONFIGURED)  # turned off, or removed, meanwhile
        if not seen.allowed or stay is None or connection_id != message.connection_id:
            message.state, message.reason = str(Written.NOT_SENT), reason
            _log(session, message, now)
            return None
        message.state, message.asked_at = str(Written.SENDING), now
        assert message.step is not None
        words = ladder_words(
            session, ctx, incident, stay, message.step, ending="message_stop", now=now
        )
        return _Claimed(connection_id=message.connection_id, stay_id=stay.id, words=words)


def _unclaim(ctx: Escalation, message_id: int) -> None:
    with ctx.sessions.write() as session:
        message = _locked(session, message_id)
        if message is not None and message.state == Written.SENDING:
            message.state, message.asked_at = str(Written.WAITING), None


def _settle(
    ctx: Escalation,
    message_id: int,
    state: Written,
    now: datetime,
    reason: Obstacle | None = None,
    error: str = "",
) -> None:
    with ctx.sessions.write() as session:
        message = _locked(session, message_id)
        if message is not None:
            _note(session, message, state, now, reason, error)


def _note(
    session: Session,
    message: PmsMessage,
    state: Written,
    now: datetime,
    reason: Obstacle | None,
    error: str,
) -> None:
    """What became of it; a doubt that a late answer ends is in the log already."""
    was = message.state
    if was not in (Written.SENDING, Written.UNKNOWN):
        return
    message.state, message.error = str(state), error[:255] or None
    message.reason = str(reason) if reason else message.reason
    message.sent_at = now if state is Written.SENT else None
    if was == Written.SENDING:
        _log(session, message, now)


def _log(session: Session, message: PmsMessage, now: datetime) -> None:
    assert message.incident_id is not None
    incident_log.append(
        session,
        message.incident_id,
        LogAction.GUEST_WARNED,
        {
            "step": message.step,
            "channel": CHANNEL,
            "sent": "unknown"
            if message.state == Written.UNKNOWN
            else message.state == Written.SENT,
            "reason": message.reason,
        },
        now=now,
    )


def _locked(session: Session, message_id: int) -> PmsMessage | None:
    """The message, its incident locked first; None when its connection was removed."""
    incident_id = session.scalar(select(PmsMessage.incident_id).where(PmsMessage.id == message_id))
    if incident_id is None:
        return None
    lock_incident(session, incident_id)
    return session.get(PmsMessage, message_id, populate_existing=True)
