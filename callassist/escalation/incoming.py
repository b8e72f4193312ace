"""A call comes in: who it is, what they hear, and what their key does (DESIGN 3.2).

The number alone says who it is, by its keyed hash. Whoever is nobody to us hears one sentence,
whatever else is known, so that no number can be tried out. A network that asks twice about one call
hears the same twice.
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from callassist import incident_log
from callassist.domain.call_task import Party
from callassist.domain.log_action import LogAction
from callassist.domain.phoning_back import (
    PERSON_KEY,
    TURN_DOWN_KEY,
    Caller,
    Line,
    first_heard,
    language_of_number,
    may_turn_it_down,
    without_operator,
)
from callassist.errors import Conflict
from callassist.escalation.addresses import incoming_url
from callassist.escalation.callers import Known, caller_now, known_caller
from callassist.escalation.context import Escalation
from callassist.escalation.costs import note_call_to_us
from callassist.escalation.guest_answers import GuestAnswer, answer
from callassist.escalation.incoming_ring import connect_to_operator, ring_again, ring_holder
from callassist.escalation.incoming_words import goodbye, menu, sentence
from callassist.escalation.locks import lock_incident
from callassist.escalation.wants_a_call import queue_for_a_person
from callassist.models import Incident, IncomingCall
from callassist.ports.telephony import AskKey, BridgeRequest, HangUp, Step

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_OFTEN_WITHIN = timedelta(minutes=10)
_SAME = ("provider", "provider_call_id")
_INSERTS = {
    "sqlite": sqlite.insert(IncomingCall).on_conflict_do_nothing(index_elements=_SAME),
    "postgresql": postgresql.insert(IncomingCall).on_conflict_do_nothing(index_elements=_SAME),
}


def phone_rings(
    session: Session, ctx: Escalation, provider: str, request: BridgeRequest, now: datetime
) -> Step:
    """What somebody hears who phones a number of ours; the same call asked about again, again."""
    known = _known(session, ctx, provider, request.caller, now)
    if known is not None:
        lock_incident(session, known.incident.id)
    row_id = _new_row(session, ctx, provider, request, known, now)
    if row_id is None:
        return step_of(session, ctx, _row_of(session, provider, request.call_id), now)
    row = session.get_one(IncomingCall, row_id)
    if known is None:
        return step_of(session, ctx, row, now)
    note_call_to_us(session, ctx, row, known.incident, now)
    caller = caller_now(session, ctx, known, now, is_often=_is_often(session, ctx, row, now))
    _enter(session, ctx, row, first_heard(caller), now)
    if row.state != Line.TOO_OFTEN:
        data = {"party": row.party, "call_id": row.id, "heard": row.state}
        incident_log.append(session, known.incident.id, LogAction.PHONED_BACK, data, now=now)
    return step_of(session, ctx, row, now)


def pressed(
    session: Session, ctx: Escalation, row: IncomingCall, digits: str, now: datetime
) -> Step:
    """A key in the menu; pressed twice it counts once."""
    if row.state != Line.MENU:
        return step_of(session, ctx, row, now)
    caller = _caller(session, ctx, row, now)
    if digits == PERSON_KEY:
        _speaks_to_somebody(session, ctx, row, caller, now)
    elif digits == TURN_DOWN_KEY and may_turn_it_down(caller):
        _turns_it_down(session, ctx, row, now)
    return step_of(session, ctx, row, now)


def operator_missed(
    session: Session,
    ctx: Escalation,
    row: IncomingCall,
    now: datetime,
    *,
    has_declined: bool = False,
) -> Step:
    """The operator who was rung did not take the call: the caller hears what is true now.

    A browser whose page was left while it rang is rung once more, on the page that came after it.
    """
    if row.state == Line.RINGING and (has_declined or not ring_again(session, ctx, row, now)):
        _enter(session, ctx, row, without_operator(_caller(session, ctx, row, now)), now)
    return step_of(session, ctx, row, now)


def step_of(session: Session, ctx: Escalation, row: IncomingCall, now: datetime) -> Step:
    """What the network does with the caller's leg as things stand; nothing changes by asking."""
    line = Line(row.state)
    if line is Line.RINGING:
        return connect_to_operator(session, ctx, row)
    if line is Line.MENU:
        can_turn_down = may_turn_it_down(_caller(session, ctx, row, now))
        hello, keys = menu(ctx, row.language, may_turn_it_down=can_turn_down)
        return AskKey(
            say=hello,
            then=keys,
            language=row.language,
            pressed_url=incoming_url(ctx, row, "pressed"),
            otherwise=goodbye(ctx, row.language),
        )
    return HangUp(say=sentence(ctx, row.language, line), language=row.language)


