"""What a guest wrote, as the people who deal with the incident are shown it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.bootstrap import Service
from callassist.domain.guest_reply import Fate, ReadBy, for_the_desk
from callassist.escalation.replies import replies
from callassist.models import Desk, GuestReply, Incident, Operator, Property

STILL_NEWS = timedelta(hours=24)  # a board does not show older ones, read or not


@dataclass(frozen=True, kw_only=True)
class ShownReply:
    """One reply; `desk_name` is who read it, where that was at a desk."""

    id: str
    at: datetime
    words: str
    may_mean_stop: bool
    is_stopped: bool
    read_at: datetime | None
    read_by: ReadBy | None
    desk_name: str | None
    reference: str
    zone: ZoneInfo | None  # of the home, where it is not known from the page


def replies_of(
    session: Session, service: Service, incident_ids: Collection[int], *, at_a_desk: bool
) -> tuple[ShownReply, ...]:
    """Oldest first; at a desk without numbers and addresses (DESIGN 3.8)."""
    kept = replies(session, incident_ids)
    found = [one for one in kept if one.fate == Fate.SHOWN]
    names = _desk_names(session, found)
    return tuple(_shown(service, one, names, at_a_desk=at_a_desk) for one in found)


def unread_at(
    session: Session, service: Service, desk: Desk, now: datetime
) -> tuple[ShownReply, ...]:
    """What nobody has read yet of all that this desk deals with, the oldest first."""
    rows = session.execute(
        select(GuestReply, Incident.reference, Property.timezone)
        .join(Incident, Incident.id == GuestReply.incident_id)
        .join(Property, Property.id == Incident.property_id)
        .where(
            GuestReply.desk_id == desk.id,
            GuestReply.received_at > now - STILL_NEWS,
            GuestReply.read_at.is_(None),
            GuestReply.words.is_not(None),
        )
        .order_by(GuestReply.received_at, GuestReply.id)
    )
    return tuple(
        _shown(service, one, {}, at_a_desk=True, reference=reference, zone=zone)
        for one, reference, zone in rows
    )


def _desk_names(session: Session, found: Iterable[GuestReply]) -> dict[int, str]:
    ids = {one.operator_id for one in found if one.operator_id is not None}
    if not ids:
        return {}
    rows = session.execute(select(Operator.id, Operator.desk_name).where(Operator.id.in_(ids)))
    return {row.id: row.desk_name for row in rows}


def _shown(
    service: Service,
    reply: GuestReply,
    names: dict[int, str],
    *,
    at_a_desk: bool,
    reference: str = "",
    zone: str = "",
) -> ShownReply:
    assert reply.words is not None, "replies without words are left out"
    words = service.vault.open(reply.words)
    return ShownReply(
        id=reply.public_id,
        at=reply.received_at,
        words=for_the_desk(words) if at_a_desk else words,
        may_mean_stop=service.escalation.stop_words.is_mentioned(words),
        is_stopped=reply.stopped_at is not None,
        read_at=reply.read_at,
        read_by=ReadBy(reply.read_by) if reply.read_by else None,
        desk_name=names.get(reply.operator_id or 0),
        reference=reference.replace("-", " "),
        zone=ZoneInfo(zone) if zone else None,
    )
