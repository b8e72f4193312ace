"""A guest writes: STOP and START are heeded at once, over all accounts (DESIGN 3.7).

Whatever else they write is kept for people, with the incident that it is about.
"""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from callassist import incident_log, stays
from callassist.domain.guest_reply import Fate
from callassist.domain.log_action import LogAction
from callassist.domain.stop_words import Meaning
from callassist.escalation.context import Escalation
from callassist.escalation.locks import lock_number
from callassist.escalation.replies import keep_reply
from callassist.models import InboundText, Incident, StayNumber
from callassist.ports.texting import IncomingText

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_FATES = {Meaning.STOP: Fate.STOPPED, Meaning.START: Fate.STARTED, Meaning.OTHER: Fate.SHOWN}
_SAME = ("provider", "provider_text_id")
_INSERTS = {
    "sqlite": sqlite.insert(InboundText).on_conflict_do_nothing(index_elements=_SAME),
    "postgresql": postgresql.insert(InboundText).on_conflict_do_nothing(index_elements=_SAME),
}


def record_inbound_text(
    session: Session, ctx: Escalation, provider: str, text: IncomingText, now: datetime
) -> None:
    """Do what a single word asks for; anything else is shown to people, or counted only.

    A text told twice is heeded once: a late copy of START must not undo a newer STOP.
    """
    meaning = ctx.stop_words.meaning(text.body)
    row_id = _new_row(session, provider, text, meaning, now)
    if row_id is None:
        return
    fate = _heed(session, ctx, text, meaning, now)
    session.get_one(InboundText, row_id).fate = str(fate)


def _heed(
    session: Session, ctx: Escalation, text: IncomingText, meaning: Meaning, now: datetime
) -> Fate:
    if not _E164.fullmatch(text.sender):
        return Fate.NO_NUMBER
    indexes = ctx.vault.indexes(text.sender)
    fate = keep_reply(session, ctx, indexes, text.body, _FATES[meaning], now)
    if meaning is Meaning.OTHER:
        return fate
    lock_number(session, ctx.vault.index(text.sender))
    if meaning is Meaning.START:
        stays.opt_in(session, *indexes)
    elif not stays.is_stopped(session, *indexes):
        stays.stop(session, ctx.vault.index(text.sender), "sms", now)
        _tell_incidents(session, set(indexes), now)
    return fate


def _new_row(
    session: Session, provider: str, text: IncomingText, meaning: Meaning, now: datetime
) -> int | None:
    """The id of the text's row; None when it was told before."""
    insert = _INSERTS[session.get_bind().dialect.name].values(
        provider=provider,
        provider_text_id=text.text_id,
        meaning=str(meaning),
        fate="",
        received_at=now,
    )
    added = session.connection().execute(insert.returning(InboundText.__table__.c.id))
    return added.scalar()


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
