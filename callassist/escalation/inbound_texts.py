"""A guest writes STOP or START: heeded at once, over all accounts (DESIGN 3.7)."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from callassist import incident_log, stays
from callassist.domain.log_action import LogAction
from callassist.domain.stop_words import Meaning
from callassist.escalation.context import Escalation
from callassist.escalation.locks import lock_number
from callassist.models import InboundText, Incident, StayNumber
from callassist.ports.texting import IncomingText

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_SAME = ("provider", "provider_text_id")
_INSERTS = {
    "sqlite": sqlite.insert(InboundText).on_conflict_do_nothing(index_elements=_SAME),
    "postgresql": postgresql.insert(InboundText).on_conflict_do_nothing(index_elements=_SAME),
}


def record_inbound_text(
    session: Session, ctx: Escalation, provider: str, text: IncomingText, now: datetime
) -> None:
    """Do what a single word asks for; anything else is counted only.

    A text told twice is heeded once: a late copy of START must not undo a newer STOP.
    """
    meaning = ctx.stop_words.meaning(text.body)
    if not _is_new(session, provider, text, meaning, now):
        return
    if meaning is Meaning.OTHER or not _E164.fullmatch(text.sender):
        return
    indexes = ctx.vault.indexes(text.sender)
    lock_number(session, ctx.vault.index(text.sender))
    if meaning is Meaning.START:
        stays.opt_in(session, *indexes)
    elif not stays.is_stopped(session, *indexes):
        stays.stop(session, ctx.vault.index(text.sender), "sms", now)
        _tell_incidents(session, set(indexes), now)


def _is_new(
    session: Session, provider: str, text: IncomingText, meaning: Meaning, now: datetime
) -> bool:
    insert = _INSERTS[session.get_bind().dialect.name].values(
        provider=provider,
        provider_text_id=text.text_id,
        meaning=str(meaning),
        received_at=now,
    )
    added = session.connection().execute(insert.returning(InboundText.__table__.c.id))
    return added.scalar() is not None


def _tell_incidents(session: Session, indexes: set[str], now: datetime) -> None:
    """The host of each open incident about this guest sees it on the timeline."""
    about = (
        select(Incident.id)
        .join(StayNumber, StayNumber.stay_id == Incident.stay_id)
        .where(
            Incident.closed_at.is_(None),
            Incident.practice.is_(False),
            StayNumber.number_index.in_(indexes),
        )
        .distinct()
        .order_by(Incident.id)
    )
    for incident_id in session.scalars(about).all():
        incident_log.append(session, incident_id, LogAction.GUEST_STOPPED, {}, now=now)
