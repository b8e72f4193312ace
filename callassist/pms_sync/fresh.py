"""A stay's reservation again, right before its guest is phoned."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callassist.domain.booked_stay import booked
from callassist.errors import CallAssistError
from callassist.models import ImportRun, PmsConnection, PmsReservation, Stay
from callassist.pms_sync.reread import read_again
from callassist.pms_sync.sync import Sync

MOST = 8  # systems that are waited for at once; beyond them a call goes on with what is known

_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a stay comes from, and when that was last known to be as it is."""

    connection: PmsConnection
    external_id: str
    known_at: datetime  # on the service's clock


def source_of(session: Session, stay: Stay) -> Source | None:
    """The reservation behind a stay; None for one that was typed or came in a file."""
    named = booked(stay.external_id)
    if named is None:
        return None
    found = session.execute(
        select(PmsConnection, PmsReservation.external_id, PmsReservation.read_at)
        .join(PmsReservation, PmsReservation.connection_id == PmsConnection.id)
        .where(
            PmsConnection.account_id == stay.account_id,
            PmsConnection.vendor == stay.source,
            PmsConnection.disabled_at.is_(None),
            PmsConnection.public_id == named.connection,
            PmsReservation.external_id.in_(named.reservation_ids),
            PmsReservation.said.is_not(None),
        )
        .order_by(PmsReservation.read_at.desc())
    ).first()
    if found is None:
        return None
    connection, external_id, read_at = found
    # a run of changes that did not name it says that it is as it was
    last = session.scalar(
        select(func.max(ImportRun.started_at)).where(
            ImportRun.connection_id == connection.id,
            ImportRun.ended_at.is_not(None),
            ImportRun.error.is_(None),
        )
    )
    return Source(
        connection=connection, external_id=external_id, known_at=max(read_at, last or read_at)
    )


class FreshReservation:
    """FreshContact over property-management systems: asks again what is older than it may be."""

    def __init__(self, sync: Sync) -> None:
        self._sync = sync
        self._lock = threading.Lock()
        self._asked: dict[tuple[int, str], threading.Event] = {}

    def refresh(self, stay_id: int, now: datetime) -> bool:
        """True when the system was read within five seconds of real time. One that answers later
        is stored all the same, for the next call."""
        with self._sync.sessions.read() as session:
            stay = session.get(Stay, stay_id)
            source = None if stay is None else source_of(session, stay)
        if source is None or not self._is_due(source, now):
            return False
        asked = self._ask(source)
        answered = asked is not None and asked.wait(self._sync.settings.fresh_wait.total_seconds())
        if not answered:
            _log.warning(
                "system did not answer before the call",
                action="fresh_contact_missed",
                connection=source.connection.id,
            )
            return False
        with self._sync.sessions.read() as session:
            row = session.scalars(
                select(PmsReservation.read_at).where(
                    PmsReservation.connection_id == source.connection.id,
                    PmsReservation.external_id == source.external_id,
                )
            ).first()
        return row is not None and row >= now

    def known_at(self, stay_id: int) -> datetime | None:
        """See ports.fresh_contact.FreshContact."""
        with self._sync.sessions.read() as session:
            stay = session.get(Stay, stay_id)
            source = None if stay is None else source_of(session, stay)
        return None if source is None else source.known_at

    def _is_due(self, source: Source, now: datetime) -> bool:
        connector = self._sync.connectors.get(source.connection.vendor)
        if connector is None or not connector.facts.abilities.single:
            return False
        return now - source.known_at > self._sync.settings.fresh_within

    def _ask(self, source: Source) -> threading.Event | None:
        """Whoever asks for the same meanwhile waits for the same answer."""
        key = (source.connection.id, source.external_id)
        with self._lock:
            running = self._asked.get(key)
            if running is not None or len(self._asked) >= MOST:
                return running
            done = self._asked[key] = threading.Event()
        # a thread of its own that no end of the process waits for
        threading.Thread(
            target=self._read, args=(source, key, done), name="pms-fresh", daemon=True
        ).start()
        return done

    def _read(self, source: Source, key: tuple[int, str], done: threading.Event) -> None:
        try:
            with self._sync.open_access(source.connection.id, urgent=True) as access:
                read_again(self._sync, source.connection, access, source.external_id)
        except CallAssistError as error:
            _log.warning(
                "system could not be read before a call",
                action="fresh_contact_failed",
                connection=source.connection.id,
                detail=error.detail,
            )
        except Exception:
            _log.exception("reading before a call failed", action="fresh_contact_failed")
        finally:
            with self._lock:
                self._asked.pop(key, None)
            done.set()
