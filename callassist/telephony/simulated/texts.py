"""Texts on the simulated network: kept in its own log, read by nobody's phone."""

from __future__ import annotations

import re
import secrets
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from callassist.clock import Clock
from callassist.domain.phone import Number, parse_number
from callassist.errors import InvalidInput, TransientError
from callassist.ports.texting import (
    IncomingText,
    RefusedText,
    SendText,
    SentText,
    TextInDoubt,
    TextNotSent,
    TextRefusal,
    TextReport,
    TextStatus,
)
from callassist.ports.webhook import WebhookRequest
from callassist.telephony.simulated.call_log import CallLog, text_of
from callassist.telephony.simulated.faults import Faults, Mishap, mishap_of
from callassist.telephony.simulated.numbers import (
    Behaviour,
    is_simulated_number,
    written_behaviour,
)
from callassist.telephony.simulated.recording import count_request

REPORTED_AFTER = timedelta(seconds=3)
_NO_SUCH_NUMBER = (Behaviour.INVALID_NUMBER, Behaviour.REFUSED)
_TEXT_ID = re.compile(r"TXT[0-9a-f]{32}")
_REPORTED = (TextStatus.DELIVERED, TextStatus.UNDELIVERED)


@dataclass(frozen=True, kw_only=True)
class SimulatedText:
    """One text for whoever checks the service or shows a demo."""

    text_id: str
    to: str  # E.164 for simulated numbers, a mask for all others
    body: str  # empty for all others
    sent_at: datetime
    status: TextStatus


class SimulatedTexts:
    """Accepts texts durably; like a real network it sends a repeated request twice."""

    def __init__(
        self, call_log: CallLog, clock: Clock, seed: int, faults: Callable[[], Faults]
    ) -> None:
        self._log = call_log
        self._clock = clock
        self._seed = seed
        self._faults = faults

    def send(self, request: SendText) -> SentText:
        """Take one text; it is in the log before this returns."""
        faults = self._faults()
        if faults.down:
            raise TextInDoubt("the simulated network is down")
        number = _writable(request.to)
        text_id = f"TXT{secrets.token_hex(16)}"
        now = self._clock.now()
        try:
            with self._log.write() as file:
                n = count_request(file, now)
                mishap = mishap_of(faults, self._seed, n)
                if mishap in (None, Mishap.REPLY_LOST):
                    _record(file, n, text_id, number, request, now)
        except TransientError as error:
            raise TextInDoubt(error.detail) from error
        if mishap is Mishap.RATE_LIMITED:
            raise TextNotSent("too many texts at once", faults.retry_after_seconds)
        if mishap is not None:
            raise TextInDoubt("the simulated network did not answer in time")
        return SentText(text_id=text_id)

    def parse_incoming(self, request: WebhookRequest) -> IncomingText:
        """A text of somebody; its own far ends write none."""
        form = request.form
        sender, body = form.get("From", ""), form.get("Body", "")
        return IncomingText(text_id=_text_id(form), sender=sender, body=body)

    def parse_report(self, request: WebhookRequest) -> TextReport:
        """The report of a verified callback."""
        text_id = _text_id(request.form)
        status = next((one for one in _REPORTED if one == request.form.get("Status")), None)
        if status is None:
            raise InvalidInput("expected delivered or undelivered", "Status")
        return TextReport(text_id=text_id, status=status)

    def sent(self) -> list[SimulatedText]:
        """Every text accepted so far, oldest first."""
        now = self._clock.now()
        return [_seen_at(now, row) for row in self._log.rows("SELECT * FROM text ORDER BY n")]


def _seen_at(now: datetime, row: sqlite3.Row) -> SimulatedText:
    sent_at = datetime.fromisoformat(row["sent_at"])
    is_settled = sent_at + REPORTED_AFTER <= now
    return SimulatedText(
        text_id=row["text_id"],
        to=row["number"],
        body=row["body"],
        sent_at=sent_at,
        status=TextStatus(row["status"]) if is_settled else TextStatus.ACCEPTED,
    )


def _text_id(form: Mapping[str, str]) -> str:
    text_id = form.get("TextId", "")
    if not _TEXT_ID.fullmatch(text_id):
        raise InvalidInput("expected TXT and 32 hex digits", "TextId")
    return text_id


def _record(
    file: sqlite3.Connection,
    n: int,
    text_id: str,
    number: Number,
    request: SendText,
    now: datetime,
) -> None:
    is_nobodys = is_simulated_number(number.e164)
    unreachable = written_behaviour(number.e164) is Behaviour.UNREACHABLE
    file.execute(
        "INSERT INTO text (n, text_id, number, body, callback_url, status, sent_at, due_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            n,
            text_id,
            number.e164 if is_nobodys else number.mask,
            request.body if is_nobodys else "",
            request.callback_url,
            TextStatus.UNDELIVERED if unreachable else TextStatus.DELIVERED,
            text_of(now),
            text_of(now + REPORTED_AFTER),
        ),
    )


def _writable(to: str) -> Number:
    """The number, or RefusedText: real networks check it before they accept the text."""
    try:
        number = parse_number(to, field="to")
    except InvalidInput as error:
        raise RefusedText(error.detail, TextRefusal.INVALID_NUMBER) from None
    if written_behaviour(number.e164) in _NO_SUCH_NUMBER:
        raise RefusedText("this number is not in use", TextRefusal.INVALID_NUMBER)
    return number
