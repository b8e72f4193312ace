"""Channels by hand: add one, prove it with a test, remove it. Scope of the viewer first."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from callassist.domain.viewer import Viewer
from callassist.errors import InvalidInput, NotFound
from callassist.models import Notification, NotificationChannel
from callassist.notifications.apprise_channel import check_apprise_url
from callassist.notifications.channel_test import test_channel
from callassist.notifications.email import check_email
from callassist.storage.vault import Vault

_CHECKS = {"email": check_email, "apprise": check_apprise_url}


def add_channel(
    session: Session,
    vault: Vault,
    viewer: Viewer,
    *,
    kind: str,
    address: str,
    language: str,
    now: datetime,
    account_id: int | None = None,
    desk_id: int | None = None,
) -> NotificationChannel:
    """A channel of the viewer's own in one of their accounts, or at a desk that they supervise.

    InvalidInput for an address that cannot be one. A test message is queued: its delivery proves
    the channel.
    """
    if account_id not in viewer.account_ids and not (desk_id and viewer.supervises(desk_id)):
        raise NotFound("no such account")
    if kind not in _CHECKS:
        raise InvalidInput(f"unknown; use one of {', '.join(_CHECKS)}", "kind")
    checked = _CHECKS[kind](address)
    channel = NotificationChannel(
        account_id=account_id,
        desk_id=None if account_id is not None else desk_id,
        person_id=viewer.person_id,
        kind=kind,
        address=vault.seal(checked),
        address_mask=_mask(kind, checked),
        language=language,
        muted_kinds=[],
        wanted_kinds=[],
        created_at=now,
    )
    session.add(channel)
    session.flush()
    test_channel(session, channel.id, now)
    return channel


def own_channels(session: Session, viewer: Viewer) -> list[NotificationChannel]:
    """The viewer's own channels, oldest first."""
    query = select(NotificationChannel).where(_is_own(viewer)).order_by(NotificationChannel.id)
    return list(session.scalars(query))


def find_channel(session: Session, viewer: Viewer, public_id: str) -> NotificationChannel:
    """One of the viewer's own channels; NotFound for anything else."""
    query = select(NotificationChannel).where(
        _is_own(viewer), NotificationChannel.public_id == public_id
    )
    channel = session.scalars(query).first()
    if channel is None:
        raise NotFound("no such channel")
    return channel


def remove_channel(session: Session, viewer: Viewer, public_id: str, *, now: datetime) -> None:
    """Send nothing there any more. One with a delivery log is closed and its address forgotten."""
    channel = find_channel(session, viewer, public_id)
    used = select(Notification.id).where(Notification.channel_id == channel.id).limit(1)
    if session.scalar(used) is None:
        session.delete(channel)
    else:
        channel.disabled_at, channel.disabled_reason = now, "removed"
        channel.person_id = channel.account_id = channel.desk_id = None
    session.flush()


def _is_own(viewer: Viewer) -> ColumnElement[bool]:
    return (NotificationChannel.person_id == viewer.person_id) & or_(
        NotificationChannel.account_id.in_(viewer.account_ids),
        NotificationChannel.desk_id.in_(viewer.desk_ids),
    )


def _mask(kind: str, address: str) -> str:
    if kind == "email":
        name, _, host = address.rpartition("@")
        return f"{name[:1]}•••@{host}"
    parts = urlsplit(address)
    return f"{parts.scheme}://•••"
