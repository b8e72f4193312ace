"""Connections to property-management systems: making, correcting, pausing them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.accounts import checks
from callassist.domain.viewer import Viewer
from callassist.errors import InvalidInput, NotFound
from callassist.models import PmsConnection
from callassist.pms_sync.tokens import drop_token, keep_token
from callassist.ports.pms import Verified
from callassist.ports.pms_access import Token
from callassist.storage.vault import Vault

HOOK_PATH = "/hooks/pms"
SIGNED_IN = "oauth"  # the option of a connection by sign-in: it has no credentials of its own
MOST_CONNECTIONS = 20  # of an account; more are a loop or a mistake


@dataclass(frozen=True, kw_only=True)
class Tried:
    """Credentials that were tried, and the token that came of it: some codes work only once."""

    verified: Verified
    token: Token | None = None
    at: datetime | None = None  # real time; by it tokens of a day are counted


def connect(
    session: Session,
    vault: Vault,
    viewer: Viewer,
    account_id: int,
    *,
    vendor: str,
    credentials: Mapping[str, str],
    tried: Tried,
    options: Mapping[str, Any] | None = None,
    name: str = "",
    now: datetime,
) -> PmsConnection:
    """A new connection with credentials that were verified; its first read is due at once."""
    viewer.require_write(account_id)
    earlier = session.scalars(select(PmsConnection).where(PmsConnection.account_id == account_id))
    if len(earlier.all()) >= MOST_CONNECTIONS:
        raise InvalidInput("there are many connections already; remove one first", "vendor")
    token = _new_hook_token()
    connection = PmsConnection(
        account_id=account_id,
        vendor=vendor,
        name=checks.line(name, "name", required=False),
        account_there=tried.verified.account[:255],
        credentials=seal_credentials(vault, credentials),
        options=dict(options or {}),
        hook_token_hash=hash_hook_token(token),
        hook_token=vault.seal(token),
        next_run_at=now,
        wanted="full",
        created_at=now,
    )
    session.add(connection)
    session.flush()
    if tried.token is not None:
        keep_token(session, vault, connection.id, tried.token, fetched_at=tried.at)
    return connection


def replace_credentials(
    session: Session,
    vault: Vault,
    viewer: Viewer,
    public_id: str,
    *,
    credentials: Mapping[str, str],
    tried: Tried,
    now: datetime,
) -> PmsConnection:
    """Other credentials, which were verified; what went wrong with the earlier ones is over."""
    connection = find_connection(session, viewer, public_id)
    viewer.require_write(connection.account_id)
    is_other = open_credentials(vault, connection) != dict(credentials)
    drop_token(session, connection.id, are_counted=not is_other)
    connection.credentials = seal_credentials(vault, credentials)
    connection.options = {**connection.options, SIGNED_IN: not credentials}
    connection.account_there = tried.verified.account[:255] or connection.account_there
    if tried.token is not None:
        keep_token(session, vault, connection.id, tried.token, fetched_at=tried.at)
    connection.error = connection.error_field = None
    connection.failures = 0
    connection.disabled_at = None
    connection.next_run_at, connection.wanted = now, "full"
    session.flush()
    return connection


def disable(session: Session, viewer: Viewer, public_id: str, *, now: datetime) -> PmsConnection:
    """Ask no more; what came stays. Its hooks are answered 404."""
    connection = find_connection(session, viewer, public_id)
    viewer.require_write(connection.account_id)
    connection.disabled_at = connection.disabled_at or now
    connection.next_run_at = connection.wanted = None
    session.flush()
    return connection


def resume(session: Session, viewer: Viewer, public_id: str, *, now: datetime) -> PmsConnection:
    """Ask again, everything at once: what was missed meanwhile nobody knows."""
    connection = find_connection(session, viewer, public_id)
    viewer.require_write(connection.account_id)
    if connection.disabled_at is not None:
        connection.disabled_at = None
        connection.next_run_at, connection.wanted = now, "full"
    session.flush()
    return connection


def rotate_hook_token(session: Session, vault: Vault, viewer: Viewer, public_id: str) -> str:
    """A new token in the address for webhooks; the earlier address answers 404 from now on."""
    connection = find_connection(session, viewer, public_id)
    viewer.require_write(connection.account_id)
    token = _new_hook_token()
    connection.hook_token_hash = hash_hook_token(token)
    connection.hook_token = vault.seal(token)
    # where we register addresses ourselves, the next run does so with the new one
    connection.hook_registered_at = None
    session.flush()
    return token


def find_connection(session: Session, viewer: Viewer, public_id: str) -> PmsConnection:
    """A connection of one of the viewer's accounts; NotFound for anything else."""
    query = select(PmsConnection).where(PmsConnection.public_id == public_id)
    if not viewer.is_admin:
        query = query.where(PmsConnection.account_id.in_(viewer.account_ids))
    connection = session.scalars(query).first()
    if connection is None:
        raise NotFound("no such connection")
    return connection


def connections_of(
    session: Session, viewer: Viewer, account_id: int | None = None
) -> list[PmsConnection]:
    """The connections of the viewer's accounts, or of one of them, the oldest first."""
    query = select(PmsConnection).order_by(PmsConnection.id)
    if not viewer.is_admin:
        query = query.where(PmsConnection.account_id.in_(viewer.account_ids))
    if account_id is not None:
        query = query.where(PmsConnection.account_id == account_id)
    return list(session.scalars(query))


def of_hook_token(session: Session, vendor: str, token: str) -> PmsConnection | None:
    """The connection that a webhook's address names; None for any other, and while it is
    paused."""
    found = session.scalars(
        select(PmsConnection).where(PmsConnection.hook_token_hash == hash_hook_token(token))
    ).first()
    return found if found and found.vendor == vendor and found.disabled_at is None else None


def hook_address(vault: Vault, connection: PmsConnection, public_url: str) -> str:
    """Where the system sends its webhooks."""
    token = vault.open(connection.hook_token)
    return f"{public_url.rstrip('/')}{HOOK_PATH}/{connection.vendor}/{token}"


def open_credentials(vault: Vault, connection: PmsConnection) -> dict[str, str]:
    """The credentials as typed, by the names of the form's fields."""
    opened: dict[str, str] = json.loads(vault.open(connection.credentials))
    return opened


def seal_credentials(vault: Vault, credentials: Mapping[str, str]) -> bytes:
    """As they are stored."""
    return vault.seal(json.dumps(dict(credentials), ensure_ascii=False))


def hash_hook_token(token: str) -> str:
    """By which a token is found; it has 192 random bits, so a plain hash gives nothing away."""
    return sha256(token.encode()).hexdigest()


def _new_hook_token() -> str:
    return secrets.token_urlsafe(24)
