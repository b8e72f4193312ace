"""What Twilio's words about the end of a leg mean in ours: one pure table.

Sources: Twilio's pages on call statuses and answering-machine detection, the SIP codes of RFC 3261
and RFC 8197 (607, 608). A status alone says little: carriers report a rejected call as busy or as
not answered, and a dead number as failed; the SIP code beside it is believed first.
"""

from __future__ import annotations

from callassist.domain.dial import LegStatus
from callassist.domain.results import AttemptOutcome

STATUSES = {
    "queued": LegStatus.QUEUED,
    "initiated": LegStatus.QUEUED,
    "ringing": LegStatus.RINGING,
    "in-progress": LegStatus.ANSWERED,
    "answered": LegStatus.ANSWERED,
    "completed": LegStatus.ENDED,
    "busy": LegStatus.ENDED,
    "no-answer": LegStatus.ENDED,
    "failed": LegStatus.ENDED,
    "canceled": LegStatus.ENDED,
}

_NO_SUCH_NUMBER = frozenset({404, 410, 484, 604})
_DECLINED = frozenset({603, 607, 608})
_BUSY = frozenset({486, 600})
_NOT_THERE = frozenset({408, 480})  # switched off, no network

# Errors of the called leg that Twilio reports beside it: only the first is about the number.
_NUMBER_ERRORS = frozenset({"13224", "21211", "21214", "21217", "21401"})
_OUR_ERRORS = frozenset(
    {
        "10004",  # too many calls at once for this account
        "13214",  # caller id not allowed
        "13225",  # blocked by Twilio
        "13227",  # country not switched on
        "13248",  # caller id not verified
        "20003",
        "20429",
        "21210",
        "21212",
        "21215",
        "21216",
        "21219",
    }
)


def is_machine(answered_by: str) -> bool:
    """Whether answering-machine detection heard a mailbox or a fax."""
    return answered_by.startswith("machine_") or answered_by in ("machine", "fax")


def outcome_of(
    status: str, *, sip_code: int | None = None, answered_by: str = "", error_code: str = ""
) -> AttemptOutcome:
    """What a leg with this final status led to.

    `completed` only says that somebody or something picked up; how long decides the rest.
    """
    if status in ("completed", "answered"):
        return AttemptOutcome.VOICEMAIL if is_machine(answered_by) else AttemptOutcome.ANSWERED
    if status == "canceled":
        return AttemptOutcome.CANCELLED
    if error_code in _OUR_ERRORS:
        return AttemptOutcome.PROVIDER_ERROR
    if sip_code in _DECLINED:
        return AttemptOutcome.DECLINED
    if status == "busy" or sip_code in _BUSY:
        return AttemptOutcome.BUSY
    if status == "no-answer":
        away = sip_code in _NOT_THERE or (sip_code is not None and 500 <= sip_code < 600)
        return AttemptOutcome.UNREACHABLE if away else AttemptOutcome.NO_ANSWER
    if sip_code in _NO_SUCH_NUMBER or error_code in _NUMBER_ERRORS:
        return AttemptOutcome.INVALID_NUMBER
    return AttemptOutcome.UNREACHABLE
