"""The results that an operator can choose from, each with what happens next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from callassist.domain.call_task import Party
from callassist.domain.results import GUEST_RULES, AttemptOutcome, Disposition, NextStep, Result
from callassist.web.pages import words
from callassist.web.pages.desk.card import TaskCard
from callassist.web.translate import gettext as _

A, D = AttemptOutcome, Disposition
_SPOKEN: tuple[Result, ...] = (
    *(D.GUEST_AGREED, D.NOT_NOISY_NOW, D.BOOKER_NOT_ON_SITE, D.CALL_BACK_REQUESTED),
    *(D.GUEST_REFUSED, D.HOSTILE, D.ASKED_NOT_TO_BE_CALLED, D.WRONG_PERSON, D.NOT_STAYING),
    *(D.LANGUAGE_BARRIER, D.EMERGENCY, D.NO_CONVERSATION, D.LINE_DROPPED),
)
_PICKED_UP: tuple[Result, ...] = (A.HUNG_UP, A.VOICEMAIL)
_UNANSWERED: tuple[Result, ...] = (
    *(A.NO_ANSWER, A.BUSY, A.DECLINED, A.VOICEMAIL, A.HUNG_UP, A.UNREACHABLE, A.INVALID_NUMBER),
)
_NOBODY_SPOKE = frozenset({A.NO_ANSWER, A.BUSY, A.DECLINED, A.UNREACHABLE, A.INVALID_NUMBER})


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One result; `value` goes to the service."""

    value: str
    text: str
    next: str


def choices(card: TaskCard) -> list[Choice]:
    """Results that fit the call: who was phoned, and what the network said."""
    return [
        Choice(value=str(one), text=words.result(str(one)), next=_next(card, one))
        for one in _fitting(card)
    ]


def preset(card: TaskCard) -> str:
    """What the network's fact suggests; nothing where a person was spoken to."""
    if card.outcome is None or card.outcome == A.ANSWERED:
        return ""
    if card.party is Party.HOST and card.outcome != A.INVALID_NUMBER:
        return str(D.HOST_NOT_REACHED)
    return card.outcome


def _fitting(card: TaskCard) -> Iterator[Result]:
    unanswered = card.outcome in _NOBODY_SPOKE
    if card.party is Party.HOST:
        if not unanswered:
            yield D.HOST_REACHED
        yield D.HOST_NOT_REACHED
        yield A.INVALID_NUMBER
        return
    if not unanswered:
        yield from _SPOKEN
    if unanswered or card.outcome is None:
        yield from _UNANSWERED
    else:
        yield from _PICKED_UP


def _next(card: TaskCard, result: Result) -> str:
    if card.party is Party.HOST:
        if result is D.HOST_REACHED:
            return _("We watch whether it gets quiet.")
        if result is D.HOST_NOT_REACHED:
            return _("The host is called once more in 5 minutes, or the next contact.")
        return _("The number is flagged; the next contact is called at once.")
    step = GUEST_RULES[result].next_step
    if step is NextStep.NEXT_ATTEMPT and card.attempt >= card.attempts:
        return _("That was the last attempt: the host is called.")
    if result is D.HOSTILE:
        return _("The host is told and called. You get a break.")
    return _steps(card)[step]


def _steps(card: TaskCard) -> dict[NextStep, str]:
    return {
        NextStep.FOLLOW_UP: _("We watch whether it gets quiet."),
        NextStep.REFUSED: _("The host is told and called."),
        NextStep.STOP_AND_PHONE_HOST: _("The guest is not phoned again; the host is called."),
        NextStep.EMERGENCY: _("Supervisor and host are told at once; read the safety card."),
        NextStep.NEXT_NUMBER: _("The number is flagged; the next one is called, else the host."),
        NextStep.ANOTHER_LANGUAGE: _("Say which language below: a colleague who speaks it calls."),
        NextStep.CALL_BACK: _("Say when below: 5 to 15 minutes from now."),
        NextStep.NEXT_ATTEMPT: _(
            "Called again in 5 minutes: attempt %(next)s of %(all)s.",
            next=card.attempt + 1,
            all=card.attempts,
        ),
        NextStep.CONTINUE_NOW: _("Call again at once; this does not count as an attempt."),
        NextStep.SAME_ATTEMPT_LATER: _("The same attempt is made again in 5 minutes."),
        NextStep.OUR_FAULT: _("The same attempt is made again in a minute."),
    }
