"""Somebody phones us on the simulated network: the service is asked what they hear."""

from __future__ import annotations

import secrets
import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from callassist.domain.dial import LegEvent
from callassist.domain.results import AttemptOutcome
from callassist.errors import NotFound
from callassist.ports.telephony import Connect
from callassist.telephony.simulated.call_log import CallLog, LoggedCall
from callassist.telephony.simulated.callbacks import form_of
from callassist.telephony.simulated.exchange import LONGEST_MENU, Exchange
from callassist.telephony.simulated.numbers import Behaviour, talk_of
from callassist.telephony.simulated.recording import (
    children_of,
    count_request,
    move_question,
    record_call,
    record_parent,
    record_question,
)
from callassist.telephony.simulated.timeline import Timeline

_DESK_PICKS_UP = timedelta(seconds=4)
NO_ATTEMPT = ""  # what calls that nobody asked us to place carry


def comes_in(
    file: sqlite3.Connection, exchange: Exchange, number: str, url: str, now: datetime
) -> str:
    """A call from this number, which is empty where none is shown; its id."""
    n = count_request(file, now)
    call = LoggedCall(
        call_id=f"SIM{secrets.token_hex(16)}",
        attempt_id=NO_ATTEMPT,
        number=number,
        number_index=exchange.index(number),
        callback_url="",  # nobody asked for reports of it
        behaviour=Behaviour.ANSWERS,
        timeline=_answered(now, now, now + LONGEST_MENU),
    )
    record_call(file, n, call)
    record_question(file, call.call_id, url, {"From": number}, now)
    return call.call_id


def rings_desk(
    file: sqlite3.Connection,
    exchange: Exchange,
    parent: LoggedCall,
    step: Connect,
    random: Random,
    now: datetime,
) -> LoggedCall:
    """The operator's browser is rung from a call that came in, until somebody there decides.

    Where no browser is, it picks up by itself.
    """
    n = count_request(file, now)
    answered = now + _DESK_PICKS_UP
    line = _answered(now, answered, answered + talk_of(parent.number, random))
    if not step.picks_up:
        over = now + timedelta(seconds=step.ring_timeout_seconds)
        line = replace(line, answered_at=None, ended_at=over, outcome=AttemptOutcome.NO_ANSWER)
    child = LoggedCall(
        call_id=f"SIM{secrets.token_hex(16)}",
        attempt_id=NO_ATTEMPT,
        number=step.identity,
        number_index=exchange.index(step.identity),
        callback_url=step.callback_url,
        behaviour=Behaviour.ANSWERS,
        timeline=line,
    )
    record_call(file, n, child)
    record_parent(file, child.call_id, parent.call_id)
    exchange.report(file, n, child)
    return child


def desk_decides(
    file: sqlite3.Connection,
    log: CallLog,
    exchange: Exchange,
    call_id: str,
    now: datetime,
    talk: Random | None,
) -> None:
    """Somebody at the browser that is rung from this call picks up and talks, or declines (None).

    NotFound when nothing rings there any more.
    """
    parent = log.call(call_id)
    rung = [log.call(each) for each in children_of(file, call_id)]
    child = next((one for one in reversed(rung) if one is not None), None)
    if parent is None or child is None or child.timeline.ended_at <= now:
        raise NotFound("nobody phones any more")
    if child.timeline.answered_at is not None:
        return  # answered twice is answered once
    line = replace(child.timeline, ended_at=now, outcome=AttemptOutcome.DECLINED)
    if talk is not None:
        line = _answered(child.timeline.placed_at, now, now + talk_of(parent.number, talk))
    child = exchange.replan(file, child, line, now)
    over = line.events(child.call_id)[-1]
    move_question(file, call_id, called_form(over, child), over.at)


def called_form(event: LegEvent, child: LoggedCall) -> dict[str, str]:
    """How the other leg ended, as the service is told when it is asked what comes next."""
    told = form_of(event, child.masked_number)
    return {f"Called{name}": value for name, value in told.items()}


def _answered(placed_at: datetime, answered_at: datetime, ended_at: datetime) -> Timeline:
    return Timeline(
        placed_at=placed_at,
        ringing_at=placed_at,
        answered_at=answered_at,
        ended_at=ended_at,
        outcome=AttemptOutcome.ANSWERED,
    )
