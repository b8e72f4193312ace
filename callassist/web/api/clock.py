"""`/clock`: the service's time, which a scaled night runs ahead of the real one."""

from __future__ import annotations

from callassist.web.api.fields import Instant, Output
from callassist.web.api.routing import EVERYBODY, Ask, Route


class ClockOut(Output):
    """What time it is here, and how much faster than real time it runs."""

    now: Instant
    speed: float


def show(ask: Ask) -> ClockOut:
    return ClockOut(now=ask.now, speed=ask.service.clock.speed)


ROUTES = (
    Route(
        method="GET",
        path="/clock",
        summary="The service's time",
        scopes=EVERYBODY,
        run=show,
        answer=ClockOut,
    ),
)
