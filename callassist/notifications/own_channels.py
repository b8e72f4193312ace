"""One person's channels: what each is told, and what reached it last."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.domain.message_kind import OFF_BY_DEFAULT, STAFF_KINDS, MessageKind
from callassist.domain.viewer import Role, Viewer
from callassist.errors import InvalidInput, NotFound
from callassist.models import Account, Desk, Notification, NotificationChannel, OutboxEntry
from callassist.notifications.keeping_channels import (
    REMOVED,
    ChannelInput,
    add_channel,
    remove_channel,
)
from callassist.notifications.telling import SEND, NotificationStatus, wants
from callassist.storage.vault import Vault

MOST_CHANNELS = 20
ALWAYS = frozenset({MessageKind.NEEDS_YOU})  # not to be switched off: it needs this very person
_ASKED_FOR = frozenset({MessageKind.CHANNEL_TEST, MessageKind.CALL_RESULT})


@dataclass(frozen=True, kw_only=True)
class OwnChannel:
    """A channel and the last message that went there."""

    channel: NotificationChannel
    last: Notification | None


@dataclass(frozen=True, kw_only=True)
class TestedWay:
    """How far a message has come: written down, taken by the worker, handed over."""

    notification: Notification
    channel: NotificationChannel
    tries: int
    taken_at: datetime | None


def own_channels(
    session: Session,
    viewer: Viewer,
    *,
    account: Account | None = None,
    desk: Desk | None = None,
) -> list[OwnChannel]:
    """The viewer's own channels in one account or at one desk, oldest first."""
    if viewer.person_id is None:
        return []
    place = (
        NotificationChannel.account_id == account.id
        if account is not None
        else NotificationChannel.desk_id == (None if desk is None else desk.id)
    )
    query = (
        select(NotificationChannel)
        .where(
            NotificationChannel.person_id == viewer.person_id,
            place,
            NotificationChannel.disabled_reason.is_distinct_from(REMOVED),
        )
        .order_by(NotificationChannel.id)
    )
    channels = list(session.scalars(query))
    last = _last_messages(session, [channel.id for channel in channels])
    return [OwnChannel(channel=channel, last=last.get(channel.id)) for channel in channels]


def kinds_for(viewer: Viewer, desk: Desk | None) -> tuple[MessageKind, ...]:
    """What the viewer can be told: hosts' kinds in an account, of swaps and pages at a desk."""
    if desk is None:
        return tuple(kind for kind in MessageKind if kind not in STAFF_KINDS | _ASKED_FOR)
    if Role.SUPERVISOR in viewer.desk_roles.get(desk.id, frozenset()):
        return tuple(kind for kind in MessageKind if kind in STAFF_KINDS)
    return (MessageKind.SHIFT_SWAP,)


def is_told(channels: Iterable[NotificationChannel], kind: MessageKind, channel_kind: str) -> bool:
    """Whether any of the channels of this kind is told messages of this kind."""
    return any(one.kind == channel_kind and wants(one, kind) for one in channels)


def choose_kinds(
    session: Session,
    channels: Sequence[NotificationChannel],
    kinds: Sequence[MessageKind],
    ticked: Collection[str],
) -> None:
    """Tell the channels what is ticked as `kind:channel kind`, and nothing else of `kinds`."""
    for channel in channels:
        muted, wanted = set(channel.muted_kinds), set(channel.wanted_kinds)
        for kind in kinds:
            is_on = f"{kind}:{channel.kind}" in ticked or kind in ALWAYS
            if kind in OFF_BY_DEFAULT:
                (wanted.add if is_on else wanted.discard)(str(kind))
            else:
                (muted.discard if is_on else muted.add)(str(kind))
        channel.muted_kinds, channel.wanted_kinds = sorted(muted), sorted(wanted)
    session.flush()


def choose_some(
    session: Session,
    channels: Sequence[NotificationChannel],
    kinds: Collection[MessageKind],
    told: Mapping[MessageKind, Collection[str]],
) -> None:
    """Tell messages of each given kind by these kinds of channel and no others; the rest stays.

    `kinds` are those that the person can be told. InvalidInput names the one that is refused.
    """
    there = {one.kind for one in channels}
    for kind, ways in told.items():
        field = f"told.{kind}"
        if kind not in kinds:
            raise InvalidInput("this person is never told this; leave it out", field)
        if not there.issuperset(ways):
            raise InvalidInput("this person has no such channel here; add one first", field)
        if kind in ALWAYS and there != set(ways):
            raise InvalidInput("cannot be switched off: it needs this very person", field)
    ticked = {f"{kind}:{way}" for kind, ways in told.items() for way in ways}
    choose_kinds(session, channels, list(told), ticked)


def add_own_channel(
    session: Session,
    vault: Vault,
    viewer: Viewer,
    typed: ChannelInput,
    *,
    now: datetime,
    account: Account | None = None,
    desk: Desk | None = None,
    allow_loopback: bool = False,
) -> NotificationChannel:
    """Another channel of the viewer's; the same address twice is one channel, known as new.

    InvalidInput when there are too many.
    """
    known = own_channels(session, viewer, account=account, desk=desk)
    if len(known) >= MOST_CHANNELS:
        raise InvalidInput(f"at most {MOST_CHANNELS} channels; remove one first", "address")
    channel = add_channel(
        session,
        vault,
        viewer,
        typed,
        now=now,
        account=account,
        desk=desk,
        allow_loopback=allow_loopback,
    )
    address = vault.open(channel.address)
    for one in known:
        if one.channel.kind == typed.kind and vault.open(one.channel.address) == address:
            channel.muted_kinds = list(one.channel.muted_kinds)
            channel.wanted_kinds = list(one.channel.wanted_kinds)
            remove_channel(session, vault, viewer, one.channel.public_id, now=now)
    session.flush()
    return channel


def tested_way(session: Session, viewer: Viewer, public_id: str) -> TestedWay:
    """How far a test of one of the viewer's own channels has come; NotFound for anything else."""
    query = (
        select(Notification, NotificationChannel)
        .join(NotificationChannel, NotificationChannel.id == Notification.channel_id)
        .where(
            Notification.public_id == public_id,
            Notification.kind == str(MessageKind.CHANNEL_TEST),
            NotificationChannel.person_id == (viewer.person_id or 0),
        )
    )
    found = session.execute(query).first()
    if found is None:
        raise NotFound("no such test")
    notification, channel = found
    entry = session.scalars(
        select(OutboxEntry).where(
            OutboxEntry.topic == SEND, OutboxEntry.key == f"notification:{notification.id}"
        )
    ).first()
    is_over = notification.status != NotificationStatus.QUEUED
    return TestedWay(
        notification=notification,
        channel=channel,
        tries=max(notification.attempts, 0 if entry is None else entry.attempts),
        taken_at=notification.sent_at if is_over else None,
    )


def _last_messages(session: Session, channel_ids: Collection[int]) -> dict[int, Notification]:
    latest = (
        select(Notification.id)
        .where(
            Notification.channel_id == NotificationChannel.id,
            Notification.status != str(NotificationStatus.SKIPPED),
        )
        .order_by(Notification.id.desc())
        .limit(1)
        .correlate(NotificationChannel)
        .scalar_subquery()
    )
    newest = select(latest).where(NotificationChannel.id.in_(channel_ids))
    rows = session.scalars(select(Notification).where(Notification.id.in_(newest)))
    return {row.channel_id: row for row in rows if row.channel_id is not None}
