"""An account's own phone network: what may be typed, and when it is used."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from callassist.errors import InvalidInput

PREFIX = "own-"  # of the names of such networks, which stand in their addresses


class Kind(StrEnum):
    """Whose account it is. Addresses follow from this: nobody types one that we then ask."""

    TWILIO = "twilio"
    SIGNALWIRE = "signalwire"


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What an owner typed; an empty secret keeps the one that is known."""

    kind: str
    account_sid: str
    auth_token: str
    caller_id: str
    space: str = ""
    signing_key: str = ""
    api_key_sid: str = ""
    api_key_secret: str = ""
    application_sid: str = ""
    messaging_service_sid: str = ""
    may_fall_back: bool = False


_SID = re.compile(r"AC[0-9a-fA-F]{32}")
_PROJECT = re.compile(r"[A-Za-z0-9-]{8,64}")
_SPACE = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_SECRET = re.compile(r"[!-~]{8,256}")
_KEY = re.compile(r"[A-Za-z0-9-]{8,64}")


def name_of(public_id: str) -> str:
    """The network's name: in its addresses, with its calls and texts."""
    return PREFIX + public_id


def is_own(provider: str) -> bool:
    """Whether a network's name is that of an account's own."""
    return provider.startswith(PREFIX)


def is_used(*, is_wrong: bool, may_fall_back: bool) -> bool:
    """Whether calls go over it. Broken, it is still used, and fails, unless the owner said else:
    nobody else's money is spent silently."""
    return not (is_wrong and may_fall_back)


def checked(typed: Typed, *, is_known: bool) -> None:
    """InvalidInput names the field that cannot be right; `is_known` keeps an empty token."""
    if typed.kind not in list(Kind):
        raise InvalidInput("choose one of the providers", "kind")
    if typed.kind == Kind.TWILIO and not _SID.fullmatch(typed.account_sid):
        raise InvalidInput("copy it from the console: AC and 32 characters", "account_sid")
    if typed.kind == Kind.SIGNALWIRE:
        if not _PROJECT.fullmatch(typed.account_sid):
            raise InvalidInput("copy the project's id from the console", "account_sid")
        if not _SPACE.fullmatch(typed.space):
            raise InvalidInput("write the part before .signalwire.com", "space")
        if not (typed.signing_key or is_known):
            raise InvalidInput("is needed: SignalWire signs its reports with it", "signing_key")
    for name in ("auth_token", "signing_key", "api_key_secret"):
        secret = getattr(typed, name)
        if secret and not _SECRET.fullmatch(secret):
            raise InvalidInput("copy it again: letters, digits and signs, no spaces", name)
    if not typed.auth_token and not is_known:
        raise InvalidInput("is needed", "auth_token")
    _check_softphone(typed, is_known=is_known)
    if typed.messaging_service_sid and not _KEY.fullmatch(typed.messaging_service_sid):
        raise InvalidInput("leave it empty, or write MG and 32 characters", "messaging_service_sid")


def _check_softphone(typed: Typed, *, is_known: bool) -> None:
    """All three, or none: one without the others makes no browser ring."""
    if not (typed.api_key_sid or typed.application_sid or typed.api_key_secret):
        return
    for name in ("api_key_sid", "application_sid"):
        if not _KEY.fullmatch(getattr(typed, name)):
            raise InvalidInput("calls from browsers need key, secret and application", name)
    if not typed.api_key_secret and not is_known:
        raise InvalidInput("calls from browsers need key, secret and application", "api_key_secret")
