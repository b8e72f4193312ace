"""Webhooks that we ask a system for ourselves, and the secrets that they are signed with."""

from __future__ import annotations

import json
from datetime import datetime

import structlog

from callassist.errors import CallAssistError
from callassist.models import PmsConnection
from callassist.pms_sync.connections import hook_address
from callassist.pms_sync.sync import Sync
from callassist.ports.pms_access import Access
from callassist.storage.vault import Vault

MOST_SECRETS = 3  # the newest first: what was signed with an older one may still be under way

_log = structlog.get_logger()


def secrets_of(vault: Vault, connection: PmsConnection) -> tuple[str, ...]:
    """What hooks may be signed with, the newest first."""
    if connection.hook_secrets is None:
        return ()
    return tuple(json.loads(vault.open(connection.hook_secrets)))


def add_secret(vault: Vault, connection: PmsConnection, secret: str) -> None:
    """Expect this one from now on, and the ones before for what is still under way."""
    known = [one for one in secrets_of(vault, connection) if one != secret]
    connection.hook_secrets = vault.seal(json.dumps([secret, *known][:MOST_SECRETS]))


def register_hook(sync: Sync, connection: PmsConnection, access: Access, now: datetime) -> None:
    """Have the system send its webhooks here, once; without them the schedule alone finds changes.

    Only where the service has an address that others reach. A system that refuses is asked again
    with the next run.
    """
    facts = sync.connectors[connection.vendor].facts
    is_due = facts.hooks.registered_by_us and connection.hook_registered_at is None
    if not is_due or not sync.public_url.startswith("https://"):
        return
    url = hook_address(sync.vault, connection, sync.public_url)
    try:
        secret = sync.connectors[connection.vendor].register_hook(access, url)
    except CallAssistError as error:
        _log.warning(
            "webhook not registered",
            action="pms_hook_not_registered",
            connection=connection.id,
            detail=error.detail,
        )
        return
    with sync.sessions.write() as session:
        row = session.get_one(PmsConnection, connection.id)
        row.hook_registered_at = now
        if secret is not None:
            add_secret(sync.vault, row, secret)
