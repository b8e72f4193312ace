"""The operator who holds the incident is rung: in their browser, or on their own phone.

A browser is rung while it is registered and alive; who answers there is somebody. An own phone is
asked for a key: a mailbox presses none, so nobody is put through to it. Who calls from the browser
and has left it is rung on the phone that they gave. On the simulated network nobody has to be
there: it picks up by itself.

Whoever is rung sees the desk's number, never the caller's; and the caller never hears the
operator's.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.domain.call_task import Party, TaskState
from callassist.domain.phoning_back import Line
from callassist.domain.presence import PresenceState
from callassist.escalation.addresses import incoming_url
from callassist.escalation.bridging import identity_of
from callassist.escalation.browser_lines import PICKS_UP, Reach, reach
from callassist.escalation.context import Escalation
from callassist.escalation.incoming_words import asks_operator, puts_through
from callassist.escalation.joined import leader_of
from callassist.escalation.phoning_now import LONGEST_MENU
from callassist.escalation.shown_number import shown_number
from callassist.escalation.tasks import open_task, unsettled_attempt
from callassist.models import CallTask, Incident, IncomingCall, Operator, Presence
from callassist.ports.telephony import AskKey, Connect, HangUp, Step


def holder_of(session: Session, ctx: Escalation, task: CallTask, now: datetime) -> Operator | None:
    """The operator who has this task in hand and a line that is free; None for nobody."""
    if task.operator_id is None or task.state not in (TaskState.ASSIGNED, TaskState.WRAPPING_UP):
        return None
    if unsettled_attempt(session, task.id) is not None:
        return None  # on the phone about it just now
    operator = session.get_one(Operator, task.operator_id)
    presence = session.get(Presence, operator.id)
    if presence is None or presence.state == PresenceState.OFFLINE:
        return None
    incident = session.get_one(Incident, task.incident_id)
    return operator if reach(session, ctx, incident, operator, now) is not None else None


def ring_holder(session: Session, ctx: Escalation, row: IncomingCall, now: datetime) -> bool:
    """Note who is rung for this call, and where; False when nobody can be."""
    assert row.incident_id is not None
    incident = session.get_one(Incident, row.incident_id)
    leader = leader_of(session, incident)
    task = open_task(session, incident.id if leader is None else leader.id)
    operator = holder_of(session, ctx, task, now) if task is not None else None
    if task is None or operator is None or rings_of(session, ctx, operator.id, now):
        return False
    way = _way(session, ctx, row, task, operator, now)
    if way is None:
        return False
    row.task_id, row.operator_id, row.line = task.id, operator.id, way.line
    return True


def ring_again(session: Session, ctx: Escalation, row: IncomingCall, now: datetime) -> bool:
    """Whether the operator's browser has another line by now, which then is rung.

    Only while the first one would be ringing still: nobody waits longer than twice that time.
    """
    if not row.line or row.task_id is None or now >= rung_until(ctx, row, row.received_at):
        return False
    task = session.get_one(CallTask, row.task_id)
    operator = holder_of(session, ctx, task, now)
    if operator is None or operator.id != row.operator_id:
        return False
    way = _way(session, ctx, row, task, operator, now)
    if way is None or not way.line or way.line == row.line:
        return False
    row.line, row.changed_at = way.line, now
    return True


def connect_to_operator(session: Session, ctx: Escalation, row: IncomingCall) -> Connect:
    """Ring the operator who was chosen; what comes after is asked."""
    assert row.operator_id is not None
    assert row.account_id is not None
    operator = session.get_one(Operator, row.operator_id)
    by_phone = asks_for_a_key(row) and operator.phone is not None
    lasts = rung_until(ctx, row, row.changed_at) - row.changed_at
    return Connect(
        to=ctx.vault.open(operator.phone) if by_phone and operator.phone else "",
        identity="" if by_phone else identity_of(operator),
        picks_up=row.line == PICKS_UP,
        ask_url=incoming_url(ctx, row, "ask") if by_phone else None,
        caller_id=shown_number(session, row.account_id, row.provider),
        callback_url=incoming_url(ctx, row),
        after_url=incoming_url(ctx, row, "after"),
        ring_timeout_seconds=round(lasts.total_seconds()),
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


def asks_for_a_key(row: IncomingCall) -> bool:
    """Whether the operator's leg is an own phone, whose answer alone means nobody yet."""
    return row.line is None


def _way(
    session: Session,
    ctx: Escalation,
    row: IncomingCall,
    task: CallTask,
    operator: Operator,
    now: datetime,
) -> Reach | None:
    incident = session.get_one(Incident, task.incident_id)
    return reach(session, ctx, incident, operator, now, over=row.provider)


def rung_until(ctx: Escalation, row: IncomingCall, began: datetime) -> datetime:
    """A person before a screen has the time for it on a clock that runs fast, too."""
    span = ctx.settings.ring_holder_for
    return ctx.ends(began, span) if row.line else began + span


def rings_of(
    session: Session, ctx: Escalation, operator_id: int, now: datetime
) -> list[IncomingCall]:
    """The calls that ring this operator now, the newest first.

    One whose end nobody told us of counts no longer than a phone may ring and be listened to.
    """
    ringing = select(IncomingCall).where(
        IncomingCall.operator_id == operator_id, IncomingCall.state == Line.RINGING
    )
    found = session.scalars(ringing.order_by(IncomingCall.id.desc()))
    return [one for one in found if now < rung_until(ctx, one, one.changed_at) + LONGEST_MENU]
