"""Where a number that was flagged is corrected, for whoever may correct it."""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from callassist.domain.call_task import Party
from callassist.domain.viewer import WRITERS
from callassist.models import (
    Incident,
    Notification,
    NotificationChannel,
    Property,
    RoleBinding,
    Stay,
)


def number_page(session: Session, notification: Notification) -> str:
    """The path of the guest's stay, or of the home's contacts; empty for who may only look."""
    facts = notification.facts
    incident_id = notification.incident_id
    incident = None if incident_id is None else session.get(Incident, incident_id)
    home_id = facts.get("property_id") if incident is None else incident.property_id
    home = None if home_id is None else session.get(Property, home_id)
    if home is None or home.account_id != notification.account_id:
        return ""
    if not _may_correct(session, notification):
        return ""
    if facts.get("party") == Party.HOST:
        return f"/homes/{home.public_id}/say"
    stay_id = facts.get("stay_id") if incident is None else incident.stay_id
    stay = None if stay_id is None else session.get(Stay, stay_id)
    return "" if stay is None else f"/homes/{home.public_id}/stays/{stay.public_id}"


def _may_correct(session: Session, notification: Notification) -> bool:
    """Whether the channel is one of somebody who may change things of the account."""
    may = exists().where(
        NotificationChannel.id == notification.channel_id,
        RoleBinding.person_id == NotificationChannel.person_id,
        RoleBinding.account_id == notification.account_id,
        RoleBinding.role.in_([str(role) for role in WRITERS]),
    )
    return bool(session.scalar(select(may)))
