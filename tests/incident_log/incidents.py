"""An incident to log about, with as little around it as the tables demand."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from callassist.models import Account, Incident, Property


def open_incident(session: Session, now: datetime) -> Incident:
    """A fresh incident in a fresh home of a fresh account, flushed."""
    account = Account(name="Canal Homes", created_at=now)
    session.add(account)
    session.flush()
    home = Property(
        account_id=account.id, name="Canal 12", timezone="UTC", country="NL", created_at=now
    )
    session.add(home)
    session.flush()
    incident = Incident(
        reference="amber otter",
        account_id=account.id,
        property_id=home.id,
        policy={},
        cadence={},
        state="watching",
        opened_at=now,
        opened_by="noise",
        language="en",
    )
    session.add(incident)
    session.flush()
    return incident
