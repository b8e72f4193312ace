"""Reports of Twilio as events of ours: from callbacks, from look-ups and from what `<Dial>` says.

Callbacks number themselves from 0 per call. What comes another way gets a number above every
callback's, one for each source and status: told twice it is one event, and no event is ever taken
for a different one. Their order does not matter to what they add up to.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from callassist.domain.dial import NO_LEG, Leg, LegEvent, LegStatus
from callassist.domain.results import AttemptOutcome
from callassist.errors import InvalidInput
from callassist.telephony.twilio.outcomes import STATUSES, is_machine, outcome_of

UNNUMBERED = 1_000_000  # a callback without a number (SignalWire)
LOOKED_UP = 1_000_010
AFTER_DIAL = 1_000_020
HEARD = 1_000_030  # answering-machine detection

_CALL_ID = re.compile(r"[A-Za-z0-9-]{1,64}")  # CA and 32 digits at Twilio, a UUID elsewhere
_SMALL_NUMBER = re.compile(r"[0-9]{1,6}")
_SIP_CODE = re.compile(r"[1-6][0-9]{2}")
_RANK = list(LegStatus)
# an end with a reason that somebody may want to read
_EXPLAINED = (
    AttemptOutcome.UNREACHABLE,
    AttemptOutcome.INVALID_NUMBER,
    AttemptOutcome.PROVIDER_ERROR,
)


def event_of(form: Mapping[str, str], now: datetime) -> LegEvent | None:
    """The report of a callback; None when it has no news, like a person having been heard.

    InvalidInput names the field that makes no sense. Unknown fields are ignored. A mailbox that
    was heard is `ANSWERED` with the outcome `VOICEMAIL`: the call goes on.
    """
    call_id = call_id_of(form)
    if "CallStatus" not in form and "AnsweredBy" in form:
        if not is_machine(form["AnsweredBy"]):
            return None
        return LegEvent(
            call_id=call_id,
            sequence=HEARD,
            status=LegStatus.ANSWERED,
            at=_instant(form.get("Timestamp")) or now,
            outcome=AttemptOutcome.VOICEMAIL,
            leg=Leg.CALLED,  # nobody listens for a mailbox on the operator's own line
        )
    status = _status("CallStatus", form.get("CallStatus", ""))
    number = _whole("SequenceNumber", form.get("SequenceNumber", ""))
    return _event(
        call_id,
        form["CallStatus"],
        sequence=UNNUMBERED + _RANK.index(status) if number is None else number,
        at=_instant(form.get("Timestamp")) or now,
        # never `Duration`, which counts minutes begun
        talk=_whole("CallDuration", form.get("CallDuration", "")),
        sip=form.get("SipResponseCode", ""),
        answered_by=form.get("AnsweredBy", ""),
        error_code=form.get("ErrorCode", ""),
        leg=_leg_of(form),
    )


def looked_up(
    call_id: str,
    status: str,
    *,
    at: datetime,
    duration: str,
    answered_by: str,
    leg: Leg,
) -> LegEvent:
    """What the call resource says now; its look-ups carry no SIP code."""
    return _event(
        call_id,
        status,
        sequence=LOOKED_UP + _RANK.index(_status("status", status)),
        at=at,
        talk=_whole("duration", duration),
        answered_by=answered_by,
        leg=leg,
    )


def after_dial(form: Mapping[str, str], now: datetime) -> LegEvent | None:
    """How the leg of a `<Dial>` ended; None while no `<Dial>` was run.

    One that failed without a leg rang nobody's phone: a caller id or a country that Twilio did not
    even try. That is our fault and no attempt, unless it says that the number is wrong.
    """
    if "DialCallStatus" not in form:
        return None
    _status("DialCallStatus", form["DialCallStatus"])
    status = "completed" if form["DialCallStatus"] == "answered" else form["DialCallStatus"]
    has_leg = bool(form.get("DialCallSid"))
    event = _event(
        call_id_of(form, "DialCallSid") if has_leg else f"{NO_LEG}{call_id_of(form)}"[:64],
        status,
        sequence=AFTER_DIAL,
        at=_instant(form.get("Timestamp")) or now,
        talk=_whole("DialCallDuration", form.get("DialCallDuration", "")),
        sip=form.get("DialSipResponseCode", ""),
        error_code=form.get("ErrorCode", ""),
        leg=Leg.CALLED,
    )
    if event.outcome is AttemptOutcome.UNREACHABLE and not has_leg:
        return replace(event, outcome=AttemptOutcome.PROVIDER_ERROR)
    return event


def call_id_of(form: Mapping[str, str], field: str = "CallSid") -> str:
    """The id of the call that a form is about."""
    text = form.get(field, "")
    if not _CALL_ID.fullmatch(text):
        raise InvalidInput("expected the id of a call", field)
    return text


def _event(
    call_id: str,
    status: str,
    *,
    sequence: int,
    at: datetime,
    leg: Leg,
    talk: int | None = None,
    sip: str = "",
    answered_by: str = "",
    error_code: str = "",
) -> LegEvent:
    ours = STATUSES[status]
    if ours is not LegStatus.ENDED:
        heard = ours is LegStatus.ANSWERED and is_machine(answered_by)
        outcome = AttemptOutcome.VOICEMAIL if heard else None
        return LegEvent(
            call_id=call_id, sequence=sequence, status=ours, at=at, outcome=outcome, leg=leg
        )
    sip_code = int(sip) if _SIP_CODE.fullmatch(sip) else None
    outcome = outcome_of(status, sip_code=sip_code, answered_by=answered_by, error_code=error_code)
    reasons = [
        f"SIP {sip_code}" if sip_code else "",
        f"error {error_code}" if _SMALL_NUMBER.fullmatch(error_code) else "",
    ]
    return LegEvent(
        call_id=call_id,
        sequence=sequence,
        status=ours,
        at=at,
        outcome=outcome,
        talk_seconds=talk if status == "completed" else None,
        error=", ".join(filter(None, reasons)) or None if outcome in _EXPLAINED else None,
        leg=leg,
    )


def _leg_of(form: Mapping[str, str]) -> Leg:
    child = form.get("ParentCallSid") or form.get("Direction") == "outbound-dial"
    return Leg.CALLED if child else Leg.OPERATOR


def _status(field: str, text: str) -> LegStatus:
    try:
        return STATUSES[text]
    except KeyError:
        raise InvalidInput(f"expected one of {', '.join(STATUSES)}", field) from None


def _whole(field: str, text: str) -> int | None:
    if not text:
        return None
    if not _SMALL_NUMBER.fullmatch(text):
        raise InvalidInput("expected a whole number from 0", field)
    return int(text)


def _instant(text: str | None) -> datetime | None:
    """RFC 2822, as in callbacks; None for what is none, since the order never depends on it."""
    try:
        at = parsedate_to_datetime(text or "")
    except (ValueError, OverflowError):
        return None
    try:
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError:
        return None
