"""The operator who holds the incident is rung: on the own phone, with a key asked.

That is so too where they call from the browser, which is no line while no call is made from it; an
operator there without a phone of their own is not rung. On the simulated network it always is one.

Whoever is rung sees the desk's number, never the caller's; and the caller never hears the
operator's. A mailbox of an operator presses no key, so nobody is put through to it.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.domain.call_task import Party, TaskState
from callassist.domain.dial import TWO_LEGS, DialMode
from callassist.domain.phoning_back import Line
from callassist.domain.presence import PresenceState
from callassist.escalation.addresses import incoming_url
from callassist.escalation.bridging import identity_of
from callassist.escalation.context import Escalation
from callassist.escalation.incoming_words import asks_operator, puts_through
from callassist.escalation.joined import leader_of
from callassist.escalation.shown_number import shown_number
from callassist.escalation.tasks import open_task, unsettled_attempt
from callassist.models import CallTask, Incident, IncomingCall, Operator, Presence
from callassist.ports.telephony import AskKey, Connect, HangUp, Step


def holder_of(session: Session, ctx: Escalation, task: CallTask) -> Operator | None:
    """The operator who has this task in hand and a line that is free; None for nobody."""
    if task.operator_id is None or task.state not in (TaskState.ASSIGNED, TaskState.WRAPPING_UP):
        return None
    if unsettled_attempt(session, task.id) is not None:
        return None  # on the phone about it just now
    operator = session.get_one(Operator, task.operator_id)
    presence = session.get(Presence, operator.id)
    if presence is None or presence.state == PresenceState.OFFLINE:
        return None
    mode = ctx.mode_of(session.get_one(Incident, task.incident_id), operator)
    if mode is DialMode.OPERATOR or (mode in TWO_LEGS and operator.phone is None):
        return None
    return operator


def ring_holder(session: Session, ctx: Escalation, row: IncomingCall) -> bool:
    """Note who is rung for this call; False when nobody can be."""
    assert row.incident_id is not None
    incident = session.get_one(Incident, row.incident_id)
    leader = leader_of(session, incident)
    task = open_task(session, incident.id if leader is None else leader.id)
    operator = holder_of(session, ctx, task) if task is not None else None
    if task is None or operator is None or _is_rung(session, operator):
        return False
    row.task_id, row.operator_id = task.id, operator.id
    return True


def connect_to_operator(session: Session, ctx: Escalation, row: IncomingCall) -> Connect:
    """Ring the operator who was chosen; what comes after is asked."""
    assert row.operator_id is not None
    assert row.account_id is not None
    operator = session.get_one(Operator, row.operator_id)
    by_phone = _rings_phone(session, ctx, row, operator)
    assert operator.phone is not None or not by_phone
    return Connect(
        to=ctx.vault.open(operator.phone) if by_phone and operator.phone else "",
        identity="" if by_phone else identity_of(operator),
        ask_url=incoming_url(ctx, row, "ask") if by_phone else None,
        caller_id=shown_number(session, row.account_id, row.provider),
        callback_url=incoming_url(ctx, row),
        after_url=incoming_url(ctx, row, "after"),
        ring_timeout_seconds=round(ctx.settings.ring_holder_for.total_seconds()),
    )


def ask_operator(session: Session, ctx: Escalation, row: IncomingCall) -> Step:
    """The own phone was picked up, by whom or what is not known: a key is asked for."""
    if row.state != Line.RINGING or row.operator_id is None or row.incident_id is None:
        return HangUp()
    operator = session.get_one(Operator, row.operator_id)
    reference = session.get_one(Incident, row.incident_id).reference
    said, language = asks_operator(list(operator.languages), Party(row.party or ""), reference)
    return AskKey(
        say=said, language=language, pressed_url=incoming_url(ctx, row, "pressed"), times=1
    )


def joined_words(session: Session, row: IncomingCall) -> tuple[str, str]:
    """What the operator hears before the two hear each other, and in which language."""
    operator = session.get(Operator, row.operator_id) if row.operator_id else None
    return puts_through(list(operator.languages) if operator else [])


def asks_for_a_key(session: Session, ctx: Escalation, row: IncomingCall) -> bool:
    """Whether the operator's leg is an own phone, whose answer alone means nobody yet."""
    operator = session.get(Operator, row.operator_id) if row.operator_id else None
    return operator is not None and _rings_phone(session, ctx, row, operator)


def _rings_phone(session: Session, ctx: Escalation, row: IncomingCall, operator: Operator) -> bool:
    incident = session.get_one(Incident, row.incident_id)
    return ctx.mode_of(incident, operator) in TWO_LEGS


def _is_rung(session: Session, operator: Operator) -> bool:
    """Whether another call rings this operator already."""
    ringing = select(IncomingCall.id).where(
        IncomingCall.operator_id == operator.id, IncomingCall.state == Line.RINGING
    )
    return session.scalar(ringing.limit(1)) is not None
