"""What webhooks name is read again soon, once however often it was named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from callassist.errors import CallAssistError, TransientError
from callassist.models import PmsConnection, PmsHint, PmsReservation
from callassist.pms_sync.kept import from_text
from callassist.pms_sync.patience import Patient
from callassist.pms_sync.reread import read_again
from callassist.pms_sync.sync import Sync
from callassist.ports.pms import Hint, ReservationState
from callassist.ports.pms_access import CredentialsRefused

RESERVATION, CONTACT, LISTINGS, EVERYTHING = "reservation", "contact", "listings", "everything"
WAIT = timedelta(seconds=2)  # what is named twice in a moment is read once
MOST_OF_ONE_HOOK = 200  # ids; more are read with all the rest
_TAKEN_FOR = timedelta(minutes=2)
_MOST_TRIES = 8
_BATCH = 100
_SOON = timedelta(seconds=20)
_LISTINGS_AGAIN = timedelta(hours=1)
_table = PmsHint.__table__

_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class _Taken:
    id: int
    kind: str
    external_id: str
    due_at: datetime  # as it was taken; another one means that it was named again
    tries: int


def note_hint(session: Session, connection_id: int, hint: Hint, real_now: datetime) -> int:
    """Write down what a webhook named; how many things. Named twice, it is read once."""
    named = [(RESERVATION, one) for one in hint.reservation_ids]
    named += [(CONTACT, one) for one in hint.contact_ids]
    if len(named) > MOST_OF_ONE_HOOK:
        named = [(EVERYTHING, "")]
    if hint.listings:
        named.append((LISTINGS, ""))
    if hint.everything or hint.refused:
        named.append((EVERYTHING, ""))
    for kind, external_id in dict.fromkeys(named):
        ask_again(session, connection_id, kind, external_id[:200], real_now + WAIT)
    return len(named)


def ask_again(
    session: Session, connection_id: int, kind: str, external_id: str, due_at: datetime
) -> None:
    """Have something read again at `due_at`; what is named once more is due at once.

    Its instant then differs: whoever reads it at this moment knows that it was named meanwhile.
    """
    row = _insert(session).values(
        connection_id=connection_id, kind=kind, external_id=external_id, due_at=due_at, tries=0
    )
    again = row.on_conflict_do_update(
        index_elements=("connection_id", "kind", "external_id"),
        set_={"due_at": due_at - WAIT, "tries": 0},
    )
    session.connection().execute(again)


def _insert(session: Session) -> sqlite.Insert | postgresql.Insert:
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(PmsHint)
    return postgresql.insert(PmsHint)


def read_hinted(sync: Sync) -> int:
    """Read everything that is due again; how many things were tried. Safe to run twice at once."""
    now = sync.now_real()
    with sync.sessions.read() as session:
        due = select(PmsHint.connection_id).where(PmsHint.due_at <= now).distinct()
        connection_ids = list(session.scalars(due.limit(_BATCH)))
    return sum(_read_of(sync, one) for one in connection_ids if not sync.stopping.is_set())


def _read_of(sync: Sync, connection_id: int) -> int:
    taken = _take(sync, connection_id)
    with sync.sessions.read() as session:
        connection = session.get(PmsConnection, connection_id)
    if connection is None or connection.disabled_at or connection.vendor not in sync.connectors:
        _done(sync, taken)
        return 0
    with sync.open_access(connection_id) as opened:
        _follow_all(sync, connection, Patient(opened, sync.stopping, lambda: None), taken)
    return len(taken)


def _follow_all(
    sync: Sync, connection: PmsConnection, access: Patient, taken: Sequence[_Taken]
) -> None:
    for place, one in enumerate(taken):
        try:
            _follow(sync, connection, access, one)
        except CredentialsRefused:
            _hurry(sync, connection.id, timedelta())  # the run finds out, and says so
            _done(sync, taken[place:])
            break
        except CallAssistError as error:
            _later(sync, taken[place:], error)
            break
        except Exception:
            _log.exception("hint failed", action="hint_failed", connection=connection.id)
            _later(sync, [one], None)
        else:
            _done(sync, [one])


def _follow(sync: Sync, connection: PmsConnection, access: Patient, one: _Taken) -> None:
    abilities = sync.connectors[connection.vendor].facts.abilities
    if one.kind == RESERVATION and abilities.single:
        read_again(sync, connection, access, one.external_id)
    elif one.kind == CONTACT and abilities.single:
        _ask_for_guest(sync, connection, one.external_id)
    elif one.kind == LISTINGS:
        _hurry(sync, connection.id, _SOON, listings=True)
    else:
        _hurry(sync, connection.id, _SOON)


def _ask_for_guest(sync: Sync, connection: PmsConnection, contact_id: str) -> None:
    """A guest changed: the stays of that guest that are not over."""
    today = sync.clock.now().date().isoformat()
    query = select(PmsReservation.external_id, PmsReservation.said).where(
        PmsReservation.connection_id == connection.id,
        PmsReservation.state == str(ReservationState.STAYS),
        PmsReservation.last_day >= today,
        PmsReservation.said.is_not(None),
    )
    named = []
    with sync.sessions.read() as session:
        for external_id, sealed in session.execute(query.execution_options(yield_per=500)):
            assert sealed is not None
            if from_text(sync.vault.open(sealed)).reservation.contact_id == contact_id:
                named.append(external_id)
    with sync.sessions.write() as session:
        for external_id in named:
            ask_again(session, connection.id, RESERVATION, external_id, sync.now_real())


def _hurry(sync: Sync, connection_id: int, within: timedelta, *, listings: bool = False) -> None:
    """Have the next run sooner."""
    now = sync.clock.now()
    with sync.sessions.write() as session:
        connection = session.get(PmsConnection, connection_id, with_for_update=True)
        if connection is None:
            return
        soon = now + within
        if connection.next_run_at is None or connection.next_run_at > soon:
            connection.next_run_at = soon
        complete = connection.complete_at
        if listings and (complete is None or now - complete > _LISTINGS_AGAIN):
            connection.wanted = "full"


def _take(sync: Sync, connection_id: int) -> list[_Taken]:
    now = sync.now_real()
    until = now + _TAKEN_FOR
    with sync.sessions.write() as session:
        query = (
            select(PmsHint)
            .where(PmsHint.connection_id == connection_id, PmsHint.due_at <= now)
            .order_by(PmsHint.due_at, PmsHint.id)
            .limit(_BATCH)
            .with_for_update(skip_locked=True)
        )
        rows = list(session.scalars(query))
        for row in rows:
            row.due_at, row.tries = until, row.tries + 1
        return [
            _Taken(
                id=row.id,
                kind=row.kind,
                external_id=row.external_id,
                due_at=until,
                tries=row.tries,
            )
            for row in rows
        ]


def _done(sync: Sync, taken: Sequence[_Taken]) -> None:
    with sync.sessions.write() as session:
        for one in taken:
            session.connection().execute(
                delete(PmsHint).where(_table.c.id == one.id, _table.c.due_at == one.due_at)
            )


def _later(sync: Sync, taken: Sequence[_Taken], error: CallAssistError | None) -> None:
    """Again in a while; after so many times the next full read has to do."""
    wait = error.retry_after if isinstance(error, TransientError) else None
    now = sync.now_real()
    given_up = [one for one in taken if one.tries >= _MOST_TRIES]
    _done(sync, given_up)
    with sync.sessions.write() as session:
        for one in taken:
            span = timedelta(seconds=wait or 5 * 2**one.tries)
            session.connection().execute(
                update(PmsHint)
                .where(_table.c.id == one.id, _table.c.due_at == one.due_at)
                .values(due_at=now + span)
            )
