"""Opening connections: from a row, or from credentials that somebody just typed, to an Access."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import requests

from callassist.errors import NotFound
from callassist.models import PmsConnection
from callassist.pms_sync.access import Patience, PmsAccess, real_now
from callassist.pms_sync.budget import SharedBudget
from callassist.pms_sync.connections import SIGNED_IN, Tried, open_credentials
from callassist.pms_sync.registry import CONNECTORS
from callassist.pms_sync.sign_in_client import SignInClient
from callassist.pms_sync.tokens import OwnTokens, SharedTokens
from callassist.ports.pms import PmsConnector
from callassist.ports.pms_access import Token
from callassist.safe_http import safe_session, trusted_session
from callassist.settings import PmsSettings
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault


@dataclass(kw_only=True)
class Opener:
    """Opens connections; one per process. `allow_loopback` is for tests and development."""

    sessions: Sessions
    vault: Vault
    settings: PmsSettings
    allow_loopback: bool = False
    patience: Patience = field(default_factory=Patience)
    clock: Callable[[], datetime] = real_now
    connectors: Mapping[str, PmsConnector] = field(default_factory=lambda: CONNECTORS)

    def open(self, connection_id: int, *, urgent: bool = False) -> PmsAccess:
        """A stored connection. `urgent`: a guest is about to be phoned, so it may use the tenth of
        the rate that is kept free. NotFound when it was removed."""
        with self.sessions.read() as session:
            row = session.get(PmsConnection, connection_id)
            if row is None:
                raise NotFound("no such connection")
            credentials = open_credentials(self.vault, row)
        connector = self.connector(row.vendor)
        return PmsAccess(
            vendor=row.vendor,
            system=connector.facts.title,
            base_url=self.base_url(row.vendor),
            credentials=credentials,
            options=row.options,
            session=self.session_for(row.vendor),
            budget=self._budget(connector, str(row.id), urgent=urgent),
            tokens=SharedTokens(
                sessions=self.sessions,
                vault=self.vault,
                connection_id=row.id,
                system=connector.facts.title,
                clock=self.clock,
            ),
            renew=self._renew if row.options.get(SIGNED_IN) else None,
            patience=self.patience,
            clock=self.clock,
        )

    def trial(
        self,
        vendor: str,
        credentials: Mapping[str, str],
        options: Mapping[str, Any] | None = None,
        token: Token | None = None,
    ) -> PmsAccess:
        """Credentials that are nobody's yet: nothing of them is stored."""
        connector = self.connector(vendor)
        # whoever tries the same again and again shares one budget
        typed = sha256("\n".join(credentials.values()).encode()).hexdigest()[:16]
        return PmsAccess(
            vendor=vendor,
            system=connector.facts.title,
            base_url=self.base_url(vendor),
            credentials=dict(credentials),
            options=dict(options or {}),
            session=self.session_for(vendor),
            budget=self._budget(connector, f"try:{typed}"),
            tokens=OwnTokens(token, clock=self.clock),
            patience=self.patience,
            clock=self.clock,
        )

    def sign_in_client(self, vendor: str) -> SignInClient:
        """Our client at a system where hosts sign in; NotFound where there is none."""
        facts = self.connector(vendor).facts
        client = self.settings.oauth.get(vendor)
        if facts.form.oauth is None or client is None:
            raise NotFound("signing in there is not set up; ask whoever runs this service")
        flow = facts.form.oauth
        if other := self.settings.base_urls.get(vendor):
            flow = replace(
                flow,
                authorize_url=other + urlsplit(flow.authorize_url).path,
                token_url=other + urlsplit(flow.token_url).path,
            )
        return SignInClient(
            system=facts.title,
            flow=flow,
            client=client,
            open_at=lambda address: replace(self.trial(vendor, {}), base_url=address),
        )

    def connector(self, vendor: str) -> PmsConnector:
        """NotFound for a system that nobody knows."""
        if vendor not in self.connectors:
            raise NotFound("no such system")
        return self.connectors[vendor]

    def base_url(self, vendor: str) -> str:
        """The system's address, or the one that the administrator set in its place."""
        own = self.connector(vendor).facts.base_url
        other = self.settings.base_urls.get(vendor)
        return (other + urlsplit(own).path).rstrip("/") if other else own

    def session_for(self, vendor: str) -> requests.Session:
        """Only an address that the administrator set may be in the own network."""
        if vendor in self.settings.base_urls and self.connector(vendor).facts.base_url:
            return trusted_session()
        return safe_session(allow_loopback=self.allow_loopback)

    def _renew(self, access: PmsAccess) -> Token:
        return self.sign_in_client(access.vendor).renew(access.refresh_token())

    def _budget(
        self, connector: PmsConnector, connection: str, *, urgent: bool = False
    ) -> SharedBudget:
        return SharedBudget(
            self.sessions,
            connector.facts.rates,
            vendor=connector.facts.vendor,
            connection=connection,
            urgent=urgent,
        )


def verify_typed(
    opener: Opener,
    vendor: str,
    credentials: Mapping[str, str],
    options: Mapping[str, Any] | None = None,
) -> Tried:
    """Whether what somebody typed opens the system: asks it, stores nothing.

    InvalidInput and CredentialsRefused name the field; TransientError when it does not answer.
    """
    connector = opener.connector(vendor)
    connector.check(credentials)
    access = opener.trial(vendor, credentials, options)
    with access.session:
        verified = connector.verify(access)
    assert isinstance(access.tokens, OwnTokens)
    return Tried(verified=verified, token=access.tokens.current, at=opener.clock())
