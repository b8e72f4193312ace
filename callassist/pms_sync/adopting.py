"""A system that is connected anew goes on with the stays that its removed connection left."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from callassist.domain.booked_stay import booked, connection_beginning
from callassist.models import PmsConnection, Stay
from callassist.ports.pms import PmsConnector


def adopt_stays(session: Session, connection: PmsConnection, connector: PmsConnector) -> int:
    """Stays of connections that are gone are called as this one's from now on; how many.

    So what a host typed stays, and an erased guest does not come back. Calendars are left alone:
    one knows nothing of another's ids.
    """
    if not connector.facts.abilities.has_numbers:
        return 0
    account = connection.account_id
    there = select(PmsConnection.public_id).where(PmsConnection.account_id == account)
    alive = set(session.scalars(there))
    left = select(Stay.id, Stay.external_id).where(
        Stay.account_id == account,
        Stay.source == connection.vendor,
        Stay.external_id.is_not(None),
    )
    changes = []
    known = session.execute(left).all()
    taken = {key for _, key in known}  # what a first run made that was cut off
    for stay_id, key in known:
        named = booked(key)
        if key is not None and named is not None and named.connection not in alive:
            name = key.removeprefix(connection_beginning(named.connection))
            own = f"{connection_beginning(connection.public_id)}{name}"
            if own not in taken:
                taken.add(own)
                changes.append({"id": stay_id, "external_id": own})
    if changes:
        session.execute(update(Stay), changes)
    return len(changes)
