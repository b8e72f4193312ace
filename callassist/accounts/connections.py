"""Sensor connections: the address to which a brand's cloud posts, and its signing secret."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.accounts import checks
from callassist.domain.viewer import Viewer
from callassist.errors import InvalidInput, NotFound
from callassist.models import Account, SensorAccess, SensorConnection
from callassist.storage.vault import Vault

HOOK_PATH = "/hooks/sensors"

CheckOptions = Callable[[Mapping[str, object]], None]


@dataclass(frozen=True, kw_only=True)
class NewConnection:
    """A connection and what is shown once: where to post to, and the secret to sign with."""

    connection: SensorConnection
    token: str
    path: str
    secret: str | None


def create_connection(
    session: Session,
    vault: Vault,
    viewer: Viewer,
    account: Account,
    adapter: str,
    *,
    now: datetime,
    adapters: Mapping[str, CheckOptions],
    name: str = "",
    options: Mapping[str, Any] | None = None,
    signed: bool = True,
    secret: str | None = None,
) -> NewConnection:
    """A new inbound address for one brand; token and secret are shown this once.

    `adapters` maps each known brand to its check of options. `secret` is for brands that make it
    themselves; else one is made (Standard Webhooks form) unless `signed` is false: then the
    address alone is the proof.
    """
    viewer.require_write(account.id)
    if adapter not in adapters:
        raise InvalidInput(f"unknown; use one of {', '.join(sorted(adapters))}", "adapter")
    chosen = dict(options or {})
    adapters[adapter](chosen)
    token = secrets.token_urlsafe(24)
    shared = secret or (new_secret() if signed else None)
    connection = SensorConnection(
        account_id=account.id,
        adapter=adapter,
        name=checks.line(name, "name", required=False),
        token_hash=hash_token(token),
        secret=None if shared is None else vault.seal(shared),
        options=chosen,
        created_at=now,
    )
    session.add(connection)
    session.flush()
    path = f"{HOOK_PATH}/{adapter}/{token}"
    return NewConnection(connection=connection, token=token, path=path, secret=shared)


def rotate_secret(
    session: Session, vault: Vault, viewer: Viewer, public_id: str, secret: str | None = None
) -> str:
    """A new secret, shown this once; the one before is accepted until the next rotation."""
    connection = find_connection(session, viewer, public_id)
    viewer.require_write(connection.account_id)
    shared = secret or new_secret()
    connection.previous_secret = connection.secret
    connection.secret = vault.seal(shared)
    session.flush()
    return shared


def rotate_address(session: Session, viewer: Viewer, public_id: str) -> str:
    """A new path to post to, shown this once; the one before answers 404 from now on."""
    connection = find_connection(session, viewer, public_id)
    viewer.require_write(connection.account_id)
    token = secrets.token_urlsafe(24)
    connection.token_hash = hash_token(token)
    asked = session.get(SensorAccess, connection.id)
    if asked is not None and asked.hook_id is not None:
        # what we registered there leads to the address before: registered anew at the next look
        asked.hook_id, asked.next_at = None, asked.created_at
    session.flush()
    return f"{HOOK_PATH}/{connection.adapter}/{token}"


def drop_previous_secret(session: Session, viewer: Viewer, public_id: str) -> SensorConnection:
    """The sender uses the new secret now: accept no other."""
    connection = find_connection(session, viewer, public_id)
    viewer.require_write(connection.account_id)
    connection.previous_secret = None
    session.flush()
    return connection


def set_enabled(
    session: Session, viewer: Viewer, public_id: str, enabled: bool, *, now: datetime
) -> SensorConnection:
    """Close an address (it answers 404) or open it again."""
    connection = find_connection(session, viewer, public_id)
    viewer.require_write(connection.account_id)
    if enabled:
        connection.disabled_at = None
    elif connection.disabled_at is None:
        connection.disabled_at = now
    session.flush()
    return connection


def find_connection(session: Session, viewer: Viewer, public_id: str) -> SensorConnection:
    """A connection of one of the viewer's accounts; NotFound for anything else."""
    connection = session.scalars(
        select(SensorConnection).where(SensorConnection.public_id == public_id)
    ).first()
    if connection is None or not (viewer.is_admin or connection.account_id in viewer.account_ids):
        raise NotFound("no such sensor connection")
    return connection


def connections(
    session: Session, viewer: Viewer, account_id: int | None = None
) -> list[SensorConnection]:
    """The connections of the viewer's accounts, or of one of them, oldest first."""
    query = select(SensorConnection).order_by(SensorConnection.id)
    if not viewer.is_admin:
        query = query.where(SensorConnection.account_id.in_(viewer.account_ids))
    if account_id is not None:
        query = query.where(SensorConnection.account_id == account_id)
    return list(session.scalars(query))


def new_secret() -> str:
    """A signing secret in the form that Standard Webhooks libraries take."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()


def hash_token(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
