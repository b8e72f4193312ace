"""How connections stand, in a word, with what came last: for pages and the API."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Integer, bindparam, cast, func, or_, select
from sqlalchemy.orm import Session

from callassist.domain.viewer import Viewer
from callassist.errors import NotFound
from callassist.models import (
    Account,
    ImportRun,
    PmsBudget,
    PmsConnection,
    PmsListing,
    PmsSetAside,
)
from callassist.pms_sync.asked_reads import is_reading, left_today
from callassist.pms_sync.budget import budget_key
from callassist.pms_sync.connections import connections_of, find_connection
from callassist.pms_sync.registry import CONNECTORS
from callassist.ports.pms import Facts

FAILING_AFTER = 2  # readings in a row; one may be a hiccup
SHOWN_RUNS = 20
SHOWN_SET_ASIDE = 50
_FAILING = (
    select(PmsConnection)
    .where(
        PmsConnection.disabled_at.is_(None),
        or_(PmsConnection.failures >= FAILING_AFTER, PmsConnection.error_field.is_not(None)),
    )
    .order_by(PmsConnection.id)
)
_OWN_FAILING = _FAILING.where(PmsConnection.account_id.in_(bindparam("accounts", expanding=True)))


class Standing(StrEnum):
    """A connection in a word."""

    PAUSED = "paused"
    READING = "reading"
    NEEDS_YOU = "needs_you"  # it failed twice, or a credential must be corrected
    WAITING = "waiting"  # the system said that we ask too often
    WORKING = "working"


@dataclass(frozen=True, kw_only=True)
class System:
    """One connection as it is shown; `last` ended, `running` has not."""

    connection: PmsConnection
    account: Account
    facts: Facts | None  # None: its connector is gone from this version
    standing: Standing
    last: ImportRun | None
    running: ImportRun | None
    left_today: int
    listings: int
    unmatched: int
    set_aside: int

    @property
    def title(self) -> str:
        """As its makers write it."""
        return title_of(self.connection)


@dataclass(frozen=True)
class _Listings:
    there: int = 0
    unmatched: int = 0


def title_of(connection: PmsConnection) -> str:
    """The system's name as its makers write it."""
    known = CONNECTORS.get(connection.vendor)
    return known.facts.title if known is not None else connection.vendor


def standing_of(
    connection: PmsConnection, real_now: datetime, *, is_blocked: bool = False
) -> Standing:
    """The word; what a person must do goes before what passes by itself."""
    if connection.disabled_at is not None:
        return Standing.PAUSED
    if is_reading(connection, real_now):
        return Standing.READING
    if connection.failures >= FAILING_AFTER or connection.error_field is not None:
        return Standing.NEEDS_YOU
    if is_blocked:
        return Standing.WAITING
    return Standing.WORKING


def systems(
    session: Session, viewer: Viewer, now: datetime, real_now: datetime
) -> tuple[System, ...]:
    """The viewer's connections, oldest first; as many queries for one as for a hundred."""
    return describe(session, connections_of(session, viewer), now, real_now)


def system(
    session: Session, viewer: Viewer, public_id: str, now: datetime, real_now: datetime
) -> System:
    """One connection; NotFound outside the viewer's accounts."""
    found = [find_connection(session, viewer, public_id)]
    return describe(session, found, now, real_now)[0]


def describe(
    session: Session, connections: Sequence[PmsConnection], now: datetime, real_now: datetime
) -> tuple[System, ...]:
    """These connections as they are shown; as many queries for one as for a hundred."""
    ids = [one.id for one in connections]
    places = _accounts(session, {one.account_id for one in connections})
    ended, running = _newest_runs(session, ids)
    listings, aside = _listings(session, ids), _set_aside(session, ids)
    blocked = _blocked(session, connections, real_now)
    return tuple(
        System(
            connection=one,
            account=places[one.account_id],
            facts=CONNECTORS[one.vendor].facts if one.vendor in CONNECTORS else None,
            standing=standing_of(one, real_now, is_blocked=one.id in blocked),
            last=ended.get(one.id),
            running=running.get(one.id) if is_reading(one, real_now) else None,
            left_today=left_today(one, places[one.account_id], now),
            listings=listings.get(one.id, _Listings()).there,
            unmatched=listings.get(one.id, _Listings()).unmatched,
            set_aside=aside.get(one.id, 0),
        )
        for one in connections
    )


