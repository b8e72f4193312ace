"""Connecting by signing in at the system: leaving for it, and coming back with a permission."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from authlib.common.security import generate_token
from sqlalchemy.orm import Session

from callassist.domain.viewer import Viewer
from callassist.errors import Forbidden, NotFound
from callassist.models import PmsConnection
from callassist.pms_sync.connections import (
    SIGNED_IN,
    Tried,
    connect,
    find_connection,
    replace_credentials,
)
from callassist.pms_sync.opening import Opener
from callassist.ports.pms import Verified
from callassist.ports.pms_access import Token
from callassist.settings import PmsSettings

BACK_PATH = "/systems/back"  # and the vendor; registered there as redirect address
GOOD_FOR = timedelta(minutes=15)
_NOT_YOURS = "this sign-in was not begun here, or too long ago; begin it once more"


@dataclass(frozen=True, kw_only=True)
class Departure:
    """Kept in the browser's session while the host is away; good once, for this person only."""

    vendor: str
    account_id: int
    person_id: int
    connection: str | None  # public id of the one that is connected anew
    state: str
    verifier: str
    left_at: float  # real time, seconds since 1970

    def to_dict(self) -> dict[str, Any]:
        """For a session."""
        return asdict(self)


def is_registered(settings: PmsSettings, opener: Opener, vendor: str) -> bool:
    """Whether hosts can sign in at this system: it offers that, and we have a client there."""
    return vendor in settings.oauth and opener.connector(vendor).facts.form.oauth is not None


def begin(
    opener: Opener,
    viewer: Viewer,
    account_id: int,
    vendor: str,
    *,
    public_url: str,
    connection: str | None = None,
) -> tuple[str, Departure]:
    """Where to send the browser, and what to keep until it comes back."""
    viewer.require_write(account_id)
    if viewer.person_id is None:
        raise Forbidden("only a person can sign in at another system")
    if connection is not None:
        with opener.sessions.read() as session:
            row = find_connection(session, viewer, connection)
            if (row.vendor, row.account_id) != (vendor, account_id):
                raise NotFound("no such connection")
    client = opener.sign_in_client(vendor)
    departure = Departure(
        vendor=vendor,
        account_id=account_id,
        person_id=viewer.person_id,
        connection=connection,
        state=generate_token(48),
        verifier=generate_token(64),
        left_at=opener.clock().timestamp(),
    )
    redirect_url = redirect_address(public_url, vendor)
    address = client.address(
        state=departure.state, verifier=departure.verifier, redirect_url=redirect_url
    )
    return address, departure


def finish(
    opener: Opener,
    viewer: Viewer,
    kept: Mapping[str, Any] | None,
    vendor: str,
    query: Mapping[str, str],
    *,
    public_url: str,
    now: datetime,
) -> PmsConnection:
    """The connection that came of it, new or mended; `kept` is what the session held.

    Forbidden when this browser did not leave for it, CredentialsRefused when the host said no
    there.
    """
    departure = _checked(opener, viewer, kept, vendor, query)
    viewer.require_write(departure.account_id)
    client = opener.sign_in_client(vendor)
    if not query.get("code"):
        raise Forbidden("the permission was not given there; nothing has changed")
    token = client.exchange(
        query["code"],
        verifier=departure.verifier,
        redirect_url=redirect_address(public_url, vendor),
    )
    tried = Tried(verified=_verified(opener, vendor, token), token=token, at=opener.clock())
    with opener.sessions.write() as session:
        return _kept(session, opener, viewer, departure, tried, now)


def redirect_address(public_url: str, vendor: str) -> str:
    """What is registered at the system."""
    return f"{public_url.rstrip('/')}{BACK_PATH}/{vendor}"


def _checked(
    opener: Opener,
    viewer: Viewer,
    kept: Mapping[str, Any] | None,
    vendor: str,
    query: Mapping[str, str],
) -> Departure:
    try:
        departure = Departure(**(kept or {}))
    except TypeError:
        raise Forbidden(_NOT_YOURS) from None
    age = opener.clock().timestamp() - departure.left_at
    is_ours = hmac.compare_digest(departure.state.encode(), query.get("state", "").encode())
    is_theirs = (departure.vendor, departure.person_id) == (vendor, viewer.person_id)
    if not is_ours or not is_theirs or not 0 <= age <= GOOD_FOR.total_seconds():
        raise Forbidden(_NOT_YOURS)
    return departure


def _kept(
    session: Session,
    opener: Opener,
    viewer: Viewer,
    departure: Departure,
    tried: Tried,
    now: datetime,
) -> PmsConnection:
    vault = opener.vault
    if departure.connection is not None:
        return replace_credentials(
            session, vault, viewer, departure.connection, credentials={}, tried=tried, now=now
        )
    return connect(
        session,
        vault,
        viewer,
        departure.account_id,
        vendor=departure.vendor,
        credentials={},
        tried=tried,
        options={SIGNED_IN: True},
        now=now,
    )


def _verified(opener: Opener, vendor: str, token: Token) -> Verified:
    access = opener.trial(vendor, {}, {SIGNED_IN: True}, token)
    with access.session:
        return opener.connector(vendor).verify(access)
