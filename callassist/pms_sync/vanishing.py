"""Reservations that a complete read did not tell of any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from callassist.models import ImportRun, PmsReservation, PmsSetAside
from callassist.pms_sync import claims
from callassist.pms_sync.hints import ask_again
from callassist.pms_sync.intake import forget_one
from callassist.pms_sync.setting_aside import RESERVATION
from callassist.ports.pms import ReservationState, Wanted

if TYPE_CHECKING:
    from callassist.pms_sync.running import Run

FEW = 10  # so many future stays may all go at once and are believed
_AT_ONCE = 20

_log = structlog.get_logger()


def settle(run: Run, wanted: Wanted) -> None:
    """Cancel what has vanished; only after the last page, and only of the days that were asked for.

    A system that can be asked for one reservation is asked again for each: pages that shift while
    they are read can hide one. When more than half of ten or more future stays are gone at once,
    that is believed only when it is seen a second time, and the run says so.
    """
    with run.sync.sessions.read() as session:
        ids = _vanished(session, run, wanted)
        if ids and _is_incredible(session, run, wanted, len(ids)):
            run.counts["unbelieved"] = len(ids)
            _log.warning(
                "vanished stays are not believed",
                action="transfer_unbelieved",
                connection=run.connection.id,
                count=len(ids),
            )
            return
    for start in range(0, len(ids), _AT_ONCE):
        _settle_part(run, ids[start : start + _AT_ONCE])
    with run.sync.sessions.write() as session:
        session.execute(
            delete(PmsSetAside).where(
                PmsSetAside.connection_id == run.connection.id,
                PmsSetAside.kind == RESERVATION,
                PmsSetAside.read_run != run.run_id,
            )
        )


def _settle_part(run: Run, ids: list[int]) -> None:
    with run.sync.sessions.write() as session:
        claims.renew(session, run.held, run.sync.now_real())
        query = select(PmsReservation).where(PmsReservation.id.in_(ids)).with_for_update()
        for row in session.scalars(query):
            if row.read_run == run.run_id:
                continue  # a hint had it read meanwhile
            if run.connector.facts.abilities.single:
                due = run.sync.now_real()
                ask_again(session, run.connection.id, RESERVATION, row.external_id, due)
            else:
                run.counts.update(forget_one(session, run.sync.vault, run.reading, row))


def _vanished(session: Session, run: Run, wanted: Wanted) -> list[int]:
    query = select(PmsReservation.id).where(*_awaited(run, wanted))
    return list(session.scalars(query.where(PmsReservation.read_run < run.run_id)))


def _awaited(run: Run, wanted: Wanted) -> tuple[ColumnElement[bool], ...]:
    """Stays that the pages should have told of: calendars drop those that have begun."""
    return (
        PmsReservation.connection_id == run.connection.id,
        PmsReservation.state == str(ReservationState.STAYS),
        PmsReservation.first_day > run.now.date().isoformat(),
        PmsReservation.first_day <= wanted.last.isoformat(),
    )


def _is_incredible(session: Session, run: Run, wanted: Wanted, vanished: int) -> bool:
    awaited = session.scalar(select(func.count(PmsReservation.id)).where(*_awaited(run, wanted)))
    if not awaited or awaited < FEW or vanished * 2 <= awaited:
        return False
    before = (
        select(ImportRun.counts)
        .where(ImportRun.connection_id == run.connection.id, ImportRun.id < run.run_id)
        .where(ImportRun.ended_at.is_not(None))
        .order_by(ImportRun.id.desc())
    )
    full = (counts for counts in session.scalars(before.limit(20)) if "listings" in counts)
    return not next(full, {}).get("unbelieved")
