"""Who picks up: phones that are scripted, and numbers that say themselves what they do.

`+1 202 555 01NN`: the tens of NN choose the behaviour, the last digit the minutes of talk.
`+1 500 555 000N` are the magic numbers of Twilio's own test credentials (iam/test-credentials).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Behaviour(StrEnum):
    """What the called party does."""

    ANSWERS = "answers"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    DECLINED = "declined"
    UNREACHABLE = "unreachable"
    INVALID = "invalid"
    VOICEMAIL = "voicemail"
    HANGS_UP = "hangs-up"  # picks up, and is gone two seconds later
    DROPS = "drops"  # the line breaks in the middle of a sentence


@dataclass(frozen=True, kw_only=True)
class FarEnd:
    """One phone. Times in seconds; `presses` is taken key by key, one Gather after the other."""

    behaviour: Behaviour = Behaviour.ANSWERS
    ring: float = 6
    talk: float = 60
    presses: tuple[str, ...] = ()
    presses_after: float = 2
    speaks: bool = True  # a silent person is `unknown` to answering-machine detection
    status: str | None = None  # how an unanswered call ends, where carriers differ
    sip: int | None = None
    sms: str = "delivered"  # or undelivered, failed
    sms_error: int | None = None
    line_type: str = "mobile"


# how an unanswered call ends: status, SIP code
ENDINGS: dict[Behaviour, tuple[str, int]] = {
    Behaviour.BUSY: ("busy", 486),
    Behaviour.NO_ANSWER: ("no-answer", 487),
    Behaviour.DECLINED: ("busy", 603),
    Behaviour.UNREACHABLE: ("failed", 480),
    Behaviour.INVALID: ("failed", 404),
}
# phones that never ring: the carrier answers at once
SILENT = {Behaviour.BUSY, Behaviour.UNREACHABLE, Behaviour.INVALID}

MAGIC_FROM = "+15005550006"
MAGIC_CALLS = {
    "+15005550001": 21217,
    "+15005550002": 21214,
    "+15005550003": 21215,
    "+15005550004": 21216,
}
MAGIC_TEXTS = {
    "+15005550001": 21211,
    "+15005550002": 21612,
    "+15005550003": 21408,
    "+15005550004": 21610,
    "+15005550009": 21614,
}

_WRITTEN = re.compile(r"\+120255501([0-9])([0-9])")
_BY_TENS = (
    FarEnd(),
    FarEnd(),
    FarEnd(behaviour=Behaviour.NO_ANSWER),
    FarEnd(behaviour=Behaviour.BUSY),
    FarEnd(behaviour=Behaviour.VOICEMAIL, ring=20),
    FarEnd(behaviour=Behaviour.HANGS_UP),
    FarEnd(behaviour=Behaviour.DECLINED),
    FarEnd(behaviour=Behaviour.UNREACHABLE, sms="undelivered", sms_error=30003),
    FarEnd(behaviour=Behaviour.INVALID, sms="undelivered", sms_error=30005),
    FarEnd(ring=24),
)
HANGS_UP_AFTER = 2.0


def scripted(
    behaviour: Behaviour | str = Behaviour.ANSWERS,
    *,
    presses: str | Sequence[str] = (),
    **details: object,
) -> FarEnd:
    """A phone of your own making; `presses="12"` is 1 at the first question, 2 at the second."""
    keys = (presses,) if isinstance(presses, str) and presses else tuple(presses)
    return FarEnd(behaviour=Behaviour(behaviour), presses=keys, **details)  # type: ignore[arg-type]


def written(number: str) -> FarEnd:
    """What the number itself says; any other number is picked up and talks for a minute."""
    found = _WRITTEN.fullmatch(number)
    if found is None:
        return FarEnd()
    phone = _BY_TENS[int(found.group(1))]
    talk = 60.0 * int(found.group(2)) or 30.0
    return FarEnd(**{**phone.__dict__, "talk": talk})


def stays_for(phone: FarEnd) -> float:
    """Seconds from picking up until the far end is gone by itself."""
    return HANGS_UP_AFTER if phone.behaviour is Behaviour.HANGS_UP else phone.talk
