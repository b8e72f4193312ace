"""The row of a new incident, whoever opens it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from callassist import roster
from callassist.domain.incident import IncidentState
from callassist.domain.policy import EscalationPolicy
from callassist.domain.reference import reference_for
from callassist.models import Desk, Incident, Property, Stay
from callassist.models.types import new_public_id


class OpenedBy(StrEnum):
    """Who or what opened an incident."""

    NOISE = "noise"
    REPEAT = "repeat"  # still loud 30 min after a contact, or 60 min after one without
    HOST = "host"
    OPERATOR = "operator"
    API = "api"


def new_incident(
    session: Session,
    home: Property,
    policy: EscalationPolicy,
    by: OpenedBy,
    *,
    at: datetime,
    now: datetime,
    stay: Stay | None = None,
    **particulars: Any,
) -> Incident:
    """An incident in `watching`, served by the desk of this moment; `policy` is stamped on it.

    `at` decides between the times of day and night; `particulars` are columns of the caller's.
    """
    desk = roster.desk_for(session, home.account_id, now)
    public_id = new_public_id()
    incident = Incident(
        public_id=public_id,
        reference=reference_for(public_id),
        account_id=home.account_id,
        property_id=home.id,
        desk_id=desk.id if desk else None,
        stay_id=stay.id if stay else None,
        policy=policy.to_dict(),
        cadence=policy.cadence_at(at, ZoneInfo(home.timezone)).to_dict(),
        state=str(IncidentState.WATCHING),
        opened_at=now,
        opened_by=str(by),
        language=_language(home, stay, desk),
        **particulars,
    )
    session.add(incident)
    session.flush()
    return incident


def _language(home: Property, stay: Stay | None, desk: Desk | None) -> str:
    """The stay's language if the desk offers it, else the home's, else English."""
    offered = desk.languages if desk else ["en"]
    wanted = stay.language if stay is not None and stay.language else home.language
    return wanted if wanted in offered else "en"
