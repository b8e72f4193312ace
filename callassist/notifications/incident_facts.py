"""What an incident's rows say at the moment of a message: measured facts, no names."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callassist.domain.call_task import Party
from callassist.domain.results import GUEST_RULES
from callassist.models import Breach, CallAttempt, CallTask, Incident

_SPOKEN = [str(result) for result, rule in GUEST_RULES.items() if rule.reached]


def incident_facts(session: Session, incident_id: int | None) -> dict[str, object]:
    """When the noise began, counted attempts, what the guest said, and the reference, if known."""
    incident = None if incident_id is None else session.get(Incident, incident_id)
    if incident is None:
        return {}
    facts: dict[str, object] = {
        "reference": incident.reference,
        "practice": incident.practice,
        "repeat": incident.repeat_of_id is not None,
        "attempts": _counted(session, incident),
        "result": _said(session, incident),
        "began_at": _began_at(session, incident),
    }
    return {name: value for name, value in facts.items() if value is not None}


def _counted(session: Session, incident: Incident) -> int | None:
    counted = select(func.count()).where(
        CallAttempt.incident_id == incident.id,
        CallAttempt.party == Party.GUEST,
        CallAttempt.counted.is_(True),
    )
    return session.scalar(counted) or None


def _said(session: Session, incident: Incident) -> str | None:
    said = (
        select(CallTask.result)
        .where(
            CallTask.incident_id == incident.id,
            CallTask.party == Party.GUEST,
            CallTask.result.in_(_SPOKEN),
        )
        .order_by(CallTask.id.desc())
    )
    return session.scalar(said.limit(1))


def _began_at(session: Session, incident: Incident) -> str | None:
    breach = None if incident.breach_id is None else session.get(Breach, incident.breach_id)
    return None if breach is None else breach.began_at.isoformat()
