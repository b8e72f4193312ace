"""Links by which somebody without an account here ends the messages of one kind to their address.

The link names channel and kind and is signed: the vault's keyed index of a phrase that is no
number, so that links of a key that has been rotated since still work.
"""

from __future__ import annotations

import hmac

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.domain.message_kind import MessageKind
from callassist.errors import NotFound
from callassist.models import NotificationChannel
from callassist.storage.vault import Vault

# the others are about a night that runs, or about the account itself
STOPPABLE = frozenset({MessageKind.REPORT_READY, MessageKind.MORNING_NOTE})
_SIGNED = 40  # hex digits


def stop_url(
    vault: Vault, channel: NotificationChannel, kind: MessageKind, public_url: str
) -> str | None:
    """Where mail programs unsubscribe; None for people of the account, who have their own page."""
    if channel.kind != "email" or channel.person_id is not None or kind not in STOPPABLE:
        return None
    signed = vault.index(_phrase(channel.public_id, kind))[:_SIGNED]
    return f"{public_url.rstrip('/')}/messages/stop/{channel.public_id}.{kind}.{signed}"


def by_link(session: Session, vault: Vault, token: str) -> tuple[NotificationChannel, MessageKind]:
    """What a link is about; NotFound says nothing more."""
    public_id, _, rest = token.partition(".")
    word, _, signed = rest.partition(".")
    if word not in {str(kind) for kind in STOPPABLE}:
        raise NotFound("no such link")
    kind = MessageKind(word)
    right = [one[:_SIGNED] for one in vault.indexes(_phrase(public_id, kind))]
    query = select(NotificationChannel).where(
        NotificationChannel.public_id == public_id,
        NotificationChannel.person_id.is_(None),
        NotificationChannel.disabled_at.is_(None),
    )
    channel = session.scalars(query).first()
    # compared as bytes: a link may hold letters that no signature has
    is_signed = any(hmac.compare_digest(one.encode(), signed.encode()) for one in right)
    if channel is None or not is_signed:
        raise NotFound("no such link")
    return channel, kind


def is_stopped(channel: NotificationChannel, kind: MessageKind) -> bool:
    """Whether the address gets no more of these."""
    return str(kind) in channel.muted_kinds


def stop_by_link(session: Session, vault: Vault, token: str) -> None:
    """No more of these to this address; asking twice is fine."""
    channel, kind = by_link(session, vault, token)
    channel.muted_kinds = sorted({*channel.muted_kinds, str(kind)})
    session.flush()


def _phrase(public_id: str, kind: MessageKind) -> str:
    return f"stop {kind} to {public_id}"
