"""Forget breaches that nothing can touch any more, so that the state stays small."""

from __future__ import annotations

from callassist.domain.noise.instants import MINUTE
from callassist.domain.noise.rules import Plan
from callassist.domain.noise.state import Record, Source

_OLDEST = 24 * 60 * MINUTE  # older events are ignored anyway
_MOST_KEPT = 64  # breaches, for a home with a sensor that lags for hours


def pruned(
    sources: dict[int, Source], records: tuple[Record, ...], plan: Plan, now: int
) -> tuple[dict[int, Source], tuple[Record, ...]]:
    """Sources and records without the breaches that are over for good.

    A sensor's next event is newer than its last one, so what is older than the newest event of
    every sensor cannot change. One that lags keeps ended breaches, at most 64 for 24 hours.
    """
    mark = max(_watermark(sources, plan, now), now - _OLDEST)
    gone = 0
    for record in records:
        if record.ended is None or (record.spent > mark and len(records) - gone <= _MOST_KEPT):
            break
        gone += 1
    if not gone:
        return sources, records
    kept = records[gone:]
    # Breaches follow one another, so what began before the first one kept belongs to those gone.
    since = kept[0].first if kept else None
    thinned = {
        source.sensor_id: source._replace(
            segments=tuple(
                [each for each in source.segments if since is not None and each.start >= since]
            )
        )
        if source.segments
        else source
        for source in sources.values()
    }
    return thinned, kept


def _watermark(sources: dict[int, Source], plan: Plan, now: int) -> int:
    mark = now
    for sensor_id, rules in plan.sources.items():
        source = sources.get(sensor_id)
        if source is None:
            return now - _OLDEST
        mark = min(mark, source.last_at - rules.reaches_back)
    return mark
