"""The browser: what Twilio checks of its token, and the call that it makes."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from typing import Any

import jwt

from tests.twilio_server.account import Account

LONGEST_LIFE = 24 * 3600
IDENTITY = re.compile(r"[A-Za-z0-9_]{1,121}")


class TokenRefused(Exception):
    """The browser gets an error instead of a line: 20101 invalid, 20104 expired."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(f"{code}: {why}")
        self.code = code


def read_token(
    token: str, account: Account, violated: Callable[[str], None], at: float | None = None
) -> tuple[str, str]:
    """Who the browser is, and the TwiML App that its calls go to; `at` is wall time."""
    payload = _verified(token, account, time.time() if at is None else at)
    grants = payload.get("grants", {})
    identity, voice = grants.get("identity", ""), grants.get("voice", {})
    application = voice.get("outgoing", {}).get("application_sid", "")
    if not IDENTITY.fullmatch(identity):
        violated(f"an identity of letters, digits and _ only, not {identity!r}")
    if application not in account.applications:
        raise TokenRefused(20101, f"no TwiML App {application!r}")
    if payload["exp"] - payload.get("nbf", payload["exp"]) > LONGEST_LIFE:
        violated("a token may live for 24 hours at most")
    return identity, application


def may_be_rung(token: str, account: Account, at: float | None = None) -> bool:
    """Whether a device with this token may register to be rung (voice.incoming.allow)."""
    payload = _verified(token, account, time.time() if at is None else at)
    voice = payload.get("grants", {}).get("voice", {})
    return voice.get("incoming", {}).get("allow") is True


def _verified(token: str, account: Account, at: float) -> Mapping[str, Any]:
    try:
        header = jwt.get_unverified_header(token)
        claims = jwt.decode(token, options={"verify_signature": False})
        secret = account.api_keys.get(claims.get("iss", ""))
        if header.get("cty") != "twilio-fpa;v=1" or header.get("alg") != "HS256" or not secret:
            raise TokenRefused(20101, "not a token of an API key of this account")
        payload: Mapping[str, Any] = jwt.decode(
            token,
            secret,
            algorithms=["HS256"],
            issuer=claims["iss"],
            options={"verify_exp": False, "verify_nbf": False, "verify_iat": False},
        )
    except jwt.InvalidTokenError as error:
        raise TokenRefused(20101, str(error)) from error
    if payload.get("sub") != account.sid:
        raise TokenRefused(20101, "of another account")
    if not payload.get("exp", 0) > at:
        raise TokenRefused(20104, "expired")
    return payload
