"""Calls as their resource tells them, as events of ours."""

from __future__ import annotations

from datetime import datetime

from callassist.domain.dial import Leg, LegEvent, LegStatus
from callassist.errors import InvalidInput, TransientError
from callassist.telephony.twilio.events import looked_up
from callassist.telephony.twilio.outcomes import STATUSES
from callassist.telephony.twilio.rest import KnownCall


def event_of_call(call: KnownCall, now: datetime, leg: Leg | None = None) -> LegEvent:
    """What is known of the call now; TransientError for what we cannot read.

    An answer is dated by the latest change, which is never before it: the time that the resource
    calls its start may be that of the dialling, and would make a short call long.
    """
    at = call.updated_at if STATUSES.get(call.status) is LegStatus.ANSWERED else call.ended_at
    try:
        return looked_up(
            call.call_id,
            call.status,
            at=at or call.updated_at or now,
            duration=call.duration,
            answered_by=call.answered_by,
            leg=leg or (Leg.CALLED if call.parent_call_id else Leg.OPERATOR),
        )
    except InvalidInput as error:
        raise TransientError(
            f"Twilio tells of a call what we cannot read ({error.field})"
        ) from None
