"""The conversations of bookings: which connection leads there, and writing into one."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.models import PmsReservation, Stay
from callassist.pms_sync.fresh import Source, source_of
from callassist.pms_sync.kept import from_text
from callassist.pms_sync.sync import Sync
from callassist.pms_sync.writing import write
from callassist.ports.conversations import WriteRefused
from callassist.ports.pms import Abilities, Reservation


class BookingConversations:
    """Satisfies ports.conversations.Conversations."""

    def __init__(self, sync: Sync) -> None:
        self._sync = sync

    def connection_of(self, session: Session, stay_id: int) -> int | None:
        """The connection whose host turned messages on, where its system can send them."""
        stay = session.get(Stay, stay_id)
        source = None if stay is None else source_of(session, stay)
        if source is None or not source.connection.sends_messages:
            return None
        can = abilities_of(self._sync, source.connection.vendor).messages
        return source.connection.id if can else None

    def write(self, connection_id: int, stay_id: int, text: str) -> None:
        """Write into the conversation, with the last of the rate if need be."""
        with self._sync.sessions.read() as session:
            stay = session.get(Stay, stay_id)
            source = None if stay is None else source_of(session, stay)
            if source is None or source.connection.id != connection_id:
                raise WriteRefused("the reservation is not there any more")
            reservation = reservation_of(session, self._sync, source)
        connector = self._sync.connectors[source.connection.vendor]
        write(
            self._sync.open_access,
            connection_id,
            lambda access: connector.send_message(access, reservation, text),
            urgent=True,
        )


def abilities_of(sync: Sync, vendor: str) -> Abilities:
    """What a vendor can do; nothing where nobody knows it."""
    known = sync.connectors.get(vendor)
    return known.facts.abilities if known else Abilities(single=False, has_numbers=False)


def reservation_of(session: Session, sync: Sync, source: Source) -> Reservation:
    """What the system last said of it; WriteRefused once its guest was erased."""
    said = session.scalar(
        select(PmsReservation.said).where(
            PmsReservation.connection_id == source.connection.id,
            PmsReservation.external_id == source.external_id,
        )
    )
    if said is None:
        raise WriteRefused("the reservation is not there any more")
    return from_text(sync.vault.open(said)).reservation
