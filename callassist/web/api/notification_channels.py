"""`/notification-channels`: where people are told things, and a test of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field
from sqlalchemy import select

from callassist.domain.message_kind import MessageKind
from callassist.models import Account, Desk, NotificationChannel, Person
from callassist.notifications import test_channel as queue_test
from callassist.notifications.keeping_channels import (
    ChannelInput,
    add_channel,
    find_channel,
    remove_channel,
    update_channel,
    visible,
)
from callassist.web.api.fields import (
    Input,
    Instant,
    Language,
    Nothing,
    Output,
    Page,
    Paging,
    Prose,
    PublicId,
)
from callassist.web.api.paging import page_of
from callassist.web.api.places import place_names
from callassist.web.api.routing import CHIEFS, Ask, Route
from callassist.web.api.scoping import account_named, desk_named

Kinds = list[MessageKind]


class NewChannel(Input):
    """A channel of an account, or of a desk for its supervisors' pages."""

    kind: Literal["email", "apprise", "push", "voice"]
    address: Prose = Field(
        description="An e-mail address, an Apprise URL, or a push subscription as JSON text."
    )
    language: Language = "en"
    muted_kinds: Kinds = []  # noqa: RUF012 frozen by pydantic
    wanted_kinds: Kinds = Field(default=[], description="Of those that are off by default.")
    account: PublicId | None = None
    desk: PublicId | None = None
    person: PublicId | None = Field(default=None, description="Whose it is, for the duty rota.")


class ChannelChange(Input):
    """What to change; another address is another channel."""

    language: Language | None = None
    muted_kinds: Kinds | None = None
    wanted_kinds: Kinds | None = None


class ChannelOut(Output):
    """One channel; its address is shown masked. Proved: a delivery to it was accepted."""

    id: str
    kind: str
    to: str
    account: str | None
    desk: str | None
    person: str | None
    language: str
    muted_kinds: list[str]
    wanted_kinds: list[str]
    proved_at: Instant | None
    disabled_at: Instant | None
    disabled_reason: str | None
    created_at: Instant


def index(ask: Ask, query: Paging) -> Page[ChannelOut]:
    mine = select(NotificationChannel).where(visible(ask.viewer))
    rows, following = page_of(ask.session, ask.service.vault, mine, NotificationChannel.id, query)
    return Page(items=_outs(ask, rows), next_cursor=following)


def create(ask: Ask, body: NewChannel) -> ChannelOut:
    desk = None if body.desk is None else desk_named(ask, body.desk)
    account = account_named(ask, body.account) if desk is None else None
    typed = ChannelInput(
        kind=body.kind,
        address=body.address,
        language=body.language,
        muted_kinds=tuple(body.muted_kinds),
        wanted_kinds=tuple(body.wanted_kinds),
        person_public_id=body.person,
    )
    channel = add_channel(
        ask.session,
        ask.service.vault,
        ask.viewer,
        typed,
        now=ask.now,
        account=account,
        desk=desk,
    )
    return _outs(ask, [channel])[0]


def show(ask: Ask, channel_id: str) -> ChannelOut:
    return _outs(ask, [find_channel(ask.session, ask.viewer, channel_id)])[0]


def change(ask: Ask, channel_id: str, body: ChannelChange) -> ChannelOut:
    channel = update_channel(
        ask.session,
        ask.viewer,
        channel_id,
        language=body.language,
        muted_kinds=body.muted_kinds,
        wanted_kinds=body.wanted_kinds,
    )
    return _outs(ask, [channel])[0]


def remove(ask: Ask, channel_id: str) -> None:
    remove_channel(ask.session, ask.service.vault, ask.viewer, channel_id, now=ask.now)


def test(ask: Ask, channel_id: str, body: Nothing) -> ChannelOut:
    """Queue a test message; its delivery proves the channel."""
    channel = find_channel(ask.session, ask.viewer, channel_id, to_change=True)
    queue_test(ask.session, channel.id, ask.now)
    return _outs(ask, [channel])[0]


def _outs(ask: Ask, rows: Sequence[NotificationChannel]) -> list[ChannelOut]:
    accounts = place_names(ask.session, Account, (row.account_id for row in rows))
    desks = place_names(ask.session, Desk, (row.desk_id for row in rows))
    people = place_names(ask.session, Person, (row.person_id for row in rows))
    return [
        ChannelOut(
            id=row.public_id,
            kind=row.kind,
            to=row.address_mask,
            account=accounts.get(row.account_id),
            desk=desks.get(row.desk_id),
            person=people.get(row.person_id),
            language=row.language,
            muted_kinds=list(row.muted_kinds),
            wanted_kinds=list(row.wanted_kinds),
            proved_at=row.proved_at,
            disabled_at=row.disabled_at,
            disabled_reason=row.disabled_reason,
            created_at=row.created_at,
        )
        for row in rows
    ]


ROUTES = (
    Route(
        method="GET",
        path="/notification-channels",
        summary="Where you and your people are told things",
        scopes=CHIEFS,
        run=index,
        query=Paging,
        answer=Page[ChannelOut],
    ),
    Route(
        method="POST",
        path="/notification-channels",
        summary="Add a channel",
        scopes=CHIEFS,
        run=create,
        body=NewChannel,
        answer=ChannelOut,
        status=201,
    ),
    Route(
        method="GET",
        path="/notification-channels/{channel_id}",
        summary="One channel",
        scopes=CHIEFS,
        run=show,
        answer=ChannelOut,
    ),
    Route(
        method="PATCH",
        path="/notification-channels/{channel_id}",
        summary="Change what a channel is told, and in which language",
        scopes=CHIEFS,
        run=change,
        body=ChannelChange,
        answer=ChannelOut,
    ),
    Route(
        method="DELETE",
        path="/notification-channels/{channel_id}",
        summary="Remove a channel; its address is forgotten",
        scopes=CHIEFS,
        run=remove,
    ),
    Route(
        method="POST",
        path="/notification-channels/{channel_id}/test",
        summary="Send a test message to a channel",
        scopes=CHIEFS,
        run=test,
        body=Nothing,
        answer=ChannelOut,
        conflicts=True,
        status=202,
    ),
)
