"""What one event changes at its sensor: whether it is heard, and its segments."""

from __future__ import annotations

from typing import NamedTuple

from callassist.domain.noise.events import ReadingKind
from callassist.domain.noise.rules import Plan, SourcePlan
from callassist.domain.noise.segments import (
    Segments,
    as_gap,
    floor,
    latest,
    louder,
    replace_last,
    running,
)
from callassist.domain.noise.state import Hearing, How, Segment, Source

# Of two events of one sensor at one instant the higher rank is the later one.
RANKS = {
    ReadingKind.HEARTBEAT: 0,
    ReadingKind.ONLINE: 1,
    ReadingKind.OFFLINE: 2,
    ReadingKind.LEVEL: 3,
    ReadingKind.NOISE_ENDED: 4,
    ReadingKind.NOISE_STARTED: 5,
    ReadingKind.NOTICE: 6,
    ReadingKind.NOTICE_ENDED: 7,
}
_OFF = (ReadingKind.NOISE_ENDED, ReadingKind.NOTICE_ENDED)


class Said(NamedTuple):
    """One event in whole numbers."""

    sensor_id: int
    at: int
    received: int
    kind: ReadingKind
    level: float | None
    number: int
    late: bool


def has_gap(source: Source, at: int, rules: SourcePlan, plan: Plan, up: int) -> bool:
    """Whether the sensor was silent between when it was last heard and `at`.

    In service uptime; but a running stretch does not outlive an outage of ours that is longer
    than any gap of the sensor itself may be.
    """
    if source.hearing == Hearing.OFFLINE:
        return True
    since = at - source.heard_at
    if rules.silence is None or since <= rules.silence:
        return False
    segment = running(source)
    return at - max(source.heard_at, up) > rules.silence or (
        segment is not None and since > plan.persist_for(segment.part)
    )


def heard(source: Source, said: Said, rules: SourcePlan, up: int, *, gap: bool) -> Source:
    """The source as it is heard after this event; its segments are not touched."""
    heard_at, hearing = said.at, Hearing.HEARD
    if said.kind is ReadingKind.OFFLINE:
        heard_at, hearing = (source.heard_at if gap else said.at), Hearing.OFFLINE
    elif (
        said.late and rules.silence is not None and said.received - max(said.at, up) > rules.silence
    ):
        hearing = Hearing.UNHEARD  # a backlog that comes in now does not say that it is heard now
    return Source(
        said.sensor_id, said.at, RANKS[said.kind], heard_at, int(hearing), source.segments
    )


def after_level(source: Source, said: Said, plan: Plan, uid: int, *, gap: bool) -> Segments:
    """The segments of a level sensor after a reading."""
    level = said.level or 0.0
    loud = level >= plan.threshold(said.at)
    segment = running(source)
    if segment is None:
        return (*source.segments, _begun(said, uid, said.at)) if loud else source.segments
    if gap:
        if not loud:
            return replace_last(source, as_gap(source, segment, plan, back=said.at))
        return _resumed(source, segment, said, plan, uid, said.at)
    peak = louder(segment.peak, level)
    if loud:
        proof = latest(segment.proof, said.at, late=said.late)
        return replace_last(source, segment._replace(last_loud=said.at, proof=proof, peak=peak))
    if said.at - segment.last_loud >= plan.calm_after(segment.part):
        return replace_last(source, segment._replace(how=How.CALM, end=said.at, peak=peak))
    return source.segments


def after_word(source: Source, said: Said, plan: Plan, uid: int, *, gap: bool) -> Segments:
    """The segments of a notice or state source after it, or its vendor, said something."""
    if said.kind is ReadingKind.OFFLINE:
        return source.segments
    if said.kind in _OFF:
        return _off(source, said, plan, gap=gap)
    if said.kind is ReadingKind.NOTICE:
        rules = plan.source(said.sensor_id)
        before = rules.notice_delay + (said.number - 1) * rules.notice_step
        return _on(source, said, plan, uid, said.at - before, gap=gap)
    if said.kind is ReadingKind.NOISE_STARTED:
        return _on(source, said, plan, uid, said.at, gap=gap)
    return _alive(source, said, plan, uid, gap=gap)


def _on(source: Source, said: Said, plan: Plan, uid: int, began: int, *, gap: bool) -> Segments:
    last = source.segments[-1] if source.segments else None
    if last is not None and last.how == How.OPEN:
        if gap:
            return _resumed(source, last, said, plan, uid, began)
        start = min(last.start, max(began, floor(source.segments[:-1])))
        return replace_last(source, _still_on(last, said)._replace(start=start))
    if last is not None and last.how == How.WANING and said.at <= last.end:
        again = last._replace(how=How.OPEN, end=0, on_from=said.at)
        return replace_last(source, _still_on(again, said))
    start = max(began, floor(source.segments))
    return (*source.segments, _begun(said, uid, start)._replace(on_from=said.at))


def _off(source: Source, said: Said, plan: Plan, *, gap: bool) -> Segments:
    segment = running(source)
    if segment is None:
        return source.segments
    if gap:
        return replace_last(source, as_gap(source, segment, plan, back=said.at))
    # It was on until just before now, whether or not this very event is late.
    proof = None if segment.proof is None else max(segment.proof, said.at - 1)
    closed = segment._replace(last_loud=said.at, proof=proof, peak=louder(segment.peak, said.level))
    if said.kind is ReadingKind.NOTICE_ENDED:
        return replace_last(source, closed._replace(how=How.CALM, end=said.at))
    end = said.at + plan.calm_after(segment.part)
    return replace_last(source, closed._replace(how=How.WANING, end=end))


def _alive(source: Source, said: Said, plan: Plan, uid: int, *, gap: bool) -> Segments:
    """A heartbeat, or the vendor says "online": the last word on noise stands."""
    segment = running(source)
    if segment is None or not gap:
        return source.segments
    left = as_gap(source, segment, plan)
    if said.at > left.until:
        return replace_last(source, left)
    proven = segment.proof is not None and not said.late
    again = _begun(said, uid, said.at)._replace(
        part=segment.part, on_from=said.at, peak=None, proof=said.at if proven else None
    )
    return replace_last(source, left, again)


def _begun(said: Said, uid: int, start: int) -> Segment:
    return Segment(
        uid=uid,
        start=start,
        part=start,
        last_loud=said.at,
        proof=None if said.late else said.at,
        peak=said.level,
    )


def _resumed(
    source: Source, segment: Segment, said: Said, plan: Plan, uid: int, began: int
) -> Segments:
    """Heard again loud after a gap: the part goes on, or if that was too long, another begins."""
    left = as_gap(source, segment, plan)
    on_from = None if segment.on_from is None else said.at
    if said.at <= left.until:
        again = _begun(said, uid, said.at)._replace(part=segment.part)
    else:
        again = _begun(said, uid, max(began, left.until + 1))
    return replace_last(source, left, again._replace(on_from=on_from))


def _still_on(segment: Segment, said: Said) -> Segment:
    first_proof = segment.proof is None and not said.late
    return segment._replace(
        last_loud=said.at,
        proof=latest(segment.proof, said.at, late=said.late),
        peak=louder(segment.peak, said.level),
        on_from=said.at if first_proof else segment.on_from,
    )
