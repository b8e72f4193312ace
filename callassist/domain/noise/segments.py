"""The moves of one sensor's segments; each returns the new tuple of segments."""

from __future__ import annotations

from callassist.domain.noise.instants import NEVER
from callassist.domain.noise.rules import Plan
from callassist.domain.noise.state import Hearing, How, Segment, Source

Segments = tuple[Segment, ...]


def running(source: Source) -> Segment | None:
    """The segment that is open, if one is; it is always the sensor's last."""
    if source.segments and source.segments[-1].how == How.OPEN:
        return source.segments[-1]
    return None


def as_gap(source: Source, segment: Segment, plan: Plan, back: int | None = None) -> Segment:
    """The open segment, left by silence when the sensor was last heard.

    A source that is on was loud for as long as it was heard. `back`: it is heard again, calm.
    """
    silence = plan.source(source.sensor_id).silence or 0
    end = source.heard_at
    until = end + max(plan.persist_for(segment.part), silence)
    unheard_from = end if source.hearing == Hearing.OFFLINE else end + silence
    if segment.on_from is not None:
        segment = segment._replace(
            last_loud=end, proof=None if segment.proof is None else max(segment.proof, end)
        )
    return segment._replace(how=How.GAP, end=end, unheard_from=unheard_from, until=until, back=back)


def sure_until(source: Source, segment: Segment, plan: Plan) -> int:
    """Until when an open segment covers, whatever its sensor's next event says.

    A level sensor may have said already that it is calm, and we may not have heard it yet; but a
    lull shorter than calm_after ends nothing. What a source says on change is taken as it is.
    """
    if segment.on_from is not None:
        return source.heard_at if source.hearing else NEVER
    lull = segment.last_loud + plan.calm_after(segment.part)
    silence = source.heard_at + (plan.source(source.sensor_id).silence or 0)
    return max(source.heard_at, min(lull, silence))


def replace_last(source: Source, *segments: Segment) -> Segments:
    """The sensor's segments with the last one replaced."""
    return (*source.segments[:-1], *segments)


def floor(segments: Segments) -> int:
    """The earliest instant at which another part of this sensor can have begun.

    A notice tells of noise before it; that must not reach back into what has been told to be over.
    """
    if not segments:
        return 0
    last = segments[-1]
    if last.how != How.GAP:
        return last.end + 1
    return (last.until if last.back is None else min(last.back, last.until)) + 1


def louder(peak: float | None, level: float | None) -> float | None:
    """The higher of two levels, either of which may be unknown."""
    if peak is None or level is None:
        return level if peak is None else peak
    return max(peak, level)


def latest(known: int | None, at: int, *, late: bool) -> int | None:
    """The proof after a loud event at `at`: a late one proves nothing."""
    return known if late else at
