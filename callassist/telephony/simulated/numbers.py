"""Who picks up: what the far end does is chosen by the number that is dialled.

`+1 202 555 01NN` (reserved for fiction, yet a valid number): the tens of NN choose the behaviour
and the key pressed at a spoken menu, its last digit the minutes of talk. Any other number behaves
by a seeded mix.
"""

from __future__ import annotations

import re
from datetime import timedelta
from enum import StrEnum
from random import Random


class Behaviour(StrEnum):
    """What the called party does."""

    ANSWERS = "answers"
    RINGS_LONG = "rings_long"  # and then answers
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    VOICEMAIL = "voicemail"
    HANGS_UP = "hangs_up"  # picks up, and is gone two seconds later
    DECLINES = "declines"
    UNREACHABLE = "unreachable"
    INVALID_NUMBER = "invalid_number"  # refused when dialled
    REFUSED = "refused"  # refused on creation of the call


REFUSED_NUMBER = "+15005550001"
NO_KEY = ""

_SIMULATED = re.compile(r"\+120255501([0-9])([0-9])")
_BY_TENS = (
    Behaviour.ANSWERS,
    Behaviour.ANSWERS,
    Behaviour.NO_ANSWER,
    Behaviour.BUSY,
    Behaviour.VOICEMAIL,
    Behaviour.HANGS_UP,
    Behaviour.DECLINES,
    Behaviour.UNREACHABLE,
    Behaviour.INVALID_NUMBER,
    Behaviour.RINGS_LONG,
)
# an ordinary evening, in calls of a hundred
_MIX = {
    Behaviour.ANSWERS: 42,
    Behaviour.RINGS_LONG: 6,
    Behaviour.NO_ANSWER: 24,
    Behaviour.VOICEMAIL: 12,
    Behaviour.BUSY: 5,
    Behaviour.DECLINES: 5,
    Behaviour.UNREACHABLE: 4,
    Behaviour.HANGS_UP: 2,
}

_KEYS_BY_TENS = {"0": "1", "1": "2"}
_KEY_SHARES = (("1", 0.55), ("2", 0.7))  # and the rest press nothing


def is_simulated_number(e164: str) -> bool:
    """Whether the number belongs to nobody and its behaviour is written in it."""
    return e164 == REFUSED_NUMBER or _SIMULATED.fullmatch(e164) is not None


def written_behaviour(e164: str) -> Behaviour | None:
    """The behaviour that the number itself says; None for any other number."""
    if e164 == REFUSED_NUMBER:
        return Behaviour.REFUSED
    written = _SIMULATED.fullmatch(e164)
    return _BY_TENS[int(written.group(1))] if written else None


def behaviour_of(e164: str, random: Random) -> Behaviour:
    """What the far end does; `random` decides only for numbers that say nothing themselves."""
    return written_behaviour(e164) or random.choices(list(_MIX), weights=list(_MIX.values()))[0]


def key_of(e164: str, chance: float) -> str:
    """The key for a spoken menu: 00-09 press 1, 10-19 press 2, 90-99 none, others by chance."""
    written = _SIMULATED.fullmatch(e164)
    if written is not None:
        return _KEYS_BY_TENS.get(written.group(1), NO_KEY)
    return next((key for key, share in _KEY_SHARES if chance < share), NO_KEY)


def talk_of(e164: str, random: Random) -> timedelta:
    """How long the far end talks: the last digit in minutes (0: half a minute), else seeded."""
    written = _SIMULATED.fullmatch(e164)
    if written is None:
        return timedelta(seconds=random.randint(30, 240))
    return timedelta(minutes=int(written.group(2)) or 0.5)
