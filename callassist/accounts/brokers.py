"""The MQTT broker of a sensor connection: where we listen, as whom, and how it stands."""

from __future__ import annotations

import ipaddress
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from callassist.accounts import checks
from callassist.accounts.connections import CheckOptions, find_connection
from callassist.domain.viewer import Viewer
from callassist.errors import InvalidInput
from callassist.models import SensorBroker, SensorConnection
from callassist.storage.vault import Vault

WAITING = "waiting"
_NAME = re.compile(
    r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_]([a-z0-9_-]{0,62}))*", re.I
)


@dataclass(frozen=True, kw_only=True)
class NewBroker:
    """What a host says of a broker; `password` None: the one that is kept."""

    host: str
    port: int | None
    tls: bool = True
    authority: str = ""
    username: str = ""
    password: str | None = field(default=None, repr=False)


def set_broker(
    session: Session,
    vault: Vault,
    viewer: Viewer,
    public_id: str,
    said: NewBroker,
    *,
    now_real: datetime,
) -> SensorBroker:
    """Name the broker of a connection, or another one; whoever listens begins anew."""
    connection = find_connection(session, viewer, public_id)
    viewer.require_write(connection.account_id)
    row = session.get(SensorBroker, connection.id)
    if row is None:
        row = SensorBroker(connection_id=connection.id)
    elif said.host.strip().lower() != row.host and said.password is None:
        # a password that was typed for one broker is never sent to another
        row.password = None
    row.host = _host(said.host)
    row.port = _port(said.port, tls=said.tls)
    row.tls = said.tls
    row.authority = _authority(said.authority)
    row.username = checks.line(said.username, "username", required=False)
    if said.password is not None:
        if len(said.password) > 1000:
            raise InvalidInput("at most 1000 characters", "password")
        row.password = vault.seal(said.password) if said.password else None
    row.changed_at, row.state, row.state_at = now_real, WAITING, now_real
    session.add(row)
    session.flush()
    return row


def broker_of(session: Session, viewer: Viewer, public_id: str) -> SensorBroker | None:
    """The broker of a connection of the viewer's accounts."""
    connection = find_connection(session, viewer, public_id)
    return session.get(SensorBroker, connection.id)


def set_options(
    session: Session,
    viewer: Viewer,
    public_id: str,
    options: Mapping[str, Any],
    adapters: Mapping[str, CheckOptions],
    *,
    now_real: datetime,
) -> SensorConnection:
    """Other options of a connection, all of them; its broker's line begins anew."""
    connection = find_connection(session, viewer, public_id)
    viewer.require_write(connection.account_id)
    chosen = dict(options)
    adapters[connection.adapter](chosen)
    connection.options = chosen
    row = session.get(SensorBroker, connection.id)
    if row is not None:
        row.changed_at = now_real
    session.flush()
    return connection


def _host(typed: str) -> str:
    host = typed.strip().lower()
    if not host:
        raise InvalidInput("must not be empty", "host")
    try:
        return str(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        pass
    if not _NAME.fullmatch(host):
        raise InvalidInput("give the name only, like broker.example.com", "host")
    return host


def _port(typed: int | None, *, tls: bool) -> int:
    port = typed if typed is not None else (8883 if tls else 1883)
    if not 1 <= port <= 65535:
        raise InvalidInput("from 1 to 65535; usually 8883 with TLS, 1883 without", "port")
    return port


def _authority(typed: str) -> str | None:
    pem = typed.strip()
    if not pem:
        return None
    try:
        ssl.create_default_context(cadata=pem)
    except (ssl.SSLError, ValueError):
        raise InvalidInput(
            "not a certificate; paste all of it, from BEGIN CERTIFICATE to END CERTIFICATE",
            "authority",
        ) from None
    return pem
