"""The owner's permission: the way to the brand's page and back, and the first token.

`state` carries who asked, for which account and for what, sealed: it is good for one person, for a
quarter of an hour, and tells nobody anything.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client.oauth2_session import OAuth2ClientAuth
from authlib.oauth2.client import OAuth2Client

from callassist.errors import Forbidden, InvalidInput, PermanentError, TransientError
from callassist.ports.pms_access import CredentialsRefused, Token
from callassist.sensors.asked.brands import TITLES, Asking
from callassist.storage.vault import SealBroken, Vault

HOLDS = timedelta(minutes=15)
_SHORTEST, _USUAL = 60, 3600  # seconds that a token holds; brands may not say
_REFUSED = ("invalid_grant", "access_denied", "unauthorized_client", "invalid_token")


@dataclass(frozen=True, kw_only=True)
class Errand:
    """What somebody went to the brand's page for; `connection` where one is connected again."""

    brand: str
    person_id: int
    account: str
    connection: str = ""


def way_there(asking: Asking, errand: Errand) -> str:
    """The address of the brand's page; InvalidInput when no client is registered."""
    own = asking.brand(errand.brand)
    if not own.is_set:
        title = TITLES[errand.brand]
        raise InvalidInput(f"{title} cannot be connected by sign-in here: no client is registered")
    state = _sealed(asking.vault, errand, asking.now_real())
    url, _ = _client(asking, errand.brand).create_authorization_url(own.authorize_url, state=state)
    return str(url)


def read_state(
    vault: Vault, brand: str, person_id: int | None, state: str, now: datetime
) -> Errand:
    """Whose return this is; Forbidden when it is not this person's, or too late."""
    try:
        told = json.loads(vault.open(base64.urlsafe_b64decode(state.encode())))
        until = datetime.fromisoformat(told.pop("until"))
        errand = Errand(**told)
    except (SealBroken, ValueError, TypeError, KeyError, AttributeError):
        raise Forbidden("this way back is not one of ours; begin again with Connect") from None
    if errand.person_id != person_id or errand.brand != brand:
        raise Forbidden("somebody else began this; begin again with Connect") from None
    if until < now:
        raise Forbidden("this took too long; begin again with Connect")
    return errand


def exchange(asking: Asking, brand: str, code: str) -> Token:
    """The first token for the code that the host came back with."""
    if not code:
        raise InvalidInput("the brand sent no code; begin again with Connect")
    return _asked(asking, brand, grant_type="authorization_code", code=code)


def refresh(asking: Asking, brand: str, refresh_token: str) -> Token:
    """A new token; CredentialsRefused when the permission was taken back."""
    return _asked(asking, brand, grant_type="refresh_token", refresh_token=refresh_token)


def _asked(asking: Asking, brand: str, **grant: str) -> Token:
    own, title = asking.brand(brand), TITLES[brand]
    try:
        given = _client(asking, brand).fetch_token(own.token_url, **grant)
    except AuthlibBaseError as error:
        if error.error in _REFUSED:
            raise CredentialsRefused(
                f"{title} does not accept this permission any more ({error.error})"
            ) from None
        raise PermanentError(f"{title} refused ({error.error})") from None
    except requests.HTTPError as error:
        status = error.response.status_code if error.response is not None else 0
        if 400 <= status < 500 and status not in (408, 429):
            raise CredentialsRefused(f"{title} refused the permission ({status})") from None
        raise TransientError(f"{title} does not answer well ({status})") from None
    except (requests.RequestException, ValueError) as error:
        raise TransientError(f"{title} does not answer ({type(error).__name__})") from None
    return _token(asking, title, given, grant.get("refresh_token"))


def _token(asking: Asking, title: str, given: Any, refresh_before: str | None) -> Token:
    access = given.get("access_token") if isinstance(given, dict) else None
    if not isinstance(access, str) or not access:
        raise TransientError(f"{title} answered without a token")
    said = given.get("expires_in")
    seconds = int(said) if isinstance(said, int | float) and said > 0 else _USUAL
    kept = given.get("refresh_token")
    return Token(
        access=access,
        expires_at=asking.now_real() + timedelta(seconds=max(seconds, _SHORTEST)),
        # one that is not replaced goes on
        refresh=kept if isinstance(kept, str) and kept else refresh_before,
    )


class _Client(OAuth2Client):  # type: ignore[misc]
    client_auth_class = OAuth2ClientAuth  # of the requests library


def _client(asking: Asking, brand: str) -> _Client:
    own = asking.brand(brand)
    return _Client(
        session=asking.http(),
        client_id=own.client_id,
        client_secret=own.client_secret,
        token_endpoint_auth_method="client_secret_post",  # noqa: S106 a name, as both read it
        scope=own.scope or None,
        redirect_uri=asking.back_url(brand),
    )


def _sealed(vault: Vault, errand: Errand, now: datetime) -> str:
    told = {
        "brand": errand.brand,
        "person_id": errand.person_id,
        "account": errand.account,
        "connection": errand.connection,
        "until": (now + HOLDS).isoformat(),
    }
    return base64.urlsafe_b64encode(vault.seal(json.dumps(told))).decode()
