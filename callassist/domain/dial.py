"""One dial as the network tells it: any order, any multiplicity of events, one outcome."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from callassist.domain.results import AttemptOutcome


class DialMode(StrEnum):
    """Who puts a call through."""

    SERVER = "server"  # the network dials the called party itself (simulated)
    OWN_PHONE = "own_phone"  # it rings the operator's phone; "press 1" dials the called party
    SOFTPHONE = "softphone"  # the operator's browser; handing out the document is the dial
    AUTOMATIC = "automatic"  # nobody is there: the network speaks to the guest itself
    PHONED_BACK = "phoned_back"  # the called party phoned us; dialled from there was the operator
    OPERATOR = "operator"  # the operator dials by hand and presses started / ended


TWO_LEGS = frozenset({DialMode.OWN_PHONE, DialMode.SOFTPHONE, DialMode.PHONED_BACK})


def mode_chosen(modes: Sequence[DialMode], chosen: str | None) -> DialMode:
    """The way that was chosen where the network has it, else the network's first."""
    return next((mode for mode in modes if mode == chosen), modes[0])


class Leg(StrEnum):
    """Whose part of a call."""

    CALLED = "called"  # the guest's or the host's: it alone decides the outcome
    OPERATOR = "operator"


class DialState(StrEnum):
    """Where one dial stands. Terminal states never leave."""

    WAITING = "waiting"  # written down, waits for its turn (one call per second)
    DIALING = "dialing"  # committed just before the network was asked; a crash leaves it here
    IN_DOUBT = "in_doubt"  # the answer was lost; looked up, never dialled blindly
    PLACED = "placed"  # the network accepted it
    RINGING = "ringing"
    TALKING = "talking"
    ENDED = "ended"


LIVE = frozenset({DialState.DIALING, DialState.PLACED, DialState.RINGING, DialState.TALKING})
UNSETTLED = LIVE | {DialState.WAITING, DialState.IN_DOUBT}


class LegStatus(StrEnum):
    """Our words for what a network reports about the called party's leg."""

    QUEUED = "queued"
    RINGING = "ringing"
    ANSWERED = "answered"
    ENDED = "ended"


NO_LEG = "undialled:"  # before a call's id: it should have dialled somebody, and there is no leg


@dataclass(frozen=True, kw_only=True)
class LegEvent:
    """One report of the network; `outcome` and `talk_seconds` only with `ENDED`.

    But for `VOICEMAIL`: a network that listens says so while the mailbox talks.
    """

    call_id: str
    sequence: int
    status: LegStatus
    at: datetime
    outcome: AttemptOutcome | None = None
    talk_seconds: int | None = None
    error: str | None = None
    leg: Leg = Leg.CALLED


def believable(event: LegEvent, since: datetime, now: datetime) -> LegEvent:
    """The report with a time that can be: not before the dial was asked for, not yet to come.

    Whatever lies outside is of a clock that is wrong, the network's or ours, and would move the
    five minutes between two calls: it counts as of now. Networks tell whole seconds.
    """
    if since.replace(microsecond=0) <= event.at <= now:
        return event
    return replace(event, at=now)


@dataclass(frozen=True, kw_only=True)
class DialFacts:
    """What is known of one dial; the value that `reduce` folds events into."""

    state: DialState
    sequence: int = -1  # newest event folded in
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: AttemptOutcome | None = None
    talk_seconds: int | None = None


ASKED = DialFacts(state=DialState.DIALING)  # nothing heard of the network yet

_STATE_OF = {
    LegStatus.QUEUED: DialState.PLACED,
    LegStatus.RINGING: DialState.RINGING,
    LegStatus.ANSWERED: DialState.TALKING,
    LegStatus.ENDED: DialState.ENDED,
}
_STATE_ORDER = (
    DialState.WAITING,
    DialState.DIALING,
    DialState.IN_DOUBT,
    DialState.PLACED,
    DialState.RINGING,
    DialState.TALKING,
    DialState.ENDED,
)
# When two reports of the end contradict each other, the later in this row is believed: nothing
# takes an answer back, and a network that heard a mailbox knows more than one that heard a voice.
_BELIEVED = (
    AttemptOutcome.NOT_CONNECTED,
    AttemptOutcome.PROVIDER_ERROR,
    AttemptOutcome.CANCELLED,
    AttemptOutcome.NO_ANSWER,
    AttemptOutcome.UNREACHABLE,
    AttemptOutcome.INVALID_NUMBER,
    AttemptOutcome.BUSY,
    AttemptOutcome.DECLINED,
    AttemptOutcome.HUNG_UP,
    AttemptOutcome.ANSWERED,
    AttemptOutcome.VOICEMAIL,
)
_SPOKEN = frozenset({AttemptOutcome.ANSWERED, AttemptOutcome.HUNG_UP})


