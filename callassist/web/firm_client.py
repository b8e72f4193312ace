"""The OpenID Connect client: leads to the firm's provider and reads what it has signed.

Authlib keeps state, nonce and PKCE verifier in the browser's own session and checks each.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Flask
from flask.typing import ResponseReturnValue
from joserfc.errors import JoseError

from callassist.accounts.firm_sign_in import Claims, GroupRole, parse_group_roles
from callassist.errors import Forbidden, TransientError
from callassist.settings import OidcSettings

EXTENSION = "callassist_firm"
PATH = "/sign-in/firm/back"
_SECONDS = 10
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class FirmClient:
    """One provider; without an issuer there is none and nothing is registered."""

    def __init__(self, app: Flask, settings: OidcSettings, public_url: str) -> None:
        self.settings = settings
        self.rules: tuple[GroupRole, ...] = parse_group_roles(settings.roles)
        self._back = f"{public_url.rstrip('/')}{PATH}"
        self._client: Any = None
        if settings.issuer:
            self._client = OAuth(app).register(
                name="firm",
                client_id=settings.client_id,
                client_secret=settings.client_secret,
                server_metadata_url=f"{settings.issuer}/.well-known/openid-configuration",
                client_kwargs={
                    "scope": settings.scopes,
                    "code_challenge_method": "S256",
                    "default_timeout": _SECONDS,
                },
            )

    @property
    def is_set(self) -> bool:
        """Whether there is a provider."""
        return self._client is not None

    def may_use_password(self, email: str) -> bool:
        """Whether this address may come in without the provider."""
        return not self.settings.only or email.lower() == self.settings.break_glass.lower()

    def leave(self) -> ResponseReturnValue:
        """To the provider; TransientError when it does not answer."""
        try:
            self._check_provider()
            answer: ResponseReturnValue = self._client.authorize_redirect(self._back)
        except (requests.RequestException, AuthlibBaseError, ValueError) as error:
            raise TransientError(f"the firm's sign-in does not answer ({_kind(error)})") from None
        return answer

    def come_back(self) -> Claims:
        """What the provider says; Forbidden when it, or its answer, is not to be trusted."""
        try:
            self._check_provider()
            token = self._client.authorize_access_token()
            claims = dict(token.get("userinfo") or {})
            if claims and self.settings.group_claim not in claims:
                claims = self._completed(claims, token)
        except requests.RequestException as error:
            raise TransientError(f"the firm's sign-in does not answer ({_kind(error)})") from None
        except (AuthlibBaseError, JoseError, ValueError, KeyError) as error:
            raise Forbidden(f"the firm's sign-in was not completed ({_kind(error)})") from None
        if not claims.get("sub"):
            raise Forbidden("the firm's sign-in does not say who you are")
        return self._claims(claims)

    def _completed(self, claims: dict[str, Any], token: Any) -> dict[str, Any]:
        """Some providers tell groups only at their userinfo address."""
        if "userinfo_endpoint" not in self._client.load_server_metadata():
            return claims
        more = dict(self._client.userinfo(token=token))
        if more.get("sub") != claims["sub"]:
            raise ValueError("the userinfo is about somebody else")
        return {**more, **claims}

    def _claims(self, claims: dict[str, Any]) -> Claims:
        groups = claims.get(self.settings.group_claim) or ()
        named = [groups] if isinstance(groups, str) else list(groups)
        return Claims(
            issuer=self.settings.issuer,
            subject=str(claims["sub"]),
            email=str(claims.get("email") or "").strip().lower(),
            is_email_verified=claims.get("email_verified") is True,
            name=str(claims.get("name") or "")[:255],
            groups=tuple(str(one) for one in named),
        )

    def _check_provider(self) -> None:
        """The provider must be the one that was set, and speak over https everywhere."""
        known = self._client.load_server_metadata()
        if str(known.get("issuer", "")).rstrip("/") != self.settings.issuer:
            raise ValueError("the provider has another name")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            parts = urlsplit(str(known.get(name, "")))
            if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
                raise ValueError(f"{name} is not over https")


def _kind(error: Exception) -> str:
    """What went wrong, without what was sent: it may hold codes and tokens."""
    return getattr(error, "error", None) or type(error).__name__
