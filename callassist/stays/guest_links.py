"""The link of a stay's guest page: made for the host to pass on, over with the stay.

Who holds the link is believed to be the guest; so it cannot be guessed, and a new one ends the old.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.domain.viewer import Viewer
from callassist.errors import Conflict
from callassist.models import GuestLink, Stay
from callassist.stays.consents import booking_consents
from callassist.stays.lookup import find_stay
from callassist.stays.stops import is_stopped, opt_in, stop
from callassist.storage.vault import Vault

_TOKEN_BYTES = 24  # 192 bits


def guest_link(
    session: Session, vault: Vault, viewer: Viewer, stay_public_id: str, *, now: datetime
) -> str:
    """The token of a stay's page, made when it is asked for first. Conflict for a stay that is
    over, cancelled or erased."""
    stay = find_stay(session, viewer, stay_public_id)
    _refuse_over(stay, now)
    if link_of(session, stay) is None:
        viewer.require_write(stay.account_id)
    return token_for(session, vault, stay, now=now)


def token_for(session: Session, vault: Vault, stay: Stay, *, now: datetime) -> str:
    """The token of a stay's page, whoever needs it; made when there is none yet."""
    link = link_of(session, stay)
    if link is not None:
        return vault.open(link.token)
    link = GuestLink(stay_id=stay.id, created_at=now)
    session.add(link)
    return _give_token(session, vault, link)


def renew_guest_link(
    session: Session, vault: Vault, viewer: Viewer, stay_public_id: str, *, now: datetime
) -> str:
    """Another token; the one before opens nothing any more."""
    stay = find_stay(session, viewer, stay_public_id)
    viewer.require_write(stay.account_id)
    _refuse_over(stay, now)
    link = link_of(session, stay)
    if link is None:
        return guest_link(session, vault, viewer, stay_public_id, now=now)
    link.created_at = now
    return _give_token(session, vault, link)


def link_of(session: Session, stay: Stay) -> GuestLink | None:
    """The stay's link, if one was ever made."""
    return session.scalars(select(GuestLink).where(GuestLink.stay_id == stay.id)).first()


def stay_of_link(session: Session, token: str, now: datetime) -> Stay | None:
    """Whose page a token opens; None for an unknown one, and once the stay is over."""
    query = (
        select(Stay)
        .join(GuestLink, GuestLink.stay_id == Stay.id)
        .where(
            GuestLink.token_hash == _hash(token),
            Stay.check_out_at > now,
            Stay.cancelled_at.is_(None),
            Stay.erased_at.is_(None),
        )
    )
    return session.scalars(query).first()


def messages_stopped(session: Session, vault: Vault, stay: Stay) -> bool:
    """Whether every number of the stay asked for no automatic messages; without a number, whether
    what was agreed to with the booking was taken back."""
    each = [_indexes(vault, one.number, one.number_index) for one in stay.numbers]
    if not each:
        agreed = booking_consents(session, stay)
        return bool(agreed) and all(one.withdrawn_at is not None for one in agreed)
    return all(is_stopped(session, *indexes) for indexes in each)


def stop_messages(session: Session, stay: Stay, *, now: datetime) -> None:
    """No automatic message to any number of the stay, for every account (DESIGN 3.7)."""
    for number in stay.numbers:
        stop(session, number.number_index, "link", now)
    for agreed in booking_consents(session, stay):
        agreed.withdrawn_at = agreed.withdrawn_at or now


def allow_messages(session: Session, vault: Vault, stay: Stay) -> None:
    """The guest takes that back."""
    for number in stay.numbers:
        opt_in(session, *_indexes(vault, number.number, number.number_index))
    for agreed in booking_consents(session, stay):
        agreed.withdrawn_at = None


def _indexes(vault: Vault, sealed: bytes, stored: str) -> set[str]:
    return {stored, *vault.indexes(vault.open(sealed))}


def _refuse_over(stay: Stay, now: datetime) -> None:
    if stay.erased_at is not None or stay.cancelled_at is not None or stay.check_out_at <= now:
        raise Conflict("this stay is over, so its guest has no page any more")


def _give_token(session: Session, vault: Vault, link: GuestLink) -> str:
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    link.token_hash, link.token = _hash(token), vault.seal(token)
    session.flush()
    return token


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