def runs(session: Session, connection: PmsConnection) -> list[ImportRun]:
    """The last twenty readings, the newest first."""
    query = select(ImportRun).where(
        ImportRun.connection_id == connection.id, ImportRun.account_id == connection.account_id
    )
    newest = query.order_by(ImportRun.started_at.desc(), ImportRun.id.desc())
    return list(session.scalars(newest.limit(SHOWN_RUNS)))


def run_of(session: Session, connection: PmsConnection, run_id: int) -> ImportRun:
    """One reading of a connection; NotFound for another's."""
    run = session.get(ImportRun, run_id)
    if run is None or run.connection_id != connection.id or run.account_id != connection.account_id:
        raise NotFound("no such reading")
    return run


def set_asides(session: Session, connection: PmsConnection) -> list[PmsSetAside]:
    """Records that could not be used, the newest first."""
    query = select(PmsSetAside).where(PmsSetAside.connection_id == connection.id)
    newest = query.order_by(PmsSetAside.last_at.desc(), PmsSetAside.id.desc())
    return list(session.scalars(newest.limit(SHOWN_SET_ASIDE)))


def failing(session: Session, viewer: Viewer) -> list[PmsConnection]:
    """Connections that need somebody."""
    if viewer.is_admin:
        return list(session.scalars(_FAILING))
    return list(session.scalars(_OWN_FAILING, {"accounts": list(viewer.account_ids)}))


def _accounts(session: Session, ids: Iterable[int]) -> dict[int, Account]:
    return {one.id: one for one in session.scalars(select(Account).where(Account.id.in_(ids)))}


def _newest_runs(
    session: Session, ids: Sequence[int]
) -> tuple[dict[int, ImportRun], dict[int, ImportRun]]:
    """By connection: the newest that ended, and the newest that has not."""
    has_ended = cast(ImportRun.ended_at.is_not(None), Integer)
    newest = (
        select(func.max(ImportRun.id))
        .where(ImportRun.connection_id.in_(ids))
        .group_by(ImportRun.connection_id, has_ended)
    )
    found = list(session.scalars(select(ImportRun).where(ImportRun.id.in_(newest))))
    return (
        {one.connection_id: one for one in found if one.connection_id and one.ended_at},
        {one.connection_id: one for one in found if one.connection_id and not one.ended_at},
    )


def _listings(session: Session, ids: Sequence[int]) -> dict[int, _Listings]:
    unmatched = cast(PmsListing.property_id.is_(None), Integer)
    query = (
        select(PmsListing.connection_id, func.count(), func.sum(unmatched))
        .where(
            PmsListing.connection_id.in_(ids),
            PmsListing.ignored_at.is_(None),
            PmsListing.gone_at.is_(None),
        )
        .group_by(PmsListing.connection_id)
    )
    return {key: _Listings(there, int(open_)) for key, there, open_ in session.execute(query)}


def _set_aside(session: Session, ids: Sequence[int]) -> dict[int, int]:
    query = (
        select(PmsSetAside.connection_id, func.count().label("records"))
        .where(PmsSetAside.connection_id.in_(ids))
        .group_by(PmsSetAside.connection_id)
    )
    return {row.connection_id: row.records for row in session.execute(query)}


def _blocked(
    session: Session, connections: Sequence[PmsConnection], real_now: datetime
) -> set[int]:
    """Connections that their system wants to be left alone by, alone or with all of its kind."""
    keys = {
        one.id: (budget_key(one.vendor), budget_key(one.vendor, str(one.id))) for one in connections
    }
    query = select(PmsBudget.key).where(
        PmsBudget.key.in_({key for both in keys.values() for key in both}),
        PmsBudget.blocked_until > real_now,
    )
    blocked = set(session.scalars(query))
    return {key for key, both in keys.items() if blocked.intersection(both)}
