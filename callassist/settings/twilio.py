"""A Twilio account, or one at a provider that speaks the same language (SignalWire, Somleng)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit

from callassist.errors import SettingsError
from callassist.settings import values

_VARIABLE = "CALLASSIST_TWILIO_"
_ON_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")


class MachineDetection(StrEnum):
    """Whether the network listens for voicemail when a call is answered; it costs per call."""

    OFF = "off"
    ENABLE = "enable"  # as soon as it can tell
    DETECT_MESSAGE_END = "detect_message_end"  # after the mailbox's greeting


def _matching(pattern: str, allowed: str) -> values.Reader:
    def read(value: object) -> str:
        if not isinstance(value, str) or not re.fullmatch(pattern, value.strip()):
            raise ValueError(allowed)
        return value.strip()

    return values.Reader(read, secret=True)  # a token in the wrong place must not be shown


def _base_url(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        return ""
    text = values.read_http_url(value)
    if urlsplit(text).path:
        raise ValueError("must end with the host; what follows belongs into path_prefix")
    return text


Token = Annotated[str, _matching(r"[!-~]{0,256}", "must be letters, digits and signs, no spaces")]
Project = Annotated[str, _matching(r"[A-Za-z0-9-]{0,64}", "must be empty or AC and 32 characters")]
ApiKey = Annotated[str, _matching(r"[A-Za-z0-9-]{0,64}", "must be empty or SK and 32 characters")]
Application = Annotated[
    str, _matching(r"[A-Za-z0-9-]{0,64}", "must be empty or AP and 32 characters")
]
E164 = Annotated[str, _matching(r"(\+[1-9]\d{6,14})?", "must be empty or like +442071838750")]
BaseUrl = Annotated[str, values.Reader(_base_url)]
PathPrefix = Annotated[
    str, _matching(r"((/[A-Za-z0-9._~-]+)+)?", "must be empty or a path like /api/laml")
]
HeaderName = Annotated[str, _matching(r"[A-Za-z0-9-]{1,64}", "must be the name of a header")]
Detection = Annotated[MachineDetection, values.choice(MachineDetection)]


@dataclass(frozen=True, kw_only=True)
class TwilioSettings:
    """One account; its secrets stay out of every printed form of this value."""

    account_sid: Project
    auth_token: Token = field(repr=False)
    auth_token_secondary: Token = field(repr=False)
    api_key_sid: ApiKey
    api_key_secret: Token = field(repr=False)
    application_sid: Application
    caller_id: E164
    base_url: BaseUrl
    path_prefix: PathPrefix
    signature_header: HeaderName
    signing_key: Token = field(repr=False)
    machine_detection: Detection
    messaging_service_sid: ApiKey = ""
    accounts_base_url: BaseUrl = ""

    @property
    def has_softphone(self) -> bool:
        """Whether operators can call from their browsers."""
        return bool(self.api_key_sid)


def check_twilio(settings: TwilioSettings, *, public_url: str) -> None:
    """SettingsError names the variable of an account that is set up by halves."""
    for name, what in (
        ("account_sid", "the account's SID"),
        ("auth_token", "its auth token"),
        ("caller_id", "a number of the account that guests see, like +442071838750"),
    ):
        if not getattr(settings, name):
            raise SettingsError(f"{_VARIABLE}{name.upper()}: is needed to phone: {what}")
    softphone = ("api_key_sid", "api_key_secret", "application_sid")
    missing = [name for name in softphone if not getattr(settings, name)]
    if 0 < len(missing) < len(softphone):
        raise SettingsError(
            f"{_VARIABLE}{missing[0].upper()}: is needed too: calls from the browser need API key, "
            "its secret and the application"
        )
    _check_addresses(settings, public_url)


def _check_addresses(settings: TwilioSettings, public_url: str) -> None:
    if not settings.base_url and not settings.account_sid.startswith("AC"):
        raise SettingsError(f"{_VARIABLE}ACCOUNT_SID: must be AC and 32 characters")
    base = urlsplit(settings.base_url or "https://api.twilio.com")
    tried_out = base.hostname in _ON_THIS_MACHINE
    if base.scheme != "https" and not tried_out:
        raise SettingsError(f"{_VARIABLE}BASE_URL: must start with https://")
    if not public_url.startswith("https://") and not tried_out:
        raise SettingsError(
            "CALLASSIST_PUBLIC_URL: must start with https:// so that the phone network can report"
        )
