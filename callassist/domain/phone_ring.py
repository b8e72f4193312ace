"""Ringing the phone of somebody who may take something: whose turn it is, what keys mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from callassist.domain.call_task import Party
from callassist.domain.dial import LegEvent, LegStatus
from callassist.domain.results import AttemptOutcome, Disposition, Result

TAKE_KEY = "1"


class About(StrEnum):
    """What the phone rings for."""

    TASK = "task"  # a call task that waits: the duty rota in turn
    MISSED = "missed"  # the same, to the last operator of a language, who missed two offers
    ALARM = "alarm"  # a needs-you alarm, or the test of a channel
    PAGE = "page"  # a supervisor is needed: the desk's duty phone


# Where a page of the supervisor stands (a fact of its messages), and after which step it goes on.
DUTY_PHONE = "duty_phone"


class RingEnding(StrEnum):
    """How a ring ended; written to the log as it is."""

    TAKEN = "taken"  # 1 was pressed, and nobody had been faster
    TOO_LATE = "too_late"  # 1 was pressed, and somebody had it already
    REFUSED = "refused"  # another key: somebody else, please
    NO_KEY = "no_key"  # a person who pressed nothing, or a mailbox
    NOT_ANSWERED = "not_answered"
    WITHDRAWN = "withdrawn"  # not needed any more
    FAILED = "failed"  # the network could not ring it


class NotRung(StrEnum):
    """Why somebody whose turn it is was not rung; written to the log as it is."""

    NOBODY_ON_DUTY = "nobody_on_duty"
    NO_PHONE = "no_phone"
    HAS_WORK = "has_work"  # on a call that they took, or writing its result
    PHONE_BUSY = "phone_busy"  # it rings or talks for something else of ours
    NO_BRIDGE = "no_bridge"  # this phone network cannot ask for a key


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Somebody on the rota, and what is in the way of ringing them now."""

    position: int  # among those on duty now, from 0
    obstacle: NotRung | None = None


def whose_turn(candidates: Sequence[Candidate], last: int | None) -> Candidate | None:
    """Who is rung after the one at position `last`: the rota in order, and round again.

    Who cannot be rung is passed over; None when nobody can be.
    """
    count = len(candidates)
    first = 0 if last is None else last + 1
    order = (candidates[(first + step) % count] for step in range(count))
    return next((one for one in order if one.obstacle is None), None)


def ending_of(event: LegEvent) -> RingEnding | None:
    """What the end of a leg on which nothing was taken says; None while it goes on."""
    if event.status is not LegStatus.ENDED:
        return None
    if event.outcome is AttemptOutcome.PROVIDER_ERROR:
        return RingEnding.FAILED
    picked_up = (AttemptOutcome.ANSWERED, AttemptOutcome.VOICEMAIL, AttemptOutcome.HUNG_UP)
    return RingEnding.NO_KEY if event.outcome in picked_up else RingEnding.NOT_ANSWERED


# What a key says of a call to this party. Only what needs no further word: a language or a time
# to call back is written on the page.
RESULT_KEYS: dict[Party, dict[str, Result]] = {
    Party.GUEST: {
        "1": Disposition.GUEST_AGREED,
        "2": Disposition.GUEST_REFUSED,
        "3": AttemptOutcome.VOICEMAIL,
        "4": Disposition.WRONG_PERSON,
        "5": Disposition.ASKED_NOT_TO_BE_CALLED,
        "9": Disposition.EMERGENCY,
    },
    Party.HOST: {
        "1": Disposition.HOST_REACHED,
        "3": Disposition.HOST_NOT_REACHED,
    },
}

# By link there is room for more; a language or a time to call back are still missing.
LINK_RESULTS: dict[Party, tuple[Result, ...]] = {
    Party.GUEST: (
        Disposition.GUEST_AGREED,
        Disposition.GUEST_REFUSED,
        Disposition.NOT_NOISY_NOW,
        AttemptOutcome.VOICEMAIL,
        Disposition.NO_CONVERSATION,
        Disposition.BOOKER_NOT_ON_SITE,
        Disposition.WRONG_PERSON,
        Disposition.NOT_STAYING,
        Disposition.ASKED_NOT_TO_BE_CALLED,
        Disposition.HOSTILE,
        Disposition.EMERGENCY,
    ),
    Party.HOST: (Disposition.HOST_REACHED, Disposition.HOST_NOT_REACHED),
}


def known_without_asking(party: Party, outcome: AttemptOutcome | None) -> Result | None:
    """The result where the network's fact leaves nothing to say; None: somebody has to say it."""
    if outcome in (None, AttemptOutcome.ANSWERED, AttemptOutcome.HUNG_UP):
        return None
    if party is Party.GUEST or outcome is AttemptOutcome.INVALID_NUMBER:
        return outcome
    return Disposition.HOST_NOT_REACHED
