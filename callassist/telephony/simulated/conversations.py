"""Calls that the service leads: asks it what to do, speaks, hears a key, dials from there."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from callassist.clock import Clock
from callassist.domain.phone import parse_number
from callassist.errors import InvalidInput, PermanentError, TransientError
from callassist.ports.telephony import AskKey, Connect, PlaceCall, Step
from callassist.telephony.simulated.call_log import CallLog, LoggedCall, text_of
from callassist.telephony.simulated.callbacks import SIGNATURE_HEADER, signature
from callassist.telephony.simulated.documents import read, sentences, spoken_seconds
from callassist.telephony.simulated.exchange import LONGEST_TALK, Exchange
from callassist.telephony.simulated.faults import draw
from callassist.telephony.simulated.incoming import called_form, rings_desk
from callassist.telephony.simulated.numbers import NO_KEY, Behaviour, key_of
from callassist.telephony.simulated.recording import (
    count_request,
    record_heard,
    record_question,
)
from callassist.telephony.simulated.text_reports import Post

_MAX_TRIES = 3
_CLAIM_SECONDS = 15.0  # real time for which a question is ours; after a crash it is asked again
_RETRY_SECONDS = 2.0  # real time
_WAITS_FOR_A_KEY_SECONDS = 5.0
_REACTS_AFTER = (2.0, 9.0)  # seconds into the menu

log = structlog.get_logger(__name__)


class Conversations:
    """Several may run; one of them claims a question.

    `keys` says for a number what is pressed there, question by question, in place of what chance
    or the number itself would; an empty one is nothing pressed.
    """

    def __init__(
        self,
        call_log: CallLog,
        clock: Clock,
        seed: int,
        exchange: Exchange,
        post: Post,
        secret: str,
    ) -> None:
        self.keys: dict[str, Sequence[str]] = {}
        self._log, self._clock, self._seed = call_log, clock, seed
        self._exchange, self._post, self._secret = exchange, post, secret

    def pump(self, now: datetime) -> int:
        """Ask everything that is due at `now`; returns how many were answered."""
        due = self._log.rows(
            "SELECT * FROM question WHERE settled_at IS NULL AND due_at <= ? ORDER BY due_at, id",
            text_of(now),
        )
        return sum(self._ask(row, now) for row in due)

    def _ask(self, row: sqlite3.Row, now: datetime) -> bool:
        call = self._log.call(row["call_id"])
        if call is None or not self._claim(row, now):
            return False
        form = {"CallId": call.call_id, **json.loads(row["form"])}
        signed = {SIGNATURE_HEADER: signature(self._secret, row["url"], form)}
        try:
            step = read(self._post(row["url"], signed, form) or "")
        except TransientError as error:
            if row["tries"] + 1 < _MAX_TRIES:
                self._set(row, "due_at = ?", now + self._clock.span(_RETRY_SECONDS))
                return False
            self._give_up(row, now, error.detail)
            return False
        except (PermanentError, InvalidInput) as error:
            self._give_up(row, now, error.detail)
            return False
        with self._log.write() as file:
            file.execute(
                "UPDATE question SET settled_at = ? WHERE id = ?", (text_of(now), row["id"])
            )
            call = self._log.call(row["call_id"])
            if call is not None and call.timeline.ended_at > now:
                self._do(file, call, step, now)
        return True

    def _do(self, file: sqlite3.Connection, call: LoggedCall, step: Step, now: datetime) -> None:
        for sentence in sentences(step):
            record_heard(file, call, now, sentence)
        if call.behaviour is Behaviour.HANGS_UP:
            return  # gone before anything can be pressed, as planned
        if isinstance(step, AskKey):
            self._hears_menu(file, call, step, now)
        elif isinstance(step, Connect):
            self._connect(file, call, step, now)
        else:
            ends = now + timedelta(seconds=spoken_seconds(*sentences(step)))
            self._exchange.move_end(file, call, ends)

    def _hears_menu(
        self, file: sqlite3.Connection, call: LoggedCall, step: AskKey, now: datetime
    ) -> None:
        asked = self._asked(call)
        random = draw(self._seed, call.number_index, call.timeline.placed_at, asked)
        key = self._key(call, asked, random.random())
        if key != NO_KEY:
            at = now + timedelta(seconds=round(random.uniform(*_REACTS_AFTER), 1))
            record_question(file, call.call_id, step.pressed_url, {"Digits": key}, at)
            return
        menu = spoken_seconds(*sentences(step)) + _WAITS_FOR_A_KEY_SECONDS
        farewell = spoken_seconds(step.otherwise) if step.otherwise else 0.0
        ends = now + timedelta(seconds=step.times * menu + farewell)
        self._exchange.move_end(file, call, ends)

    def _key(self, call: LoggedCall, asked: int, chance: float) -> str:
        if call.behaviour is Behaviour.VOICEMAIL:
            return NO_KEY
        scripted = self.keys.get(call.number)
        if scripted is not None:
            return scripted[asked] if asked < len(scripted) else NO_KEY
        return key_of(call.number, chance)

    def _asked(self, call: LoggedCall) -> int:
        """How many menus it heard before this one."""
        pressed = "SELECT count(*) FROM question WHERE call_id = ? AND form LIKE '%Digits%'"
        return int(self._log.rows(pressed, call.call_id)[0][0])

    def _connect(
        self, file: sqlite3.Connection, call: LoggedCall, step: Connect, now: datetime
    ) -> None:
        if step.identity:
            random = draw(self._seed, call.number_index, call.timeline.placed_at, "desk")
            child = rings_desk(file, self._exchange, call, step, random, now)
            self._asks_after(file, call, child, step, now)
            return
        request = PlaceCall(
            attempt_id=call.attempt_id,
            to=step.to,
            caller_id=step.caller_id,
            callback_url=step.callback_url,
            ring_timeout_seconds=step.ring_timeout_seconds,
        )
        number = parse_number(step.to, field="to")
        n = count_request(file, now)
        child = self._exchange.accept(file, n, number, request, now, parent=call.call_id)
        self._asks_after(file, call, child, step, now)

    def _asks_after(
        self,
        file: sqlite3.Connection,
        call: LoggedCall,
        child: LoggedCall,
        step: Connect,
        now: datetime,
    ) -> None:
        """When the other leg is over the service is asked what comes next."""
        over = child.timeline.events(child.call_id)[-1]
        record_question(file, call.call_id, step.after_url, called_form(over, child), over.at)
        self._exchange.move_end(file, call, now + LONGEST_TALK)

    def _claim(self, row: sqlite3.Row, now: datetime) -> bool:
        return self._set(
            row, "tries = tries + 1, due_at = ?", now + self._clock.span(_CLAIM_SECONDS)
        )

    def _set(self, row: sqlite3.Row, change: str, at: datetime) -> bool:
        tries = row["tries"] if "tries" in change else row["tries"] + 1
        with self._log.write() as file:
            moved = file.execute(
                f"UPDATE question SET {change}"  # noqa: S608 - one of two texts of ours
                " WHERE id = ? AND tries = ? AND settled_at IS NULL",
                (text_of(at), row["id"], tries),
            )
            return moved.rowcount == 1

    def _give_up(self, row: sqlite3.Row, now: datetime, detail: str) -> None:
        """Nobody says what to do: real networks apologise and hang up."""
        log.warning("simulated question given up", question=row["id"], detail=detail)
        with self._log.write() as file:
            self._exchange.end(file, row["call_id"], now)
