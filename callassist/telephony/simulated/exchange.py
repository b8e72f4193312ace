"""How a simulated call gets into the log: its plan, its reports, and when the service is asked."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from callassist.domain.dial import LegEvent, LegStatus
from callassist.domain.phone import Number
from callassist.ports.telephony import PlaceCall
from callassist.telephony.simulated.call_log import CallLog, LoggedCall
from callassist.telephony.simulated.faults import Faults, deliveries_of, draw
from callassist.telephony.simulated.numbers import (
    Behaviour,
    behaviour_of,
    is_simulated_number,
    talk_of,
)
from callassist.telephony.simulated.recording import (
    children_of,
    earlier_calls,
    forget_questions,
    record_call,
    record_callback,
    record_end,
    record_parent,
    record_question,
)
from callassist.telephony.simulated.timeline import Timeline, plan

# an answered call that is told what to do ends when it is told to, and at the latest then
LONGEST_MENU = timedelta(minutes=10)
LONGEST_TALK = timedelta(hours=2)


class Exchange:
    """Writes calls into the log, always inside a transaction of the caller's."""

    def __init__(self, log: CallLog, seed: int, secret: str, faults: Callable[[], Faults]) -> None:
        self._log, self._seed, self._secret, self._faults = log, seed, secret, faults

    def index(self, e164: str) -> str:
        """What a number is found by."""
        key = self._secret.encode()
        return hmac.new(key, f"number {e164}".encode(), hashlib.sha256).hexdigest()

    def accept(
        self,
        file: sqlite3.Connection,
        n: int,
        number: Number,
        request: PlaceCall,
        accepted_at: datetime,
        parent: str = "",
    ) -> LoggedCall:
        """Plan the whole life of a call; what the service is asked in it, when it is answered."""
        index = self.index(number.e164)
        random = draw(self._seed, number.e164, earlier_calls(file, index))
        behaviour = behaviour_of(number.e164, random)
        line = plan(
            behaviour,
            placed_at=accepted_at,
            ring_timeout=timedelta(seconds=request.ring_timeout_seconds),
            talk=talk_of(number.e164, random),
            random=random,
        )
        call = LoggedCall(
            call_id=f"SIM{secrets.token_hex(16)}",
            attempt_id=request.attempt_id,
            number=number.e164 if is_simulated_number(number.e164) else number.mask,
            number_index=index,
            callback_url=request.callback_url,
            behaviour=behaviour,
            timeline=_listens(line, behaviour) if request.answer_url else line,
        )
        record_call(file, n, call)
        if parent:
            record_parent(file, call.call_id, parent)
        if request.answer_url and line.answered_at is not None:
            record_question(file, call.call_id, request.answer_url, {}, line.answered_at)
        self.report(file, n, call)
        return call

    def report(self, file: sqlite3.Connection, n: int, call: LoggedCall) -> None:
        """Plan the reports of everything that happens in a call."""
        for event in call.timeline.events(call.call_id):
            self._report(file, n, event)

    def end(self, file: sqlite3.Connection, call_id: str, at: datetime) -> None:
        """The call is over now, and with it what was dialled from it; nothing more is asked."""
        call = self._log.call(call_id)
        if call is None or call.timeline.ended_at <= at:
            return
        self.move_end(file, call, at)
        forget_questions(file, call_id, at)
        for child in children_of(file, call_id):
            self.end(file, child, at)

    def move_end(self, file: sqlite3.Connection, call: LoggedCall, at: datetime) -> None:
        """The call ends at another time than was planned; its report goes out then."""
        cut = replace(call.timeline, ended_at=at)
        if at < call.timeline.ended_at:
            cut = call.timeline.cut(at)
        n = record_end(file, call, cut, at)
        if call.callback_url:
            self._report(file, n, cut.events(call.call_id)[-1])

    def replan(
        self, file: sqlite3.Connection, call: LoggedCall, line: Timeline, at: datetime
    ) -> LoggedCall:
        """What happens from now on is another thing than was planned: somebody decided."""
        n = record_end(file, call, line, at)
        for event in line.events(call.call_id):
            if event.status in (LegStatus.ANSWERED, LegStatus.ENDED):
                self._report(file, n, event)
        return replace(call, timeline=line)

    def _report(self, file: sqlite3.Connection, n: int, event: LegEvent) -> None:
        for due_at in deliveries_of(self._faults(), self._seed, n, event):
            record_callback(file, event, due_at)


def _listens(line: Timeline, behaviour: Behaviour) -> Timeline:
    if line.answered_at is None or behaviour is Behaviour.HANGS_UP:
        return line
    return replace(line, ended_at=line.answered_at + LONGEST_MENU)
