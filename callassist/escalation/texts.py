"""A text leaves: claimed first, then the network is asked, never twice for one text.

A text whose answer was lost is in doubt and stays so until the network reports on it: a guest who
gets one text too few has lost nothing, one who gets it twice is annoyed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import incident_log, stays
from callassist.domain.guest_text import SETTLED, Obstacle, TextState
from callassist.domain.log_action import LogAction
from callassist.errors import NotFound, TransientError
from callassist.escalation.context import Escalation
from callassist.escalation.costs import note_text
from callassist.escalation.ladder_look import look
from callassist.escalation.ladder_words import ladder_words
from callassist.escalation.locks import lock_incident
from callassist.escalation.shown_number import shown_number
from callassist.models import GuestText, Incident, PhoneRing, StayNumber
from callassist.outbox import OutboxItem
from callassist.ports.texting import (
    RefusedText,
    SendText,
    TextInDoubt,
    Texting,
    TextNotSent,
    TextRefusal,
    TextReport,
    TextStatus,
)

TOPIC = "guest_text"
_GONE_OUT = (TextState.ACCEPTED, TextState.DELIVERED, TextState.UNDELIVERED)


@dataclass(frozen=True, kw_only=True)
class _Claimed:
    texting: Texting
    request: SendText


def deliver_text(ctx: Escalation, item: OutboxItem, now: datetime) -> None:
    """Send one text. Runs twice safely: only the run that claims the row asks the network."""
    text_id = int(item.payload["text_id"])
    claimed = _claim(ctx, text_id, now)
    if claimed is None:
        return
    try:
        sent = claimed.texting.send(claimed.request)
    except RefusedText as refused:
        _not_sent(ctx, text_id, refused, now)
    except TextNotSent as limited:
        _unclaim(ctx, text_id)
        raise TransientError(limited.detail, limited.retry_after or 1.0) from limited
    except TextInDoubt as doubt:
        with ctx.sessions.write() as session:
            _note_doubt(session, _locked(session, text_id), now, doubt.detail)
    else:
        with ctx.sessions.write() as session:
            text = _locked(session, text_id)
            text.provider_text_id = text.provider_text_id or sent.text_id
            _note_accepted(session, ctx, text, now)


def record_text_report(
    session: Session, ctx: Escalation, token: str, report: TextReport, now: datetime
) -> None:
    """What the network tells of a text; it may come twice, late, or before its answer to us."""
    text_id = session.scalar(select(GuestText.id).where(GuestText.token == token))
    if text_id is None:
        if session.scalar(select(PhoneRing.id).where(PhoneRing.token == token)) is not None:
            return  # the link to a result, whose page tells whether it came
        raise NotFound("no text has this token")
    text = _locked(session, text_id)
    if text.provider_text_id not in (None, report.text_id):
        raise NotFound("this token belongs to another text")
    if text.state in SETTLED or text.state == TextState.WAITING:
        return
    text.provider_text_id = report.text_id
    _note_accepted(session, ctx, text, now)
    if report.status is TextStatus.ACCEPTED:
        return
    text.state = str(report.status)
    text.reported_at, text.error = now, report.error or None
    incident_log.append(
        session,
        text.incident_id,
        LogAction.TEXT_REPORTED,
        {"step": text.step, "status": str(report.status)},
        now=now,
    )


def log_warned(session: Session, text: GuestText, now: datetime) -> None:
    """Whether the guest was warned at this step, with the reason; once for each step."""
    incident_log.append(
        session,
        text.incident_id,
        LogAction.GUEST_WARNED,
        {
            "step": text.step,
            "channel": "sms",
            "sent": "unknown" if text.state == TextState.IN_DOUBT else text.state in _GONE_OUT,
            "reason": text.reason,
        },
        now=now,
    )


def _claim(ctx: Escalation, text_id: int, now: datetime) -> _Claimed | None:
    """Commit `sending`; None when there is nothing to send (any more)."""
    with ctx.sessions.write() as session:
        text = _locked(session, text_id)
        if text.state == TextState.SENDING:  # whoever claimed it before died while asking
            _note_doubt(session, text, now, "the service ended while it was sent")
        if text.state != TextState.WAITING:
            return None
        incident = session.get_one(Incident, text.incident_id)
        seen = look(session, ctx, incident, text.decided_at, now)
        network = ctx.network_for(text.account_id)
        texting = network.texting
        if not seen.allowed or seen.stay is None or seen.number is None or texting is None:
            text.state, text.reason = str(TextState.NOT_SENT), seen.reason
            log_warned(session, text, now)
            return None
        text.state, text.asked_at = str(TextState.SENDING), now
        text.stay_number_id, text.provider = seen.number.id, network.name
        request = SendText(
            to=ctx.vault.open(seen.number.number),
            sender=shown_number(session, text.account_id, text.provider, text.incident_id),
            body=ladder_words(
                session, ctx, incident, seen.stay, text.step, ending="text_stop", now=now
            ),
            callback_url=_report_url(ctx, text),
        )
        return _Claimed(texting=texting, request=request)


def _report_url(ctx: Escalation, text: GuestText) -> str:
    base = ctx.public_url.rstrip("/")
    return f"{base}/hooks/telephony/{text.provider}/text/{text.token}"


def _not_sent(ctx: Escalation, text_id: int, refused: RefusedText, now: datetime) -> None:
    with ctx.sessions.write() as session:
        text = _locked(session, text_id)
        if text.state != TextState.SENDING:
            return
        text.state, text.reason = str(TextState.NOT_SENT), str(refused.reason)
        text.error = refused.detail[:255]
        number = session.get(StayNumber, text.stay_number_id)
        if refused.reason is TextRefusal.STOPPED and number is not None:
            stays.stop(session, number.number_index, "sms", now)  # said to the network itself
        log_warned(session, text, now)


def _unclaim(ctx: Escalation, text_id: int) -> None:
    with ctx.sessions.write() as session:
        text = _locked(session, text_id)
        if text.state == TextState.SENDING:  # never processed, safe to ask again
            text.state, text.asked_at = str(TextState.WAITING), None


def _note_accepted(session: Session, ctx: Escalation, text: GuestText, now: datetime) -> None:
    """The network has it; a report or its answer says so, whichever comes first."""
    was = text.state
    if was in (TextState.SENDING, TextState.IN_DOUBT):
        text.state = str(TextState.ACCEPTED)
        note_text(session, ctx, text, now)
        if was == TextState.SENDING:  # a doubt is in the log already
            log_warned(session, text, now)


def _note_doubt(session: Session, text: GuestText, now: datetime, why: str) -> None:
    if text.state == TextState.SENDING:
        text.state, text.reason = str(TextState.IN_DOUBT), str(Obstacle.IN_DOUBT)
        text.error = why[:255]
        log_warned(session, text, now)


def _locked(session: Session, text_id: int) -> GuestText:
    """The text, its incident locked first."""
    incident_id = session.scalar(select(GuestText.incident_id).where(GuestText.id == text_id))
    if incident_id is None:
        raise NotFound("there is no such text")
    lock_incident(session, incident_id)
    return session.get_one(GuestText, text_id, populate_existing=True)
