"""Somebody phones us on the simulated network: the service is asked what they hear."""

from __future__ import annotations

import secrets
import sqlite3
from datetime import datetime, timedelta
from random import Random

from callassist.domain.results import AttemptOutcome
from callassist.ports.telephony import Connect
from callassist.telephony.simulated.call_log import LoggedCall
from callassist.telephony.simulated.exchange import LONGEST_MENU, Exchange
from callassist.telephony.simulated.numbers import Behaviour, talk_of
from callassist.telephony.simulated.recording import (
    count_request,
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
    """The operator's browser is rung from a call that came in; here it always picks up."""
    n = count_request(file, now)
    answered = now + _DESK_PICKS_UP
    child = LoggedCall(
        call_id=f"SIM{secrets.token_hex(16)}",
        attempt_id=NO_ATTEMPT,
        number=step.identity,
        number_index=exchange.index(step.identity),
        callback_url=step.callback_url,
        behaviour=Behaviour.ANSWERS,
        timeline=_answered(now, answered, answered + talk_of(parent.number, random)),
    )
    record_call(file, n, child)
    record_parent(file, child.call_id, parent.call_id)
    exchange.report(file, n, child)
    return child


def _answered(placed_at: datetime, answered_at: datetime, ended_at: datetime) -> Timeline:
    return Timeline(
        placed_at=placed_at,
        ringing_at=placed_at,
        answered_at=answered_at,
        ended_at=ended_at,
        outcome=AttemptOutcome.ANSWERED,
    )