def reduce(facts: DialFacts, event: LegEvent, *, hung_up_under: timedelta) -> DialFacts:
    """Fold one report in; folding the same reports in any order, any often, gives equal facts.

    Every field only ever climbs (state, talk, how far an outcome is believed), so arrival decides
    nothing and `ENDED` never leaves. An answered call that ended before `hung_up_under` is
    `HUNG_UP`. An end without an outcome is `NO_ANSWER` unless an answer or talk was reported. A
    mailbox that was heard is kept until the end, and is the outcome whatever else is said.
    """
    ended = event.status is LegStatus.ENDED
    talk = _largest(facts.talk_seconds, event.talk_seconds if ended else None)
    answered_at = _earliest(
        facts.answered_at, event.at if event.status is LegStatus.ANSWERED else None
    )
    ended_at = _latest(facts.ended_at, event.at if ended else None)
    state = max(facts.state, _STATE_OF[event.status], key=_STATE_ORDER.index)
    outcome = _heard(facts, event)
    if state is DialState.ENDED:
        reported = event.outcome or AttemptOutcome.NO_ANSWER if ended else None
        said = [each for each in (facts.outcome, reported, outcome) if each]
        strongest = max(said, key=_BELIEVED.index, default=AttemptOutcome.NO_ANSWER)
        length = _talk_length(talk, answered_at, ended_at)
        outcome = _outcome(strongest, answered_at, talk, length, hung_up_under)
    return DialFacts(
        state=state,
        sequence=max(facts.sequence, event.sequence),
        answered_at=answered_at,
        ended_at=ended_at,
        outcome=outcome,
        talk_seconds=talk,
    )


def reduce_all(
    events: Iterable[LegEvent], *, hung_up_under: timedelta, facts: DialFacts = ASKED
) -> DialFacts:
    """Fold every report into `facts` (default: a dial that was asked for, nothing heard)."""
    for event in events:
        facts = reduce(facts, event, hung_up_under=hung_up_under)
    return facts


def ended_by_us(
    outcome: AttemptOutcome, hung_up_at: datetime | None, ended_at: datetime
) -> AttemptOutcome:
    """The outcome when we asked for the end at `hung_up_at`: then "no answer" is our own doing.

    A network that ends a called leg with the line it was dialled from reports that nobody answered;
    only a call that was ended directly it calls cancelled. Networks tell whole seconds.
    """
    if outcome is not AttemptOutcome.NO_ANSWER or hung_up_at is None:
        return outcome
    was_first = hung_up_at.replace(microsecond=0) <= ended_at
    return AttemptOutcome.CANCELLED if was_first else outcome


def talk_length(facts: DialFacts) -> timedelta | None:
    """How long was talked: as reported, else from answer to end; None without an answer."""
    return _talk_length(facts.talk_seconds, facts.answered_at, facts.ended_at)


def _heard(facts: DialFacts, event: LegEvent) -> AttemptOutcome | None:
    """The mailbox that was heard; what else a call was is known at its end only."""
    heard = AttemptOutcome.VOICEMAIL in (facts.outcome, event.outcome)
    return AttemptOutcome.VOICEMAIL if heard else None


def _outcome(
    said: AttemptOutcome,
    answered_at: datetime | None,
    talk: int | None,
    length: timedelta | None,
    hung_up_under: timedelta,
) -> AttemptOutcome:
    if said is AttemptOutcome.VOICEMAIL:
        return said
    if said not in _SPOKEN and answered_at is None and not talk:
        return said
    if length is not None:
        return AttemptOutcome.HUNG_UP if length < hung_up_under else AttemptOutcome.ANSWERED
    return said if said in _SPOKEN else AttemptOutcome.ANSWERED


def _talk_length(
    talk: int | None, answered_at: datetime | None, ended_at: datetime | None
) -> timedelta | None:
    if talk is not None:
        return timedelta(seconds=talk)
    if answered_at is None or ended_at is None:
        return None
    return max(ended_at - answered_at, timedelta())


def _largest(one: int | None, other: int | None) -> int | None:
    return max((each for each in (one, other) if each is not None), default=None)


def _earliest(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((each for each in (one, other) if each is not None), default=None)


def _latest(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((each for each in (one, other) if each is not None), default=None)
