"""The operator's leg of a call that came in: the talk becomes an attempt of the task in hand.

It was no dial of ours and uses none of the attempts up; a talk counts as reached (DESIGN 3.2).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import roster, timers
from callassist.domain.call_task import Party, TaskEvent, TaskState
from callassist.domain.dial import DialMode, DialState, Leg, LegEvent, LegStatus, believable
from callassist.domain.phoning_back import PERSON_KEY, Line
from callassist.domain.presence import PresenceState
from callassist.domain.results import NOT_A_CALL, AttemptOutcome
from callassist.escalation.context import Escalation
from callassist.escalation.deadlines import Deadline
from callassist.escalation.incoming import operator_missed, pressed
from callassist.escalation.incoming_ring import ask_operator, asks_for_a_key, joined_words
from callassist.escalation.incoming_task import is_in_hand, task_of_talk
from callassist.escalation.locks import lock_incident
from callassist.escalation.moves import move_task
from callassist.escalation.polling import arm_poll
from callassist.escalation.settling import fold_in
from callassist.escalation.tasks import disarm_task, unsettled_attempt
from callassist.escalation.tokens import Question, TokenHolder
from callassist.models import CallAttempt, CallTask, HostContact, IncomingCall, StayNumber
from callassist.ports.telephony import BridgeRequest, GoOn, HangUp, Step

_DECLINED = (AttemptOutcome.DECLINED, AttemptOutcome.BUSY)


def find(session: Session, token: str) -> int | None:
    """The call whose token this is."""
    return session.scalar(select(IncomingCall.id).where(IncomingCall.token == token))


def operator_asked(
    session: Session, ctx: Escalation, row_id: int, request: BridgeRequest, now: datetime
) -> Step:
    """The operator's own phone was picked up."""
    return ask_operator(session, ctx, _locked(session, row_id))


def key_pressed(
    session: Session, ctx: Escalation, row_id: int, request: BridgeRequest, now: datetime
) -> Step:
    """By the caller in the menu, or by the operator who takes the call."""
    row = _locked(session, row_id)
    if request.call_id == row.provider_call_id:
        return pressed(session, ctx, row, request.digits, now)
    if request.digits != PERSON_KEY or row.state not in (Line.RINGING, Line.TALKING):
        return HangUp()
    if row.operator_call_id not in (None, request.call_id):
        return HangUp()
    _talk_begins(session, ctx, row, request.call_id, now, now)
    said, language = joined_words(session, row)
    return GoOn(say=said, language=language)


def operator_leg_over(
    session: Session, ctx: Escalation, row_id: int, request: BridgeRequest, now: datetime
) -> Step:
    """The operator's leg has ended and the caller is still there."""
    row = _locked(session, row_id)
    if request.called is not None:
        _take(session, ctx, row, [replace(request.called, leg=Leg.CALLED)], now)
    if row.state == Line.TALKING:
        return HangUp()
    has_declined = request.called is not None and request.called.outcome in _DECLINED
    return operator_missed(session, ctx, row, now, has_declined=has_declined)


def record(
    session: Session, ctx: Escalation, row_id: int, events: Sequence[LegEvent], now: datetime
) -> None:
    """What the network tells of the operator's leg."""
    _take(session, ctx, _locked(session, row_id), events, now)


INCOMING = TokenHolder(
    find=find,
    answers={
        Question.ANSWERED: operator_asked,
        Question.PRESSED: key_pressed,
        Question.OVER: operator_leg_over,
    },
    record=record,
)


def _take(
    session: Session,
    ctx: Escalation,
    row: IncomingCall,
    events: Sequence[LegEvent],
    now: datetime,
) -> None:
    for told in events:
        event = believable(told, row.received_at, now)
        if row.state == Line.RINGING and _is_talk(row, event):
            began = event.at - timedelta(seconds=event.talk_seconds or 0)
            _talk_begins(session, ctx, row, event.call_id, max(began, row.received_at), now)
    if row.attempt_id is not None:
        fold_in(session, ctx, row.attempt_id, events, now)


