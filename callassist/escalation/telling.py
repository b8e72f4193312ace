"""Messages that a move causes: outbox rows written in the move's own transaction.

In shadow mode nobody is told anything; a practice alert pages nobody at the desk.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from callassist import incident_log, outbox
from callassist.domain.log_action import LogAction
from callassist.domain.message_kind import MessageKind
from callassist.models import Incident


def tell_host(
    session: Session,
    incident: Incident,
    kind: MessageKind,
    *,
    now: datetime,
    once_per: str = "",
    **facts: object,
) -> None:
    """Queue one message of `kind` for the account; once per incident, kind and `once_per`."""
    if incident.shadow:
        return
    queued = outbox.put(
        session,
        "notify",
        f"{incident.public_id}:{kind}:{once_per}",
        {
            "kind": str(kind),
            "account_id": incident.account_id,
            "incident_id": incident.id,
            "property_id": incident.property_id,
            "facts": {**_facts(incident, now), **facts},
        },
        now=now,
    )
    if queued:
        _log_told(session, incident, kind, facts, now)


def needs_you(
    session: Session, incident: Incident, reason: str, *, now: datetime, **facts: object
) -> None:
    """Queue an alarm that repeats until somebody of the account acknowledges it."""
    key = f"{incident.public_id}:{reason}"
    tell_host(
        session,
        incident,
        MessageKind.NEEDS_YOU,
        now=now,
        once_per=reason,
        **{"reason": reason, "key": key, **facts},
    )


def page_supervisor(
    session: Session,
    incident: Incident,
    reason: str,
    *,
    now: datetime,
    once_per: str = "",
    **facts: object,
) -> None:
    """Queue a page for whoever answers for the desk; resolves to a reachable person."""
    if incident.shadow or incident.practice:
        return
    queued = outbox.put(
        session,
        "notify",
        f"{incident.public_id}:{MessageKind.SUPERVISOR_PAGE}:{reason}:{once_per}",
        {
            "kind": str(MessageKind.SUPERVISOR_PAGE),
            "desk_id": incident.desk_id,
            "account_id": incident.account_id,
            "incident_id": incident.id,
            "facts": {"reason": reason, "reference": incident.reference, **facts},
        },
        now=now,
    )
    if queued:
        incident_log.append(
            session, incident.id, LogAction.SUPERVISOR_PAGED, {"reason": reason, **facts}, now=now
        )


def _facts(incident: Incident, now: datetime) -> dict[str, object]:
    return {
        "reference": incident.reference,
        "incident": incident.public_id,
        "at": now.isoformat(),
        "practice": incident.practice,
    }


def _log_told(
    session: Session, incident: Incident, kind: MessageKind, facts: dict[str, object], now: datetime
) -> None:
    data = {"kind": str(kind)}
    if "reason" in facts:
        data["reason"] = str(facts["reason"])
    incident_log.append(session, incident.id, LogAction.HOST_TOLD, data, now=now)
