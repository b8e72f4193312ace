"""Endpoints of an account: adding, changing, removing; the viewer's scope comes first."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, delete, func, select, true
from sqlalchemy.orm import Session

from callassist.domain.viewer import Viewer
from callassist.domain.webhook_event import EVENTS
from callassist.domain.webhook_tries import OffReason
from callassist.errors import Conflict, InvalidInput, NotFound, PermanentError, TransientError
from callassist.models import WebhookDelivery, WebhookEndpoint
from callassist.notifications.webhooks.outcome import switch_off
from callassist.safe_http import require_public
from callassist.storage.vault import Vault

MOST_ENDPOINTS = 20  # per account
BOTH_SIGN_FOR = timedelta(hours=24)
_LONGEST_URL = 2000
_LONGEST_DESCRIPTION = 120
_SECRET_BYTES = 32


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """Endpoints of the viewer's accounts."""
    return true() if viewer.is_admin else WebhookEndpoint.account_id.in_(viewer.account_ids)


def find_endpoint(
    session: Session, viewer: Viewer, public_id: str, *, to_change: bool = False
) -> WebhookEndpoint:
    """An endpoint in the viewer's scope; NotFound otherwise, Forbidden for who may only look."""
    query = select(WebhookEndpoint).where(visible(viewer), WebhookEndpoint.public_id == public_id)
    endpoint = session.scalars(query).first()
    if endpoint is None:
        raise NotFound("no such webhook")
    if to_change:
        viewer.require_write(endpoint.account_id)
    return endpoint


def checked_url(typed: str, *, allow_loopback: bool = False) -> str:
    """The address, stripped. Looks its name up: call it outside of a transaction.

    InvalidInput says why it is refused.
    """
    url = typed.strip()
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise InvalidInput("this is no address; write https://…", "url") from None
    if parts.scheme not in ("https", "http") or not host:
        raise InvalidInput("this is no address; write https://…", "url")
    if parts.scheme == "http" and not allow_loopback:
        raise InvalidInput("use https: what is sent must not be read on its way", "url")
    if parts.username is not None or parts.password is not None:
        raise InvalidInput("leave the name and password out; the signature proves us", "url")
    if len(url) > _LONGEST_URL or not url.isprintable() or " " in url or parts.fragment:
        raise InvalidInput("this is no address; write https://…", "url")
    try:
        require_public(host, allow_loopback=allow_loopback)
    except TransientError:
        raise InvalidInput("this name is not known on the internet; correct it", "url") from None
    except PermanentError as error:
        raise InvalidInput(error.detail, "url") from None
    return url


def add_endpoint(
    session: Session,
    vault: Vault,
    viewer: Viewer,
    account_id: int,
    *,
    url: str,
    description: str,
    kinds: Sequence[str],
    now: datetime,
) -> tuple[WebhookEndpoint, str]:
    """A new endpoint and its secret, which is shown once. `url` was checked before."""
    viewer.require_write(account_id)
    own = select(func.count()).where(WebhookEndpoint.account_id == account_id)
    if (session.scalar(own) or 0) >= MOST_ENDPOINTS:
        raise Conflict("an account has 20 webhooks at most; remove one first")
    secret = _new_secret()
    endpoint = WebhookEndpoint(
        account_id=account_id,
        url=vault.seal(url),
        url_mask=mask(url),
        description=_described(description),
        secret=vault.seal(secret),
        kinds=checked_events(kinds),
        failed_in_row=0,
        created_at=now,
    )
    session.add(endpoint)
    session.flush()
    return endpoint, secret


def change_endpoint(
    session: Session,
    vault: Vault,
    viewer: Viewer,
    public_id: str,
    *,
    url: str | None = None,
    description: str | None = None,
    kinds: Sequence[str] | None = None,
) -> WebhookEndpoint:
    """Change what is given; None leaves a value. `url` was checked before."""
    endpoint = find_endpoint(session, viewer, public_id, to_change=True)
    if url is not None:
        endpoint.url, endpoint.url_mask = vault.seal(url), mask(url)
    if description is not None:
        endpoint.description = _described(description)
    if kinds is not None:
        endpoint.kinds = checked_events(kinds)
    session.flush()
    return endpoint


def set_enabled(
    session: Session, viewer: Viewer, public_id: str, *, enabled: bool, now: datetime
) -> WebhookEndpoint:
    """Switch it on, with a clean slate, or off by hand."""
    endpoint = find_endpoint(session, viewer, public_id, to_change=True)
    if enabled:
        endpoint.disabled_at = endpoint.disabled_reason = None
        endpoint.failing_since, endpoint.failed_in_row = None, 0
    elif endpoint.disabled_at is None:
        switch_off(session, endpoint, OffReason.BY_HAND, now)
    session.flush()
    return endpoint


def rotate_secret(
    session: Session, vault: Vault, viewer: Viewer, public_id: str, *, now: datetime
) -> tuple[WebhookEndpoint, str]:
    """A new secret, shown once; the one before signs as well for a day."""
    endpoint = find_endpoint(session, viewer, public_id, to_change=True)
    secret = _new_secret()
    endpoint.previous_secret, endpoint.previous_until = endpoint.secret, now + BOTH_SIGN_FOR
    endpoint.secret = vault.seal(secret)
    session.flush()
    return endpoint, secret


def remove_endpoint(session: Session, viewer: Viewer, public_id: str) -> None:
    """It is gone with its log, and nothing is sent there any more."""
    endpoint = find_endpoint(session, viewer, public_id, to_change=True)
    session.refresh(endpoint, with_for_update=True)  # before its deliveries, as everybody does
    session.execute(delete(WebhookDelivery).where(WebhookDelivery.endpoint_id == endpoint.id))
    session.delete(endpoint)
    session.flush()


def mask(url: str) -> str:
    """Enough of an address to recognise it; its path may be a key."""
    parts = urlsplit(url)
    rest = "/•••" if parts.path.strip("/") or parts.query else ""
    return f"{parts.scheme}://{parts.netloc}{rest}"[:255]


def checked_events(kinds: Sequence[str]) -> list[str]:
    """The chosen events in our order; InvalidInput when there is none, or an unknown one."""
    for kind in kinds:
        if kind not in EVENTS.values():
            raise InvalidInput(f"unknown; use one of {', '.join(EVENTS.values())}", "events")
    if not kinds:
        raise InvalidInput("choose at least one event", "events")
    return [event for event in EVENTS.values() if event in kinds]


def _described(typed: str) -> str:
    text = " ".join(typed.split())
    if len(text) > _LONGEST_DESCRIPTION:
        raise InvalidInput(f"at most {_LONGEST_DESCRIPTION} characters", "description")
    return text


def _new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
