"""Links by which who took a call by phone says, without signing in, how it went.

The link names the ring and is signed: the vault's keyed index of a phrase that is no number.
"""

from __future__ import annotations

import hmac

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.errors import NotFound
from callassist.models import PhoneRing
from callassist.storage.vault import Vault

_SIGNED = 40  # hex digits


def result_link(vault: Vault, ring: PhoneRing, public_url: str) -> str:
    """The address of the page on which they say how it went."""
    signed = vault.index(_phrase(ring.public_id))[:_SIGNED]
    return f"{public_url.rstrip('/')}/call-result/{ring.public_id}.{signed}"


def ring_of_link(session: Session, vault: Vault, token: str) -> PhoneRing:
    """Whose link it is; NotFound for an unknown one, says nothing more."""
    public_id, _, signed = token.partition(".")
    right = [one[:_SIGNED] for one in vault.indexes(_phrase(public_id))]
    ring = session.scalar(select(PhoneRing).where(PhoneRing.public_id == public_id))
    is_signed = any(hmac.compare_digest(one.encode(), signed.encode()) for one in right)
    if ring is None or not is_signed or ring.result_asked_at is None:
        raise NotFound("no such link")
    return ring


def _phrase(public_id: str) -> str:
    return f"result of {public_id}"
