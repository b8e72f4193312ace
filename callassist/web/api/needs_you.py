"""`/needs-you`: alarms that repeat until somebody acknowledges them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from callassist.errors import NotFound
from callassist.models import Incident, NeedsYou, Property
from callassist.notifications import acknowledge
from callassist.web.api.fields import Instant, Nothing, Output, Page, Paging
from callassist.web.api.paging import page_of
from callassist.web.api.places import place_names
from callassist.web.api.routing import HOSTS, Ask, Route
from callassist.web.api.scoping import of_accounts


class AlarmFilter(Paging):
    """Acknowledged ones only when asked for."""

    acknowledged: bool = False


class AlarmOut(Output):
    """One thing that only the host can settle."""

    id: str
    reason: str
    incident: str | None
    property: str | None
    opened_at: Instant
    acknowledged_at: Instant | None
    acknowledged_by: str | None


def index(ask: Ask, query: AlarmFilter) -> Page[AlarmOut]:
    mine = select(NeedsYou).where(of_accounts(ask, NeedsYou.account_id))
    if not query.acknowledged:
        mine = mine.where(NeedsYou.acknowledged_at.is_(None))
    rows, following = page_of(
        ask.session, ask.service.vault, mine, NeedsYou.id, query, newest_first=True
    )
    return Page(items=_outs(ask, rows), next_cursor=following)


def take(ask: Ask, alarm_id: str, body: Nothing) -> AlarmOut:
    alarm = ask.session.scalars(
        select(NeedsYou).where(
            of_accounts(ask, NeedsYou.account_id), NeedsYou.public_id == alarm_id
        )
    ).first()
    if alarm is None:
        raise NotFound("no such alarm")
    ask.viewer.require_write(alarm.account_id)
    acknowledge(ask.session, ask.viewer.name, alarm.id, ask.now)
    return _outs(ask, [alarm])[0]


def _outs(ask: Ask, rows: Sequence[NeedsYou]) -> list[AlarmOut]:
    incidents = place_names(ask.session, Incident, (row.incident_id for row in rows))
    homes = place_names(ask.session, Property, (row.property_id for row in rows))
    return [
        AlarmOut(
            id=row.public_id,
            reason=row.reason,
            incident=incidents.get(row.incident_id),
            property=homes.get(row.property_id),
            opened_at=row.opened_at,
            acknowledged_at=row.acknowledged_at,
            acknowledged_by=row.acknowledged_by,
        )
        for row in rows
    ]


ROUTES = (
    Route(
        method="GET",
        path="/needs-you",
        summary="What needs you, newest first",
        scopes=HOSTS,
        run=index,
        query=AlarmFilter,
        answer=Page[AlarmOut],
    ),
    Route(
        method="POST",
        path="/needs-you/{alarm_id}/acknowledge",
        summary="You take it; asking twice is fine",
        scopes=HOSTS,
        run=take,
        body=Nothing,
        answer=AlarmOut,
    ),
)
