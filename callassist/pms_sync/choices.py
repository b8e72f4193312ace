"""What a host chooses about a connection: its name, and what is written back into the system."""

from __future__ import annotations

from sqlalchemy.orm import Session

from callassist.accounts import checks
from callassist.domain.viewer import Viewer
from callassist.errors import InvalidInput
from callassist.models import PmsConnection
from callassist.pms_sync.registry import CONNECTORS


def choose(
    session: Session,
    viewer: Viewer,
    connection: PmsConnection,
    *,
    name: str | None = None,
    sends_messages: bool | None = None,
    sends_notes: bool | None = None,
) -> None:
    """Change what is given; None leaves it. InvalidInput where the system cannot do it."""
    viewer.require_write(connection.account_id)
    known = CONNECTORS.get(connection.vendor)
    if name is not None:
        connection.name = checks.line(name, "name", required=False)
    if sends_messages is not None:
        if sends_messages and not (known and known.facts.abilities.messages):
            raise InvalidInput("this system takes no messages from us", "sends_messages")
        connection.sends_messages = sends_messages
    if sends_notes is not None:
        if sends_notes and not (known and known.facts.abilities.notes):
            raise InvalidInput("this system takes no notes from us", "sends_notes")
        connection.sends_notes = sends_notes
    session.flush()
