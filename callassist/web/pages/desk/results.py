"""The results that an operator can choose from, each with what policy says happens next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from callassist.domain.call_task import Party
from callassist.domain.results import GUEST_RULES, AttemptOutcome, Disposition, Result
from callassist.escalation.foretelling import Foretold
from callassist.escalation.policy import (
    CallAgain,
    CallHostAgain,
    CloseQuiet,
    GuestDecision,
    HostDecision,
    HostReason,
    PhoneHost,
    Reached,
)
from callassist.web.pages import times, words
from callassist.web.translate import gettext as _

A, D = AttemptOutcome, Disposition
# the nine that end nearly every call; a digit always means the same
_GUEST_TILES: dict[Result, str] = {
    D.GUEST_AGREED: "1",
    D.GUEST_REFUSED: "2",
    D.NOT_NOISY_NOW: "3",
    D.WRONG_PERSON: "4",
    A.NO_ANSWER: "5",
    A.VOICEMAIL: "6",
    A.HUNG_UP: "7",
    A.INVALID_NUMBER: "8",
    D.LANGUAGE_BARRIER: "9",
}
_HOST_TILES: dict[Result, str] = {D.HOST_REACHED: "1", D.HOST_NOT_REACHED: "5"}
_HOST_TILES[A.INVALID_NUMBER] = "8"
_SPOKEN: tuple[Result, ...] = (
    *(D.GUEST_AGREED, D.GUEST_REFUSED, D.NOT_NOISY_NOW, D.WRONG_PERSON, D.LANGUAGE_BARRIER),
    *(D.BOOKER_NOT_ON_SITE, D.CALL_BACK_REQUESTED, D.HOSTILE, D.ASKED_NOT_TO_BE_CALLED),
    *(D.NOT_STAYING, D.NO_CONVERSATION, D.LINE_DROPPED, D.EMERGENCY),
)
_PICKED_UP: tuple[Result, ...] = (A.HUNG_UP, A.VOICEMAIL)
_UNANSWERED: tuple[Result, ...] = (
    *(A.NO_ANSWER, A.BUSY, A.DECLINED, A.VOICEMAIL, A.HUNG_UP, A.UNREACHABLE, A.INVALID_NUMBER),
)
_NOBODY_SPOKE = frozenset({A.NO_ANSWER, A.BUSY, A.DECLINED, A.UNREACHABLE, A.INVALID_NUMBER})


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One result; `value` goes to the service, `key` is its digit, `next` what it leads to."""

    value: str
    text: str
    next: str
    key: str


@dataclass(frozen=True, kw_only=True)
class Choices:
    """Tiles first, then those that are rare; `preset` is what the network's fact suggests."""

    tiles: tuple[Choice, ...]
    rare: tuple[Choice, ...]
    preset: str
    languages: tuple[tuple[str, str], ...]


def choices(
    party: Party, outcome: str | None, attempts: int, zone: ZoneInfo, foretold: Foretold
) -> Choices:
    """Results that fit the call: who was phoned, and what the network said."""
    tell = _Teller(attempts, zone, foretold)
    return _choices(party, outcome, tell.of, tell.languages(foretold.by_language))


def choices_unasked(party: Party, languages: Iterable[str]) -> Choices:
    """Whatever may fit, without what follows: for a browser that cannot ask when the call ends."""
    named = ((code, words.spoken(code)) for code in languages)
    return _choices(party, None, lambda result: "", named)


def _choices(
    party: Party,
    outcome: str | None,
    follows: Callable[[Result], str],
    languages: Iterable[tuple[str, str]],
) -> Choices:
    keys = _HOST_TILES if party is Party.HOST else _GUEST_TILES
    likely = preset(party, outcome)
    shown = [
        Choice(
            value=str(one), text=words.result(str(one)), next=follows(one), key=keys.get(one, "")
        )
        for one in sorted(_fitting(party, outcome), key=lambda one: keys.get(one, "~"))
    ]
    return Choices(
        tiles=tuple(one for one in shown if one.key or one.value == likely),
        rare=tuple(one for one in shown if not one.key and one.value != likely),
        preset=likely,
        languages=tuple(languages),
    )


