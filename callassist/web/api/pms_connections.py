"""`/pms-connections`: booking systems that stays and numbers are read from."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from callassist.bootstrap import Service
from callassist.domain.viewer import Viewer
from callassist.errors import InvalidInput
from callassist.models import ImportRun, PmsConnection
from callassist.pms_sync import connections as keeping
from callassist.pms_sync.asked_reads import ask_to_read
from callassist.pms_sync.choices import choose
from callassist.pms_sync.connections import Tried, find_connection
from callassist.pms_sync.overview import System, describe
from callassist.pms_sync.registry import CONNECTORS
from callassist.pms_sync.removing import remove_connection
from callassist.web.api.fields import Page, Paging
from callassist.web.api.paging import page_of
from callassist.web.api.pms_fields import (
    NewPmsConnection,
    PmsConnectionChange,
    PmsConnectionOut,
    Reading,
    Removal,
    RunOut,
)
from callassist.web.api.pms_systems import tried_there
from callassist.web.api.routing import HOSTS, Ask, Route
from callassist.web.api.scoping import account_named, of_accounts


def index(ask: Ask, query: Paging) -> Page[PmsConnectionOut]:
    mine = select(PmsConnection).where(of_accounts(ask, PmsConnection.account_id))
    rows, following = page_of(ask.session, ask.service.vault, mine, PmsConnection.id, query)
    return Page(items=_outs(ask, rows), next_cursor=following)


def try_new(service: Service, viewer: Viewer, body: NewPmsConnection) -> Tried:
    """Before the transaction: ask the system itself whether these credentials open it."""
    if not any(viewer.can_write(one) for one in viewer.account_ids) and not viewer.is_admin:
        viewer.require_write(0)
    if body.vendor not in CONNECTORS:
        raise InvalidInput(f"unknown; use one of {', '.join(sorted(CONNECTORS))}", "vendor")
    return tried_there(service, CONNECTORS[body.vendor].facts, body.credentials)


def create(ask: Ask, body: NewPmsConnection, tried: Tried) -> PmsConnectionOut:
    connection = keeping.connect(
        ask.session,
        ask.service.vault,
        ask.viewer,
        account_named(ask, body.account).id,
        vendor=body.vendor,
        credentials=body.credentials,
        tried=tried,
        name=body.name,
        now=ask.now,
    )
    return _out(ask, connection)


def show(ask: Ask, pms_connection_id: str) -> PmsConnectionOut:
    return _out(ask, find_connection(ask.session, ask.viewer, pms_connection_id))


def try_change(
    service: Service, viewer: Viewer, pms_connection_id: str, body: PmsConnectionChange
) -> Tried | None:
    """Before the transaction: the same for other credentials of a connection."""
    if body.credentials is None:
        return None
    with service.sessions.read() as session:
        connection = find_connection(session, viewer, pms_connection_id)
        viewer.require_write(connection.account_id)
    return tried_there(service, CONNECTORS[connection.vendor].facts, body.credentials)


def change(
    ask: Ask, pms_connection_id: str, body: PmsConnectionChange, tried: Tried | None
) -> PmsConnectionOut:
    connection = find_connection(ask.session, ask.viewer, pms_connection_id)
    choose(
        ask.session,
        ask.viewer,
        connection,
        name=body.name,
        sends_messages=body.sends_messages,
        sends_notes=body.sends_notes,
    )
    if body.credentials is not None and tried is not None:
        keeping.replace_credentials(
            ask.session,
            ask.service.vault,
            ask.viewer,
            pms_connection_id,
            credentials=body.credentials,
            tried=tried,
            now=ask.now,
        )
    if body.enabled is not None:
        switch = keeping.resume if body.enabled else keeping.disable
        switch(ask.session, ask.viewer, pms_connection_id, now=ask.now)
    return _out(ask, connection)


def remove(ask: Ask, pms_connection_id: str, query: Removal) -> None:
    remove_connection(
        ask.session,
        ask.viewer,
        find_connection(ask.session, ask.viewer, pms_connection_id),
        cancels_coming=query.coming_stays == "cancel",
        now=ask.now,
        real_now=ask.real_now,
    )


def sync(ask: Ask, pms_connection_id: str, body: Reading) -> PmsConnectionOut:
    connection = ask_to_read(
        ask.session,
        ask.viewer,
        pms_connection_id,
        full=body.everything,
        now=ask.now,
        real_now=ask.real_now,
    )
    return _out(ask, connection)


def runs(ask: Ask, pms_connection_id: str, query: Paging) -> Page[RunOut]:
    connection = find_connection(ask.session, ask.viewer, pms_connection_id)
    mine = select(ImportRun).where(
        ImportRun.connection_id == connection.id, ImportRun.account_id == connection.account_id
    )
    rows, following = page_of(
        ask.session, ask.service.vault, mine, ImportRun.id, query, newest_first=True
    )
    return Page(items=[_run(one) for one in rows], next_cursor=following)


def _outs(ask: Ask, rows: Iterable[PmsConnection]) -> list[PmsConnectionOut]:
    shown = describe(ask.session, list(rows), ask.now, ask.real_now)
    return [_of(ask, one) for one in shown]


def _out(ask: Ask, connection: PmsConnection) -> PmsConnectionOut:
    return _outs(ask, [connection])[0]


def _of(ask: Ask, one: System) -> PmsConnectionOut:
    row, service = one.connection, ask.service
    last = one.running or one.last
    return PmsConnectionOut(
        id=row.public_id,
        account=one.account.public_id,
        vendor=row.vendor,
        name=row.name,
        account_there=row.account_there,
        status=str(one.standing),
        error=row.error,
        error_field=row.error_field,
        last_run=None if last is None else _run(last),
        complete_at=row.complete_at,
        next_run_at=row.next_run_at,
        readings_left_today=one.left_today,
        listings=one.listings,
        listings_without_home=one.unmatched,
        set_aside=one.set_aside,
        sends_messages=row.sends_messages,
        sends_notes=row.sends_notes,
        hook_url=keeping.hook_address(service.vault, row, service.settings.service.public_url),
        created_at=row.created_at,
        disabled_at=row.disabled_at,
    )


def _run(run: ImportRun) -> RunOut:
    return RunOut(
        id=str(run.id),
        kind=run.kind,
        started_at=run.started_at,
        ended_at=run.ended_at,
        complete=run.is_complete,
        counts=run.counts,
        error=run.error,
        detail=run.detail,
    )


_ONE = "/pms-connections/{pms_connection_id}"

ROUTES = (
    Route(
        method="GET",
        path="/pms-connections",
        summary="Connected booking systems, with how they stand and what came last",
        scopes=HOSTS,
        run=index,
        query=Paging,
        answer=Page[PmsConnectionOut],
    ),
    Route(
        method="POST",
        path="/pms-connections",
        summary="Connect a system; the credentials are tried there first",
        scopes=HOSTS,
        run=create,
        body=NewPmsConnection,
        before=try_new,
        answer=PmsConnectionOut,
        status=201,
    ),
    Route(
        method="GET",
        path=_ONE,
        summary="One connection",
        scopes=HOSTS,
        run=show,
        answer=PmsConnectionOut,
    ),
    Route(
        method="PATCH",
        path=_ONE,
        summary="Name it, pause or resume it, give other credentials, choose what is written back",
        scopes=HOSTS,
        run=change,
        body=PmsConnectionChange,
        before=try_change,
        answer=PmsConnectionOut,
    ),
    Route(
        method="DELETE",
        path=_ONE,
        summary="Remove it with its credentials; coming stays are kept or cancelled",
        scopes=HOSTS,
        run=remove,
        query=Removal,
        conflicts=True,
    ),
    Route(
        method="POST",
        path=f"{_ONE}/sync",
        summary="Read it now: three times a day, whether changes or everything",
        scopes=HOSTS,
        run=sync,
        body=Reading,
        answer=PmsConnectionOut,
        conflicts=True,
    ),
    Route(
        method="GET",
        path=f"{_ONE}/runs",
        summary="Its readings, the newest first",
        scopes=HOSTS,
        run=runs,
        query=Paging,
        answer=Page[RunOut],
    ),
)
