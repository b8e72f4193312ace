"""Since when the service has been up without a gap, in its own time.

A sensor counts as silent only after a time in which we could have heard it: after a restart, or
a machine that slept, every sensor gets a fresh one.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from callassist.models.types import from_micros, to_micros
from callassist.storage.facts import get_fact, put_fact

OUTAGE_AFTER = timedelta(seconds=60)
_FACT = "heartbeat"


def heartbeat(
    session: Session, now: datetime, *, outage_after: timedelta = OUTAGE_AFTER
) -> datetime:
    """Write down that the service is up at `now`; returns since when it is.

    Call it at the start and then at least three times per `outage_after` (on a scaled clock give
    a longer one). A longer gap since the last call was an outage: up since `now`. A clock that
    went backwards is no outage.
    """
    fact = get_fact(session, _FACT)
    up_since = now
    if fact is not None and now - from_micros(fact["last"]) <= outage_after:
        up_since = min(from_micros(fact["up_since"]), now)
    put_fact(session, _FACT, {"last": to_micros(now), "up_since": to_micros(up_since)}, now=now)
    return up_since


def service_up_since(session: Session, now: datetime) -> datetime:
    """Since when the service has been up as of the last heartbeat; `now` when it never beat."""
    fact = get_fact(session, _FACT)
    return now if fact is None else min(from_micros(fact["up_since"]), now)


def last_heartbeat(session: Session) -> datetime | None:
    """When the service last said that it is up; None when it never did."""
    fact = get_fact(session, _FACT)
    return None if fact is None else from_micros(fact["last"])
