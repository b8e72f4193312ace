"""An incident with a guest in it: a call made, a note written, a report stored."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from callassist import incident_log
from callassist.domain.log_action import LogAction
from callassist.models import CallAttempt, CallTask, Incident, Report, ReportVersion, Stay
from tests.accounts.scenes import VAULT, Firm


def called_guest(session: Session, place: Firm, stay: Stay, at: datetime) -> Incident:
    """A closed incident of the stay in which its first number was dialled at `at`."""
    incident = _incident(session, place, stay, at)
    task = CallTask(
        incident_id=incident.id,
        account_id=place.account.id,
        party="guest",
        attempt_number=1,
        state="completed",
        language="en",
        available_at=at,
        created_at=at,
        note="Camille was very kind",
    )
    session.add(task)
    session.flush()
    session.add(_attempt(place, stay, incident, task, at))
    report = Report(incident_id=incident.id, account_id=place.account.id, created_at=at)
    session.add(report)
    session.flush()
    session.add(
        ReportVersion(
            report_id=report.id,
            version=1,
            reason="closed",
            created_at=at,
            body={"stay_id": stay.id},
            body_hash="0" * 64,
        )
    )
    opened = {"by": "noise", "stay_id": stay.id}
    incident_log.append(session, incident.id, LogAction.INCIDENT_OPENED, opened, now=at)
    return incident


def _incident(session: Session, place: Firm, stay: Stay, at: datetime) -> Incident:
    incident = Incident(
        reference="amber-otter",
        account_id=place.account.id,
        property_id=place.home.id,
        stay_id=stay.id,
        policy={},
        cadence={},
        state="closed",
        resolution="guest_reached",
        opened_at=at,
        opened_by="noise",
        complaint="Mr Martin is singing",
        closed_at=at + timedelta(hours=1),
        language="en",
    )
    session.add(incident)
    session.flush()
    return incident


def _attempt(
    place: Firm, stay: Stay, incident: Incident, task: CallTask, at: datetime
) -> CallAttempt:
    return CallAttempt(
        task_id=task.id,
        incident_id=incident.id,
        account_id=place.account.id,
        dial_number=1,
        party="guest",
        attempt_number=1,
        stay_number_id=stay.numbers[0].id,
        number=VAULT.seal("+12025550101"),
        number_index=stay.numbers[0].number_index,
        number_mask="+1•••••01",
        state="ended",
        provider="simulated",
        dial_token=f"token-{incident.id}",
        requested_at=at,
        dial_at=at,
        ended_at=at + timedelta(minutes=2),
        outcome="answered",
        disposition="guest_agreed",
    )
