"""The pace of the stage as the demo's own database keeps it, for both processes and restarts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from callassist.demo.pace import STILL, Piece
from callassist.models.types import from_micros, to_micros
from callassist.storage.facts import get_fact, put_fact

SPEEDS = (1.0, 30.0, 60.0, 300.0)
SKIPPING = 300.0  # what every machine plays in time, so that a skip ends near what it skipped to
SKIP_AT_MOST = timedelta(seconds=20)  # real: an hour and a half of the night
LEAD = timedelta(seconds=0.2)  # real, until a change holds: the other process looks more often
_FACT = "demo_pace"
_PIECES_KEPT = 30  # an hour ago nobody asks how fast it was


@dataclass(frozen=True, kw_only=True)
class Skip:
    """The night runs fast until something is told that is newer than `after`."""

    after: int  # id of the newest caption when it began
    until: datetime  # real: give up then


@dataclass(frozen=True, kw_only=True)
class KeptPace:
    """How the night ran and runs, and what was chosen."""

    pieces: tuple[Piece, ...]
    chosen: float  # the speed at which it plays, whether it plays now or not
    is_paused: bool = False
    skip: Skip | None = None

    @property
    def speed(self) -> float:
        """The speed that follows from what was chosen."""
        if self.skip is not None:
            return SKIPPING
        return STILL if self.is_paused else self.chosen


Change = Callable[[KeptPace], KeptPace]


def paused(kept: KeptPace) -> KeptPace:
    """The night stands."""
    return replace(kept, is_paused=True, skip=None)


def playing(kept: KeptPace) -> KeptPace:
    """The night runs at the chosen speed."""
    return replace(kept, is_paused=False, skip=None)


def at_speed(speed: float) -> Change:
    """The night runs at this speed; one of SPEEDS."""
    return lambda kept: replace(kept, chosen=speed, is_paused=False, skip=None)


def skipping(after: int, real: datetime) -> Change:
    """The night runs fast until something newer than `after` is told."""
    skip = Skip(after=after, until=real + SKIP_AT_MOST)
    return lambda kept: replace(kept, skip=skip)


def skipped(kept: KeptPace) -> KeptPace:
    """Something happened: on as before the skip."""
    return replace(kept, skip=None)


def begin_pace(session: Session, speed: float, *, epoch: datetime, real: datetime) -> KeptPace:
    """The night begins at `epoch`."""
    piece = Piece(origin=real, shown=epoch, speed=speed)
    kept = KeptPace(pieces=(piece,), chosen=speed)
    _keep(session, kept, real)
    return kept


def change_pace(session: Session, change: Change, real: datetime) -> KeptPace:
    """Write a change down; it holds in a moment (LEAD), or after the one that is to come."""
    kept = kept_pace(session)
    assert kept is not None, "the stage has no pace"
    changed = change(kept)
    if changed.speed != kept.speed:
        last = kept.pieces[-1]
        origin = max(real + LEAD, last.origin)
        piece = Piece(origin=origin, shown=last.at(origin), speed=changed.speed)
        changed = replace(changed, pieces=(*kept.pieces, piece)[-_PIECES_KEPT:])
    _keep(session, changed, real)
    return changed


def kept_pace(session: Session) -> KeptPace | None:
    """What is kept; None where there is no stage."""
    fact = get_fact(session, _FACT)
    if fact is None:
        return None
    skip = fact["skip"]
    return KeptPace(
        pieces=tuple(
            Piece(origin=from_micros(origin), shown=from_micros(shown), speed=speed)
            for origin, shown, speed in fact["pieces"]
        ),
        chosen=fact["chosen"],
        is_paused=fact["is_paused"],
        skip=skip and Skip(after=skip["after"], until=from_micros(skip["until"])),
    )


def _keep(session: Session, kept: KeptPace, real: datetime) -> None:
    skip = kept.skip and {"after": kept.skip.after, "until": to_micros(kept.skip.until)}
    fact = {
        "pieces": [
            [to_micros(each.origin), to_micros(each.shown), each.speed] for each in kept.pieces
        ],
        "chosen": kept.chosen,
        "is_paused": kept.is_paused,
        "skip": skip,
    }
    put_fact(session, _FACT, fact, now=real)
