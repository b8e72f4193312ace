"""Which incidents led another one's calls: several homes, one guest, one line of calls."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.models import Incident


def leaders_of(session: Session, incident: Incident) -> list[int]:
    """The ids up the line: the incident that led this one's calls, and whoever had led it before.

    A line that bites its tail, which nothing should write, is followed once.
    """
    found: list[int] = []
    above = incident.led_by_id
    while above is not None and above not in found:
        found.append(above)
        above = session.scalar(select(Incident.led_by_id).where(Incident.id == above))
    return found
