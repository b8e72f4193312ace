"""`/notifications`: the delivery log: what was told, how, and what became of it."""

from __future__ import annotations

from sqlalchemy import or_, select, true

from callassist.models import Incident, Notification, NotificationChannel
from callassist.web.api.fields import Instant, Output, Page, Paging, PublicId
from callassist.web.api.paging import page_of
from callassist.web.api.places import place_names
from callassist.web.api.routing import CHIEFS, Ask, Route
from callassist.web.api.scoping import supervised_desks


class DeliveryFilter(Paging):
    """About which incident."""

    incident: PublicId | None = None


class DeliveryOut(Output):
    """One message to one channel; without `channel` there was no way to send it."""

    id: str
    kind: str
    incident: str | None
    channel: str | None
    channel_kind: str | None
    to: str | None
    status: str
    reason: str | None
    attempts: int
    created_at: Instant
    sent_at: Instant | None


def index(ask: Ask, query: DeliveryFilter) -> Page[DeliveryOut]:
    scope = or_(
        Notification.account_id.in_(ask.viewer.account_ids),
        Notification.desk_id.in_(supervised_desks(ask)),
    )
    mine = select(Notification).where(true() if ask.viewer.is_admin else scope)
    if query.incident is not None:
        wanted = select(Incident.id).where(Incident.public_id == query.incident)
        mine = mine.where(Notification.incident_id.in_(wanted))
    rows, following = page_of(
        ask.session, ask.service.vault, mine, Notification.id, query, newest_first=True
    )
    incidents = _incidents(ask, rows)
    ids = {row.channel_id for row in rows if row.channel_id is not None}
    channels = {
        one.id: one
        for one in ask.session.scalars(
            select(NotificationChannel).where(NotificationChannel.id.in_(ids))
        )
    }
    return Page(
        items=[
            _out(row, incidents.get(row.incident_id), channels.get(row.channel_id or 0))
            for row in rows
        ],
        next_cursor=following,
    )


def _incidents(ask: Ask, rows: list[Notification]) -> dict[int | None, str]:
    """A desk is not shown the ids of its accounts' incidents."""
    own = (row.incident_id for row in rows if row.account_id is not None)
    return place_names(ask.session, Incident, own)


def _out(
    row: Notification, incident: str | None, channel: NotificationChannel | None
) -> DeliveryOut:
    return DeliveryOut(
        id=row.public_id,
        kind=row.kind,
        incident=incident,
        channel=None if channel is None else channel.public_id,
        channel_kind=None if channel is None else channel.kind,
        to=None if channel is None else channel.address_mask,
        status=row.status,
        reason=row.reason,
        attempts=row.attempts,
        created_at=row.created_at,
        sent_at=row.sent_at,
    )


ROUTES = (
    Route(
        method="GET",
        path="/notifications",
        summary="What was told to whom, newest first",
        scopes=CHIEFS,
        run=index,
        query=DeliveryFilter,
        answer=Page[DeliveryOut],
    ),
)