def _enter(session: Session, ctx: Escalation, row: IncomingCall, line: Line, now: datetime) -> None:
    if line is Line.RINGING and not ring_holder(session, ctx, row, now):
        line = Line.MENU
    row.state, row.changed_at = str(line), now
    session.flush()


def _speaks_to_somebody(
    session: Session, ctx: Escalation, row: IncomingCall, caller: Caller, now: datetime
) -> None:
    assert row.incident_id is not None
    line = Line.QUEUED
    if not queue_for_a_person(session, ctx, row, now):
        line = without_operator(caller)
        line = Line.OVER if line is Line.MENU else line
    _enter(session, ctx, row, line, now)


def _turns_it_down(session: Session, ctx: Escalation, row: IncomingCall, now: datetime) -> None:
    assert row.incident_id is not None
    was_held = session.get_one(Incident, row.incident_id).hold_used
    try:
        answer(session, ctx, row.incident_id, GuestAnswer.TURN_IT_DOWN, "phone", now=now)
    except Conflict:
        _enter(session, ctx, row, Line.OVER, now)
        return
    _enter(session, ctx, row, Line.NOTED if was_held else Line.TURNED_DOWN, now)


def _known(
    session: Session, ctx: Escalation, provider: str, number: str, now: datetime
) -> Known | None:
    if not _E164.fullmatch(number):
        return None  # hidden, a browser, another network's address
    return known_caller(session, ctx, provider, ctx.vault.indexes(number), now)


def _caller(session: Session, ctx: Escalation, row: IncomingCall, now: datetime) -> Caller:
    assert row.incident_id is not None
    assert row.party is not None
    incident = lock_incident(session, row.incident_id)
    known = Known(incident=incident, party=Party(row.party), language=row.language)
    return caller_now(session, ctx, known, now, is_often=False)


def _is_often(session: Session, ctx: Escalation, row: IncomingCall, now: datetime) -> bool:
    counted = session.scalar(
        select(func.count()).where(
            IncomingCall.number_index == row.number_index,
            IncomingCall.received_at > now - _OFTEN_WITHIN,
        )
    )
    return (counted or 0) > ctx.settings.calls_in_ten_minutes


def _new_row(
    session: Session,
    ctx: Escalation,
    provider: str,
    request: BridgeRequest,
    known: Known | None,
    now: datetime,
) -> int | None:
    """The id of the call's row; None when its network asked about it before."""
    insert = _INSERTS[session.get_bind().dialect.name].values(
        public_id=secrets.token_hex(10),
        provider=provider,
        provider_call_id=request.call_id,
        token=secrets.token_urlsafe(24),
        number_index=ctx.vault.index(request.caller) if known else "",
        party=str(known.party) if known else None,
        incident_id=known.incident.id if known else None,
        account_id=known.incident.account_id if known else None,
        stay_number_id=known.stay_number_id if known else None,
        host_contact_id=known.host_contact_id if known else None,
        language=known.language if known else language_of_number(request.caller),
        state=str(Line.NEUTRAL),
        received_at=now,
        changed_at=now,
    )
    added = session.connection().execute(insert.returning(IncomingCall.__table__.c.id))
    return added.scalar()


def _row_of(session: Session, provider: str, call_id: str) -> IncomingCall:
    same = select(IncomingCall).where(
        IncomingCall.provider == provider, IncomingCall.provider_call_id == call_id
    )
    return session.scalars(same).one()