def preset(party: Party, outcome: str | None) -> str:
    """What the network's fact suggests; nothing where a person was spoken to."""
    if outcome is None or outcome == A.ANSWERED:
        return ""
    if party is Party.HOST and outcome != A.INVALID_NUMBER:
        return str(D.HOST_NOT_REACHED)
    return outcome


def _fitting(party: Party, outcome: str | None) -> Iterator[Result]:
    unanswered = outcome in _NOBODY_SPOKE
    if party is Party.HOST:
        if not unanswered:
            yield D.HOST_REACHED
        yield D.HOST_NOT_REACHED
        yield A.INVALID_NUMBER
        return
    if not unanswered:
        yield from _SPOKEN
    if unanswered or outcome is None:
        yield from _UNANSWERED
    else:
        yield from _PICKED_UP


class _Teller:
    """Says a decision of the policy as a sentence."""

    def __init__(self, attempts: int, zone: ZoneInfo, foretold: Foretold) -> None:
        self._attempts, self._zone, self._foretold = attempts, zone, foretold

    def of(self, result: Result) -> str:
        if self._foretold.over:
            return _("This was ended meanwhile: nobody else is called.")
        if result is D.LANGUAGE_BARRIER and self._foretold.by_language:
            return _("Say which language below: a colleague who speaks it calls.")
        if result is D.CALL_BACK_REQUESTED:
            return _("Say when below: 5 to 15 minutes from now.")
        told = self._decision(self._foretold.by_result[result])
        if result is D.HOSTILE:
            return " ".join((told, _("You get a break.")))
        rule = GUEST_RULES.get(result)
        if rule is not None and rule.flags_number:
            return " ".join((_("The number is flagged."), told))
        return told

    def languages(self, by_language: Mapping[str, GuestDecision]) -> Iterator[tuple[str, str]]:
        """Each language with what naming it would lead to."""
        for code, decision in by_language.items():
            yield code, f"{words.spoken(code)} – {self._decision(decision)}"

    def _decision(self, decision: GuestDecision | HostDecision) -> str:
        if isinstance(decision, Reached):
            return _("We watch whether it gets quiet.")
        if isinstance(decision, CloseQuiet):
            return _("It is quiet by now: nobody else is called.")
        if isinstance(decision, PhoneHost):
            return self._host(decision.reason)
        if isinstance(decision, CallAgain):
            return self._again(decision)
        if isinstance(decision, CallHostAgain):
            at = times.clock(decision.available_at, self._zone)
            if decision.dial > 1:
                return _("The same contact is called again at %(at)s.", at=at)
            return _("The next contact is called at once.")
        return _("Nobody is left to call: the host is told on every channel.")

    def _again(self, decision: CallAgain) -> str:
        at = times.clock(decision.available_at, self._zone)
        if decision.continuation and decision.language is None:
            return _("Call again at once; this does not count as an attempt.")
        if decision.continuation:
            return _("A colleague who is free calls at once.")
        if decision.attempt_number >= self._attempts:
            return _("We try again at %(at)s, for the last time. Then the host is called.", at=at)
        return _(
            "We try again at %(at)s. The host hears after attempt %(all)s.",
            at=at,
            all=self._attempts,
        )

    def _host(self, reason: HostReason) -> str:
        told = {
            HostReason.REFUSED: _("The host is told and called."),
            HostReason.ASKED_NOT_TO_BE_CALLED: _(
                "The guest is not phoned again; the host is called."
            ),
            HostReason.EMERGENCY: _(
                "Supervisor and host are told at once. Nobody phones this guest again."
            ),
            HostReason.NO_NUMBER: _("No other number is known: the host is called."),
            HostReason.LANGUAGE: _("Nobody on shift speaks it: the host is called."),
            HostReason.ATTEMPTS_USED: _("That was the last attempt: the host is called."),
        }
        return told.get(reason, _("The host is called."))
