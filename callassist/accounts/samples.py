"""The last message of a sensor connection, for its owner."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from callassist.accounts.connections import find_connection
from callassist.domain.viewer import Viewer
from callassist.models import SensorSample
from callassist.storage.vault import Vault


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What came, and why it was refused if it was."""

    body: str = field(repr=False)
    refusal: str | None
    at: datetime


def last_sample(session: Session, vault: Vault, viewer: Viewer, public_id: str) -> Sample | None:
    """The last message that was kept of a connection of the viewer's accounts."""
    connection = find_connection(session, viewer, public_id)
    row = session.get(SensorSample, connection.id)
    if row is None:
        return None
    return Sample(body=vault.open(row.body), refusal=row.refusal, at=row.at)
