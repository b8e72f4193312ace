"""Which leg of a dial an event, a number or an ending belongs to; with one leg all are its own."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from callassist.domain.dial import TWO_LEGS, DialMode, Leg, LegEvent
from callassist.domain.results import AttemptOutcome
from callassist.models import CallAttempt, Operator


def has_two_legs(attempt: CallAttempt) -> bool:
    """Whether an operator's own line comes first."""
    return attempt.mode in TWO_LEGS


def rung_first(session: Session, attempt: CallAttempt) -> bytes | None:
    """The sealed number that our request to the network rings; None when it is not known."""
    if attempt.mode != DialMode.OWN_PHONE:
        return attempt.number
    operator = session.get(Operator, attempt.operator_id) if attempt.operator_id else None
    return operator.phone if operator else None


def as_first_leg(attempt: CallAttempt, event: LegEvent) -> LegEvent:
    """What the network knows of the call that we hang up and look up."""
    return replace(event, leg=Leg.OPERATOR if has_two_legs(attempt) else Leg.CALLED)


def belongs(attempt: CallAttempt, event: LegEvent) -> bool:
    """Whether this is a leg of the attempt: the one adopted, or the first to be heard of."""
    if not has_two_legs(attempt):
        return event.leg is Leg.CALLED and attempt.provider_call_id in (None, event.call_id)
    if event.leg is Leg.OPERATOR:
        return attempt.provider_call_id in (None, event.call_id)
    # nobody but the operator is rung before we handed out whom to dial
    return attempt.handed_out_at is not None and (
        attempt.called_call_id in (None, event.call_id)
        and event.call_id != attempt.provider_call_id
    )


def nothing_told(attempt: CallAttempt) -> AttemptOutcome:
    """What a dial is of which no network tells any more: an attempt, if anybody was dialled."""
    if attempt.outcome is not None:
        return AttemptOutcome(attempt.outcome)  # a mailbox that was heard
    if attempt.answered_at is not None:
        return AttemptOutcome.ANSWERED
    if has_two_legs(attempt) and attempt.handed_out_at is None:
        return AttemptOutcome.PROVIDER_ERROR
    return AttemptOutcome.UNREACHABLE


def stopped(attempt: CallAttempt) -> AttemptOutcome:
    """What a dial that we stopped ourselves was: a call, or nobody's phone rang."""
    if has_two_legs(attempt) and attempt.handed_out_at is None:
        return AttemptOutcome.NOT_CONNECTED
    return AttemptOutcome.CANCELLED
