"""What the desk's duty phone was rung for lately: nobody is woken twice to hear the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.domain.phone_ring import DUTY_PHONE, RingEnding
from callassist.models import Notification, PhoneRing
from callassist.notifications.telling import NotificationStatus, Telling

# after that it is news that it is still so
SAME_FOR = timedelta(minutes=30)
_ON_THE_WAY = frozenset({"via", "after"})  # facts about the page's way, not of what it says
_HAVE_IT = frozenset({None, str(RingEnding.TAKEN)})  # still ringing, or "I take it"


class Rung(Enum):
    """What became of the ring for the same alarm of the same incident."""

    NOT_YET = "not yet"
    HAS_IT = "has it"  # it rings just now, or somebody pressed 1
    IN_VAIN = "in vain"  # nobody took it there, and whoever comes after was told


def rung_lately(session: Session, telling: Telling, now: datetime) -> Rung:
    """Whether the duty phone was rung for this alarm of this incident in the last half hour."""
    if telling.incident_id is None:
        return Rung.NOT_YET
    told = (
        select(Notification, PhoneRing.ending)
        .outerjoin(PhoneRing, PhoneRing.notification_id == Notification.id)
        .where(
            Notification.incident_id == telling.incident_id,
            Notification.desk_id == telling.desk_id,
            Notification.kind == telling.kind,
            Notification.status != NotificationStatus.SKIPPED,
            Notification.created_at > now - SAME_FOR,
        )
        .order_by(Notification.id.desc())
    )
    for earlier, ending in session.execute(told):
        if earlier.facts.get("via") == DUTY_PHONE and _says(earlier.facts) == _says(telling.facts):
            has_failed = earlier.status == NotificationStatus.FAILED
            return Rung.IN_VAIN if has_failed or ending not in _HAVE_IT else Rung.HAS_IT
    return Rung.NOT_YET


def _says(facts: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in facts.items() if name not in _ON_THE_WAY}
