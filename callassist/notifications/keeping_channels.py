"""Channels of an account or a desk: adding, changing, removing; the viewer's scope comes first.

Everybody keeps their own: who may only look, or works at a desk, is told things all the same.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session

from callassist.domain.language import plain_language
from callassist.domain.message_kind import OFF_BY_DEFAULT, MessageKind
from callassist.domain.phone import parse_number
from callassist.domain.viewer import Role, Viewer
from callassist.errors import Forbidden, InvalidInput, NotFound
from callassist.models import Account, Desk, NotificationChannel, Person, RoleBinding
from callassist.notifications.apprise_channel import check_apprise_url
from callassist.notifications.email import check_email
from callassist.notifications.web_push import check_subscription
from callassist.storage.vault import Vault

REMOVED = "removed"


def _checked_number(typed: str) -> str:
    return parse_number(typed, field="address").e164


_CHECKS = {
    "email": check_email,
    "apprise": check_apprise_url,
    "push": check_subscription,
    "voice": _checked_number,
}


@dataclass(frozen=True, kw_only=True)
class ChannelInput:
    """A channel as typed; `address` is an e-mail address, an Apprise URL or a subscription."""

    kind: str
    address: str
    language: str = "en"
    muted_kinds: Sequence[MessageKind] = ()
    wanted_kinds: Sequence[MessageKind] = ()
    person_public_id: str | None = None
    label: str = ""  # of a device


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """Channels that the viewer may see: of their accounts, and of desks that they supervise."""
    kept = or_(
        NotificationChannel.disabled_reason.is_(None),
        NotificationChannel.disabled_reason != REMOVED,
    )
    desks = [desk for desk, roles in viewer.desk_roles.items() if Role.SUPERVISOR in roles]
    mine = or_(
        NotificationChannel.account_id.in_(viewer.account_ids),
        NotificationChannel.desk_id.in_(desks),
    )
    if viewer.person_id is not None:
        mine = or_(mine, NotificationChannel.person_id == viewer.person_id)
    return and_(kept, true() if viewer.is_admin else mine)


def find_channel(
    session: Session, viewer: Viewer, public_id: str, *, to_change: bool = False
) -> NotificationChannel:
    """A channel in the viewer's scope; NotFound otherwise, Forbidden for who may only look."""
    query = select(NotificationChannel).where(
        visible(viewer), NotificationChannel.public_id == public_id
    )
    channel = session.scalars(query).first()
    if channel is None:
        raise NotFound("no such channel")
    if to_change:
        _require(viewer, channel.account_id, channel.desk_id, channel.person_id)
    return channel


def add_channel(
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
    """A new channel of one account or one desk, not proved yet; InvalidInput names the field."""
    if (account is None) == (desk is None):
        raise InvalidInput("say either an account or a desk", "account")
    person_id = _person_id(session, typed.person_public_id, account, desk)
    _require(viewer, account.id if account else None, desk.id if desk else None, person_id)
    if typed.kind not in _CHECKS:
        raise InvalidInput(f"use one of {', '.join(_CHECKS)}", "kind")
    if typed.kind == "voice" and (account is None or person_id is None):
        raise InvalidInput("a voice call is for one person of an account", "kind")
    address = _checked(typed, allow_loopback=allow_loopback)
    channel = NotificationChannel(
        account_id=account.id if account else None,
        desk_id=desk.id if desk else None,
        person_id=person_id,
        kind=typed.kind,
        address=vault.seal(address),
        address_mask=mask(typed.kind, address),
        label=typed.label[:255] or None,
        language=plain_language(typed.language),
        muted_kinds=_kinds(typed.muted_kinds),
        wanted_kinds=_wanted(typed.wanted_kinds),
        created_at=now,
    )
    session.add(channel)
    session.flush()
    return channel


def update_channel(
    session: Session,
    viewer: Viewer,
    public_id: str,
    *,
    language: str | None = None,
    muted_kinds: Sequence[MessageKind] | None = None,
    wanted_kinds: Sequence[MessageKind] | None = None,
) -> NotificationChannel:
    """Change what a channel is told; None leaves a value."""
    channel = find_channel(session, viewer, public_id, to_change=True)
    if language is not None:
        channel.language = plain_language(language)
    if muted_kinds is not None:
        channel.muted_kinds = _kinds(muted_kinds)
    if wanted_kinds is not None:
        channel.wanted_kinds = _wanted(wanted_kinds)
    session.flush()
    return channel


def remove_channel(
    session: Session, vault: Vault, viewer: Viewer, public_id: str, *, now: datetime
) -> None:
    """Tell nothing there any more and forget the address; the delivery log keeps its lines."""
    channel = find_channel(session, viewer, public_id, to_change=True)
    channel.disabled_at, channel.disabled_reason = now, REMOVED
    channel.address, channel.address_mask = vault.seal(""), REMOVED
    session.flush()


def mask(kind: str, address: str) -> str:
    """Enough of an address to recognise it by its owner."""
    if kind == "email":
        name, _, host = address.rpartition("@")
        return f"{name[:1]}•••@{host}"[:255]
    if kind == "voice":
        return parse_number(address).mask
    if kind == "push":
        return f"{urlsplit(json.loads(address)['endpoint']).hostname or ''}/•••"[:255]
    return f"{address.partition('://')[0]}://•••"[:255]


def _checked(typed: ChannelInput, *, allow_loopback: bool) -> str:
    if typed.kind == "push":
        return check_subscription(typed.address, allow_loopback=allow_loopback)
    return _CHECKS[typed.kind](typed.address)


def _require(
    viewer: Viewer, account_id: int | None, desk_id: int | None, person_id: int | None
) -> None:
    if person_id is not None and person_id == viewer.person_id:
        return
    if account_id is not None:
        viewer.require_write(account_id)
    elif desk_id is None or not viewer.supervises(desk_id):
        raise Forbidden("only a supervisor of this desk may change it; ask one")


def _person_id(
    session: Session, public_id: str | None, account: Account | None, desk: Desk | None
) -> int | None:
    if public_id is None:
        return None
    people = (
        select(Person.id)
        .join(RoleBinding, RoleBinding.person_id == Person.id)
        .where(Person.public_id == public_id)
    )
    if account is not None:
        people = people.where(RoleBinding.account_id == account.id)
    elif desk is not None:
        people = people.where(RoleBinding.desk_id == desk.id)
    person_id = session.scalar(people.limit(1))
    if person_id is None:
        raise InvalidInput("nobody here has this id", "person")
    return person_id


def _kinds(kinds: Sequence[MessageKind]) -> list[str]:
    return sorted({str(kind) for kind in kinds})


def _wanted(kinds: Sequence[MessageKind]) -> list[str]:
    for kind in kinds:
        if kind not in OFF_BY_DEFAULT:
            optional = ", ".join(sorted(OFF_BY_DEFAULT))
            raise InvalidInput(f"{kind} comes without asking; use {optional}", "wanted_kinds")
    return _kinds(kinds)
