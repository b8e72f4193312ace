"""Who gets figures by e-mail: added by a host, ended by the host or by the recipient."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callassist.domain.digest_period import Frequency
from callassist.domain.viewer import Viewer
from callassist.errors import Conflict, InvalidInput, NotFound
from callassist.models import Digest, Property
from callassist.storage.vault import Vault

MOST = 200  # recipients of one account
LANGUAGES = ("en", "fr")


@dataclass(frozen=True, kw_only=True)
class DigestInput:
    """A recipient as typed; `address` was checked to be one. No home: all of the account."""

    address: str
    name: str = ""
    language: str = "en"
    frequency: str = Frequency.WEEKLY
    home_public_id: str | None = None


def add_digest(
    session: Session,
    vault: Vault,
    viewer: Viewer,
    account_id: int,
    typed: DigestInput,
    *,
    now: datetime,
) -> Digest:
    """Write to somebody from the next period on; what lies before is not told."""
    if account_id not in viewer.account_ids:
        raise NotFound("no such account")
    viewer.require_write(account_id)
    if typed.language not in LANGUAGES:
        raise InvalidInput("use one of en, fr", "language")
    if len(typed.name.strip()) > 100:
        raise InvalidInput("at most 100 characters", "name")
    count = select(func.count(Digest.id)).where(Digest.account_id == account_id)
    if (session.scalar(count) or 0) >= MOST:
        raise Conflict("this account has 200 recipients; remove one first")
    token = secrets.token_urlsafe(32)
    digest = Digest(
        account_id=account_id,
        property_id=_home_id(session, account_id, typed.home_public_id),
        name=typed.name.strip(),
        address=vault.seal(typed.address),
        address_mask=_mask(typed.address),
        language=typed.language,
        frequency=_frequency(typed.frequency),
        sent_until=now,
        stop_token=vault.seal(token),
        stop_token_hash=_hash(token),
        created_at=now,
    )
    session.add(digest)
    session.flush()
    return digest


def set_frequency(
    session: Session, viewer: Viewer, digest_id: str, frequency: str, now: datetime
) -> Digest:
    """Write more or less often; who has unsubscribed can only subscribe through a new entry."""
    digest = find_digest(session, viewer, digest_id)
    if digest.stopped_at is not None:
        raise Conflict("this person unsubscribed; ask them before you add them again")
    digest.frequency = _frequency(frequency)
    digest.sent_until = max(digest.sent_until, now)
    session.flush()
    return digest


def remove_digest(session: Session, viewer: Viewer, digest_id: str) -> None:
    """Forget a recipient."""
    session.delete(find_digest(session, viewer, digest_id))
    session.flush()


def find_digest(session: Session, viewer: Viewer, digest_id: str) -> Digest:
    """A recipient of one of the viewer's accounts, for somebody who may change it."""
    digest = session.scalars(
        select(Digest).where(
            Digest.account_id.in_(viewer.account_ids), Digest.public_id == digest_id
        )
    ).first()
    if digest is None:
        raise NotFound("no such recipient")
    viewer.require_write(digest.account_id)
    return digest


def digests(session: Session, viewer: Viewer) -> Sequence[tuple[Digest, str | None]]:
    """Every recipient with the name of the home, None for all homes."""
    rows = session.execute(
        select(Digest, Property.name)
        .outerjoin(Property, Property.id == Digest.property_id)
        .where(Digest.account_id.in_(viewer.account_ids))
        .order_by(Digest.id)
    )
    return [(digest, home) for digest, home in rows]


def by_stop_token(session: Session, token: str) -> Digest:
    """Whose unsubscribe link this is; NotFound when it is nobody's."""
    query = select(Digest).where(Digest.stop_token_hash == _hash(token))
    digest = session.scalars(query).first()
    if digest is None:
        raise NotFound("no such link")
    return digest


def unsubscribe(session: Session, token: str, now: datetime) -> Digest:
    """The recipient wants no more; asking twice is fine."""
    digest = by_stop_token(session, token)
    if digest.stopped_at is None:
        digest.stopped_at = now
        session.flush()
    return digest


def _home_id(session: Session, account_id: int, public_id: str | None) -> int | None:
    if public_id is None:
        return None
    home_id = session.scalar(
        select(Property.id).where(
            Property.account_id == account_id, Property.public_id == public_id
        )
    )
    if home_id is None:
        raise InvalidInput("choose one of your homes", "home")
    return home_id


def _frequency(word: str) -> str:
    if word not in {str(one) for one in Frequency}:
        raise InvalidInput("choose how often", "frequency")
    return word


def _mask(address: str) -> str:
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}•••@{domain}"[:255]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
