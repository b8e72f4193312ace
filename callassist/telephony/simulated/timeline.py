"""When a simulated call rings, is answered and ends: planned when placed, cut when hung up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from callassist.domain.dial import LegEvent, LegStatus
from callassist.domain.results import AttemptOutcome
from callassist.telephony.simulated.numbers import Behaviour

HANG_UP_AT_ONCE = timedelta(seconds=2)

_SET_UP = (1.0, 3.0)  # seconds until it rings
_RING = {  # seconds of ringing until the far end does something
    Behaviour.ANSWERS: (4.0, 16.0),
    Behaviour.VOICEMAIL: (15.0, 25.0),
    Behaviour.HANGS_UP: (3.0, 12.0),
    Behaviour.DECLINES: (2.0, 10.0),
}
_NETWORK_SAYS = {  # seconds until the network gives up without ringing
    Behaviour.BUSY: (1.0, 3.0),
    Behaviour.UNREACHABLE: (3.0, 9.0),
}
_ENDING = {
    Behaviour.ANSWERS: AttemptOutcome.ANSWERED,
    Behaviour.RINGS_LONG: AttemptOutcome.ANSWERED,
    Behaviour.HANGS_UP: AttemptOutcome.ANSWERED,  # a network reports a short call, no reason
    Behaviour.VOICEMAIL: AttemptOutcome.VOICEMAIL,
    Behaviour.NO_ANSWER: AttemptOutcome.NO_ANSWER,
    Behaviour.BUSY: AttemptOutcome.BUSY,
    Behaviour.DECLINES: AttemptOutcome.DECLINED,
    Behaviour.UNREACHABLE: AttemptOutcome.UNREACHABLE,
}


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """The whole life of one call; instants that lie ahead are the far end's plan."""

    placed_at: datetime
    ringing_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime
    outcome: AttemptOutcome

    @property
    def talk_seconds(self) -> int | None:
        """Whole seconds from the answer to the end; None when nobody picked up."""
        if self.answered_at is None:
            return None
        return round((self.ended_at - self.answered_at).total_seconds())

    def events(self, call_id: str) -> list[LegEvent]:
        """Every report of the network, numbered from 0 in the order in which things happen."""
        steps = (
            (LegStatus.QUEUED, self.placed_at),
            (LegStatus.RINGING, self.ringing_at),
            (LegStatus.ANSWERED, self.answered_at),
        )
        taken = [(status, at) for status, at in steps if at is not None]
        events = [
            LegEvent(call_id=call_id, sequence=sequence, status=status, at=at)
            for sequence, (status, at) in enumerate(taken)
        ]
        end = LegEvent(
            call_id=call_id,
            sequence=len(events),
            status=LegStatus.ENDED,
            at=self.ended_at,
            outcome=self.outcome,
            talk_seconds=self.talk_seconds,
        )
        return [*events, end]

    def latest_event(self, call_id: str, now: datetime) -> LegEvent | None:
        """What the network says of the call at `now`; None before it was accepted."""
        happened = [event for event in self.events(call_id) if event.at <= now]
        return happened[-1] if happened else None

    def cut(self, now: datetime) -> Timeline:
        """The call hung up by the caller at `now`: cancelled, or talked until now."""
        if self.ended_at <= now:
            return self
        answered = self.answered_at is not None and self.answered_at <= now
        ringing = self.ringing_at is not None and self.ringing_at <= now
        return replace(
            self,
            ringing_at=self.ringing_at if ringing else None,
            answered_at=self.answered_at if answered else None,
            ended_at=now,
            outcome=self.outcome if answered else AttemptOutcome.CANCELLED,
        )


def plan(
    behaviour: Behaviour,
    *,
    placed_at: datetime,
    ring_timeout: timedelta,
    talk: timedelta,
    random: Random,
) -> Timeline:
    """The life of a call to a far end which behaves so; `talk` counts if somebody talks."""
    outcome = _ENDING[behaviour]
    if behaviour in _NETWORK_SAYS:
        return Timeline(
            placed_at=placed_at,
            ringing_at=None,
            answered_at=None,
            ended_at=placed_at + _seconds(_NETWORK_SAYS[behaviour], random),
            outcome=outcome,
        )
    ringing_at = placed_at + _seconds(_SET_UP, random)
    ring = _ring(behaviour, ring_timeout, random)
    rung = Timeline(
        placed_at=placed_at,
        ringing_at=ringing_at,
        answered_at=None,
        ended_at=ringing_at + min(ring, ring_timeout),
        outcome=AttemptOutcome.NO_ANSWER,
    )
    if ring >= ring_timeout:
        return rung
    if behaviour is Behaviour.DECLINES:
        return replace(rung, outcome=outcome)
    spoken = HANG_UP_AT_ONCE if behaviour is Behaviour.HANGS_UP else talk
    return replace(
        rung, answered_at=rung.ended_at, ended_at=rung.ended_at + spoken, outcome=outcome
    )


def _ring(behaviour: Behaviour, ring_timeout: timedelta, random: Random) -> timedelta:
    if behaviour is Behaviour.NO_ANSWER:
        return ring_timeout
    if behaviour is Behaviour.RINGS_LONG:  # until the caller nearly gives up
        return ring_timeout * random.uniform(0.8, 0.95)
    return _seconds(_RING[behaviour], random)


def _seconds(between: tuple[float, float], random: Random) -> timedelta:
    return timedelta(seconds=round(random.uniform(*between), 3))
