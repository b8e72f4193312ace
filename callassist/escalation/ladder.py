"""The ladder: a text to the guest at each step into the breach, or why there is none (3.2, 3.7)."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import outbox, timers
from callassist.domain.consent import Reason
from callassist.domain.guest_text import TextState
from callassist.domain.incident import IncidentState
from callassist.escalation.context import Escalation, cadence_of, policy_of
from callassist.escalation.conversing import decide_message
from callassist.escalation.deadlines import Deadline
from callassist.escalation.ladder_look import look
from callassist.escalation.locks import lock_incident
from callassist.escalation.moves import state_of
from callassist.escalation.texts import TOPIC, log_warned
from callassist.models import Breach, GuestText, Incident


def arm_ladder(session: Session, incident: Incident, breach: Breach, now: datetime) -> None:
    """The first step of an incident about this breach, where the host turned the ladder on."""
    steps = cadence_of(incident).ladder_steps
    if policy_of(incident).ladder_enabled and steps:
        due = max(now, breach.began_at + steps[0])
        timers.arm(session, Deadline.LADDER_STEP, incident.id, due, now=now)


def on_ladder_step(session: Session, ctx: Escalation, incident_id: int, now: datetime) -> None:
    """Decide each step that is due and was not decided yet, and wait for the next one.

    A breach that was frozen goes on later, and its steps with it.
    """
    incident = lock_incident(session, incident_id)
    if state_of(incident) is not IncidentState.WATCHING or incident.breach_id is None:
        return
    breach = session.get_one(Breach, incident.breach_id, populate_existing=True)
    if breach.ended_at is not None:
        return
    decided = set(
        session.scalars(select(GuestText.step).where(GuestText.incident_id == incident.id))
    )
    for number, step in enumerate(cadence_of(incident).ladder_steps, start=1):
        due = breach.began_at + step
        if number in decided:
            continue
        if due > now:
            timers.arm(session, Deadline.LADDER_STEP, incident.id, due, now=now)
            return
        _decide(session, ctx, incident, number, due, now)


def _decide(
    session: Session, ctx: Escalation, incident: Incident, step: int, due: datetime, now: datetime
) -> None:
    seen = look(session, ctx, incident, due, now)
    text = GuestText(
        incident_id=incident.id,
        account_id=incident.account_id,
        step=step,
        state=str(TextState.WAITING if seen.allowed else TextState.NOT_SENT),
        reason=seen.reason,
        stay_number_id=seen.number.id if seen.number else None,
        provider=ctx.network_for(incident.account_id).name,
        token=secrets.token_urlsafe(24),
        decided_at=now,
    )
    session.add(text)
    session.flush()
    is_written = decide_message(session, ctx, incident, step, due, now)
    if seen.allowed:
        outbox.put(session, TOPIC, text.public_id, {"text_id": text.id}, now=now)
    elif not (is_written and seen.reason == Reason.NO_NUMBER):
        # without a number the message in the conversation is the step's, and the log says so
        log_warned(session, text, now)
