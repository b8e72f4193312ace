"""The rule for level sensors, written again the slow way, from the sentences of DESIGN 3.1.

It knows all readings at once, in order, and looks at every minute.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.domain.noise.home import Told

SILENT_AFTER, PERSIST_FOR, CALM_AFTER = 10, 30, 5


@dataclass
class _Running:
    """A breach that goes on."""

    first: int
    began: int
    last_loud: int
    escalated: int | None = None

    def closed(self, when: int, reason: str) -> Told:
        return Told(self.first, self.began, self.escalated, when, reason)


def one_sensor(readings: list[tuple[int, bool]]) -> list[Told]:
    """(minute, is loud) of one sensor, with gaps; the clock runs until long after the last."""
    told: list[Told] = []
    running: _Running | None = None
    before = readings[0][0]
    for when, loud in readings:
        gap, before = when - before, when
        if running and gap > SILENT_AFTER:
            if loud and gap <= PERSIST_FOR:
                running.began += gap
            else:
                reason = "sensor_lost" if gap > PERSIST_FOR else "calm"
                told.append(running.closed(running.last_loud, reason))
                running = None
        if loud:
            running = running or _Running(when, when, when)
            running.last_loud = when
            if running.escalated is None and when >= running.began + PERSIST_FOR:
                running.escalated = when
        elif running and when - running.last_loud >= CALM_AFTER:
            told.append(running.closed(when, "calm"))
            running = None
    if running:
        told.append(running.closed(running.last_loud, "sensor_lost"))
    return told


def steady_sensors(sensors: list[list[tuple[int, bool]]]) -> list[Told]:
    """Sensors without gaps that all end calm: overlapping stretches are one breach."""
    stretches = sorted(
        (each.first, each.ended or 0.0) for readings in sensors for each in one_sensor(readings)
    )
    joined: list[list[float]] = []
    for start, end in stretches:
        if joined and start <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([start, end])
    loud = sorted(when for readings in sensors for when, is_loud in readings if is_loud)
    return [
        Told(
            first=start,
            began=start,
            escalated=next((t for t in loud if start + PERSIST_FOR <= t <= end), None),
            ended=end,
            reason="calm",
        )
        for start, end in joined
    ]
