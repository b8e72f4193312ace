"""Names joined to a report when it is read; the report itself has none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.models import CallAttempt, CallTask, Incident, Operator, Property, Stay
from callassist.reports.document import Names
from callassist.storage.vault import Vault


def join_names(
    session: Session, vault: Vault, incident: Incident, body: Mapping[str, Any]
) -> Names:
    """Home, guest (None after erasure), desk names and notes that a body refers to."""
    home = session.get_one(Property, incident.property_id)
    stay = None if incident.stay_id is None else session.get(Stay, incident.stay_id)
    erased = stay is not None and stay.erased_at is not None
    guest = None if stay is None or erased else stay.guest_name
    operators = {attempt["operator"] for attempt in body["attempts"] if attempt["operator"]}
    return Names(
        home=home.name,
        guest=None if guest is None else vault.open(guest),
        operators=_desk_names(session, operators),
        # What an operator wrote down may tell of the guest: it goes with the guest.
        notes={} if erased else _notes(session, body),
    )


def _desk_names(session: Session, operator_ids: set[str]) -> dict[str, str]:
    rows = session.execute(
        select(Operator.public_id, Operator.desk_name).where(Operator.public_id.in_(operator_ids))
    )
    return {row.public_id: row.desk_name for row in rows}


def _notes(session: Session, body: Mapping[str, Any]) -> dict[str, str]:
    noted = [attempt["id"] for attempt in body["attempts"] if attempt["has_note"]]
    rows = session.execute(
        select(CallAttempt.public_id, CallTask.note)
        .join(CallTask, CallTask.id == CallAttempt.task_id)
        .where(CallAttempt.public_id.in_(noted))
    )
    return {public_id: note for public_id, note in rows if note}
