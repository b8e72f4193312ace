"""Our client at a system where hosts sign in: where they go, and what their code is worth.

Authlib builds what is sent; our own Access sends it, with its limits and its words for faults.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from callassist.pms_sync.access import PmsAccess
from callassist.ports.pms_access import BadAnswer, CredentialsRefused, OAuth, Token
from callassist.settings import OAuthClient

WITHOUT_AN_END = timedelta(days=365)  # some systems give tokens that end only when taken back
_REFUSED = (400, 401, 403)


@dataclass(frozen=True, kw_only=True)
class SignInClient:
    """One system's sign-in, with the client that the administrator registered there."""

    system: str
    flow: OAuth
    client: OAuthClient
    open_at: Callable[[str], PmsAccess]  # an Access below this address, without credentials

    def address(self, *, state: str, verifier: str, redirect_url: str) -> str:
        """Where the host signs in; `verifier` stays with us (PKCE)."""
        address: str = prepare_grant_uri(
            self.flow.authorize_url,
            client_id=self.client.client_id,
            response_type="code",
            redirect_uri=redirect_url,
            scope=list(self.flow.scopes) or None,
            state=state,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return address

    def exchange(self, code: str, *, verifier: str, redirect_url: str) -> Token:
        """What a code that came back is worth; CredentialsRefused when it is worth nothing."""
        return self._ask(
            "authorization_code", code=code, redirect_uri=redirect_url, code_verifier=verifier
        )

    def renew(self, refresh: str | None) -> Token:
        """A new token for an old one; CredentialsRefused when the host took the permission
        back."""
        if not refresh:
            raise CredentialsRefused(_taken_back(self.system))
        return self._ask("refresh_token", refresh_token=refresh)

    def _ask(self, grant: str, **fields: str) -> Token:
        parts = urlsplit(self.flow.token_url)
        auth = (self.client.client_id, self.client.client_secret)
        if self.flow.client_in_body:
            fields |= {"client_id": auth[0], "client_secret": auth[1]}
        form = dict(parse_qsl(prepare_token_request(grant, **fields)))
        access = self.open_at(f"{parts.scheme}://{parts.netloc}")
        with access.session:
            answer = access.call(
                "POST",
                parts.path,
                form=form,
                auth=None if self.flow.client_in_body else auth,
                see=_REFUSED,
            )
        if answer.status in _REFUSED:
            raise CredentialsRefused(_taken_back(self.system))
        return _token(self.system, answer.json(), access.now())


def _taken_back(system: str) -> str:
    return f"{system} does not give access any more; sign in there once more"


def _token(system: str, given: Any, now: datetime) -> Token:
    if not isinstance(given, dict) or not isinstance(given.get("access_token"), str):
        raise BadAnswer(f"{system} sent no access token")
    seconds, refresh = given.get("expires_in"), given.get("refresh_token")
    life = WITHOUT_AN_END
    if isinstance(seconds, int | float) and not isinstance(seconds, bool) and seconds > 0:
        life = timedelta(seconds=min(seconds, life.total_seconds()))
    return Token(
        access=given["access_token"],
        expires_at=now + life,
        refresh=refresh if isinstance(refresh, str) and refresh else None,
    )
