"""Somebody phones us: what they hear, decided from what is known about their number."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from callassist.domain.call_task import Party
from callassist.domain.incident import IncidentState


class Line(StrEnum):
    """Where a call that came in stands. Whatever is not RINGING, MENU or TALKING is its end."""

    RINGING = "ringing"  # the operator who holds the incident is rung
    TALKING = "talking"  # with that operator
    MENU = "menu"  # asked for a key
    QUEUED = "queued"  # wants to speak to somebody: first in the queue
    TURNED_DOWN = "turned_down"  # turns it down: dialling is held
    NOTED = "noted"  # said so before: noted, and calls go on
    NEUTRAL = "neutral"  # nobody whom we know, or no number: a kind sentence and nothing else
    TOO_OFTEN = "too_often"  # the same number again and again
    OVER = "over"  # nobody is phoned about it any more
    WITH_HOST = "with_host"  # the host is being spoken to just now
    GUEST_FIRST = "guest_first"  # a host, while the guest is being phoned


UNFINISHED = frozenset({Line.RINGING, Line.MENU, Line.TALKING})
PERSON_KEY, TURN_DOWN_KEY = "1", "2"
CALLING = frozenset({IncidentState.CALLING_GUEST, IncidentState.CALLING_HOST})


@dataclass(frozen=True, kw_only=True)
class Caller:
    """What is known of who phones, at one moment."""

    party: Party | None  # None: nobody whom we know, or no number was shown
    state: IncidentState | None  # of the incident that they mean
    task_party: Party | None  # whom the open call task is to, where there is one
    is_taken: bool  # an operator has that task, or is offered it
    can_reach: bool  # the operator who holds the incident can be rung now
    is_often: bool


def first_heard(caller: Caller) -> Line:
    """What a call begins with: the operator who holds the incident, else what is true."""
    if caller.party is None or caller.state is None:
        return Line.NEUTRAL
    if caller.is_often:
        return Line.TOO_OFTEN
    if caller.can_reach and caller.task_party is caller.party and caller.state in CALLING:
        return Line.RINGING
    return without_operator(caller)


def without_operator(caller: Caller) -> Line:
    """The same where nobody can be rung, or the operator did not pick up."""
    if caller.state in (None, IncidentState.FOLLOWING_UP, IncidentState.CLOSED):
        return Line.OVER
    if caller.party is Party.HOST:
        calls_host = caller.state is IncidentState.CALLING_HOST and caller.task_party is Party.HOST
        return Line.MENU if calls_host else Line.GUEST_FIRST
    if caller.state is IncidentState.CALLING_HOST and caller.is_taken:
        return Line.WITH_HOST if caller.task_party is Party.HOST else Line.MENU
    return Line.MENU


def may_turn_it_down(caller: Caller) -> bool:
    """Whether the second key is offered: to a guest, while dialling can still be held."""
    return caller.party is Party.GUEST and caller.state in (
        IncidentState.WATCHING,
        IncidentState.CALLING_GUEST,
    )


# Who phones from there probably understands this; only for callers of whom nothing is known.
_LANGUAGES = {
    "33": "fr", "352": "fr", "377": "fr",
    "49": "de", "43": "de", "41": "de",
    "39": "it", "34": "es", "48": "pl",
}  # fmt: skip


def language_of_number(e164: str) -> str:
    """By the number's country alone, so that it tells nothing about whom we know."""
    digits = e164.removeprefix("+")
    return next((_LANGUAGES[digits[:n]] for n in (3, 2) if digits[:n] in _LANGUAGES), "en")