def _is_talk(row: IncomingCall, event: LegEvent) -> bool:
    """An own phone that is picked up is no talk before the key; a browser's is."""
    if asks_for_a_key(row):
        return False
    if event.status is LegStatus.ANSWERED:
        return True
    return event.status is LegStatus.ENDED and event.outcome is AttemptOutcome.ANSWERED


def _talk_begins(
    session: Session, ctx: Escalation, row: IncomingCall, call_id: str, at: datetime, now: datetime
) -> None:
    if row.state == Line.TALKING or row.task_id is None:
        return
    row.state, row.changed_at, row.operator_call_id = str(Line.TALKING), now, call_id
    task = task_of_talk(session, ctx, row, now)
    if unsettled_attempt(session, task.id) is not None:
        return
    if is_in_hand(task, row.operator_id):
        _reopen(session, task, now)
    attempt = _attempt(session, row, task, call_id, at, now)
    session.add(attempt)
    session.flush()
    row.attempt_id = attempt.id
    arm_poll(session, ctx, attempt, now)


def _reopen(session: Session, task: CallTask, now: datetime) -> None:
    """The call before it was what the network said; the task goes on with this one."""
    for earlier in task.attempts:
        if earlier.counted is None:
            outcome = AttemptOutcome(earlier.outcome) if earlier.outcome else None
            earlier.counted = outcome not in NOT_A_CALL and not task.continuation
    if task.state == TaskState.WRAPPING_UP:
        move_task(task, TaskEvent.PHONED_BACK)
        task.wrap_up_started_at, task.wrap_up_extended = None, False
        disarm_task(session, task.id)
    timers.disarm(session, Deadline.ASSIGNED_IDLE, task.id)
    if task.operator_id is not None:
        roster.set_presence(session, task.operator_id, PresenceState.ON_A_CALL, now)


def _attempt(
    session: Session,
    row: IncomingCall,
    task: CallTask,
    call_id: str,
    at: datetime,
    now: datetime,
) -> CallAttempt:
    number, index, mask = _number(session, row)
    return CallAttempt(
        task_id=task.id,
        incident_id=task.incident_id,
        account_id=task.account_id,
        dial_number=max((one.dial_number for one in task.attempts), default=0) + 1,
        party=task.party,
        attempt_number=task.attempt_number,
        operator_id=row.operator_id,
        stay_number_id=row.stay_number_id,
        host_contact_id=row.host_contact_id,
        number=number,
        number_index=index,
        number_mask=mask,
        state=str(DialState.TALKING),
        provider=row.provider,
        mode=str(DialMode.PHONED_BACK),
        provider_call_id=row.provider_call_id,
        called_call_id=call_id,
        handed_out_at=now,
        dial_token=secrets.token_urlsafe(24),
        requested_at=now,
        dial_at=at,
        answered_at=at,
    )


def _number(session: Session, row: IncomingCall) -> tuple[bytes | None, str, str]:
    if row.party == Party.GUEST:
        theirs = session.get(StayNumber, row.stay_number_id) if row.stay_number_id else None
        return (theirs.number if theirs else None, row.number_index, _mask(theirs))
    contact = session.get(HostContact, row.host_contact_id) if row.host_contact_id else None
    sealed = contact.phone if contact else None
    return sealed, row.number_index, contact.phone_mask if contact else ""


def _mask(number: StayNumber | None) -> str:
    return number.number_mask if number else ""


def _locked(session: Session, row_id: int) -> IncomingCall:
    """The call, its incident locked first."""
    incident_id = session.scalar(select(IncomingCall.incident_id).where(IncomingCall.id == row_id))
    if incident_id is not None:
        lock_incident(session, incident_id)
    return session.get_one(IncomingCall, row_id, populate_existing=True)
