"""Who answers for a token: the first holder that knows it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from callassist.domain.dial import LegEvent
from callassist.errors import NotFound
from callassist.escalation import automatic_answers, bridging, incoming_talk, ring_answers
from callassist.escalation.context import Escalation
from callassist.escalation.tokens import Question, TokenHolder
from callassist.ports.telephony import BridgeRequest, Step

HOLDERS: tuple[TokenHolder, ...] = (
    bridging.DIALS,
    automatic_answers.AUTOMATIC_CALLS,
    ring_answers.RINGS,
    incoming_talk.INCOMING,
)


def next_step(
    session: Session,
    ctx: Escalation,
    question: Question,
    token: str,
    request: BridgeRequest,
    now: datetime,
    *,
    dial_id: int | None = None,
) -> Step:
    """What the network does next with a leg of ours; NotFound for an unknown token.

    `dial_id` where it is known that an operator's dial has the token.
    """
    if question is Question.BROWSER:
        return bridging.browser_calls(session, ctx, request, now)
    holder, row_id = _holder_of(session, token, dial_id)
    answer = holder.answers.get(question)
    if answer is None:
        raise NotFound("nothing is asked here about this call")
    return answer(session, ctx, row_id, request, now)


def record_call_events(
    session: Session,
    ctx: Escalation,
    token: str,
    events: Sequence[LegEvent],
    now: datetime,
    *,
    dial_id: int | None = None,
) -> None:
    """Take what the network reports; repeated reports change nothing. NotFound as above."""
    holder, row_id = _holder_of(session, token, dial_id)
    holder.record(session, ctx, row_id, events, now)


def _holder_of(session: Session, token: str, dial_id: int | None) -> tuple[TokenHolder, int]:
    if dial_id is not None:
        return bridging.DIALS, dial_id
    for holder in HOLDERS:
        row_id = holder.find(session, token)
        if row_id is not None:
            return holder, row_id
    raise NotFound("no call has this token")
