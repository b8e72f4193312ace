"""Readers of single values: from TOML (typed) or the environment (text), strict in both.

A reader raises ValueError with what is allowed; it never repeats the value, which may be secret.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit


class TelephonyNetwork(StrEnum):
    """Which phone network is used."""

    SIMULATED = "simulated"  # nobody is really phoned
    MANUAL = "manual"  # operators dial by hand and press started / ended
    TWILIO = "twilio"  # Twilio, or a provider that speaks the same language


class LogLevel(StrEnum):
    """What is logged: this and what is more serious."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Bind:
    """Where the web server listens."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Reader:
    """How a value is read, and whether it may be shown."""

    read: Callable[[object], object]
    secret: bool = False


_SPAN = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
_CLOCK_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_MAIL_SCHEMES = ("smtp", "smtps")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("must be text")
    return value.strip()


def _span(value: object) -> timedelta:
    allowed = "must be a span of time with its units, like 45s, 5m, 1h30m or 30d"
    match = _SPAN.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None or not any(match.groups()) or len(match[0]) > 12:
        raise ValueError(allowed)
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    span = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if not timedelta() < span <= timedelta(days=36_500):
        raise ValueError("must be longer than zero and at most 36500d")
    return span


def _switch(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise ValueError("use true or false")


def _whole(least: int, most: int) -> Reader:
    def read(value: object) -> int:
        if isinstance(value, str) and re.fullmatch(r"-?\d{1,18}", value.strip()):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return value

    return Reader(read)


def _decimal(above: float, most: float) -> Reader:
    def read(value: object) -> float:
        allowed = f"must be a number above {above:g}, at most {most:g}"
        try:
            number = float(value) if isinstance(value, (str, int, float)) else math.nan
        except ValueError:
            raise ValueError(allowed) from None
        if isinstance(value, bool) or not above < number <= most:
            raise ValueError(allowed)
        return number

    return Reader(read)


def choice(kind: type[StrEnum]) -> Reader:
    """One of the members, in capitals or not."""

    def read(value: object) -> StrEnum:
        try:
            return kind(_text(value).lower())
        except ValueError:
            raise ValueError(f"must be one of {', '.join(kind)}") from None

    return Reader(read)


def _clock_time(value: object) -> time:
    match = _CLOCK_TIME.fullmatch(_text(value))
    if match is None:
        raise ValueError("must be a time of day like 03:30")
    return time(int(match[1]), int(match[2]))


def _bind(value: object) -> Bind:
    host, colon, port = _text(value).rpartition(":")
    if not (host and colon and re.fullmatch(r"\d{1,5}", port) and 0 < int(port) < 65_536):
        raise ValueError("must be host:port, like 127.0.0.1:8000 or [::]:8000")
    return Bind(host, int(port))


def read_http_url(value: object) -> str:
    """An http address without user, query and fragment, and without a slash at its end."""
    text = _text(value).rstrip("/")
    allowed = "must be an address like https://calls.example.com, without user or query"
    try:
        parts = urlsplit(text)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        raise ValueError(allowed) from None
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or not port_is_fine
        or parts.username is not None
        or parts.query
        or parts.fragment
        or any(blank in text for blank in " \t\r\n")
    ):
        raise ValueError(allowed)
    return text


def _ping_url(value: object) -> str:
    text = _text(value)
    allowed = "must be empty or an address that starts with https:// or http://"
    try:
        parts = urlsplit(text)
    except ValueError:
        raise ValueError(allowed) from None
    if text and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise ValueError(allowed)
    return text


def _issuer(value: object) -> str:
    """An OpenID provider: over https, or on this machine for trying out."""
    text = _text(value).rstrip("/")
    if not text:
        return ""
    parts = urlsplit(read_http_url(text))
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise ValueError("must be empty or an address that starts with https://")
    return text


def _database_url(value: object) -> str:
    text = _text(value)
    if text and not text.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise ValueError(
            "must be empty, sqlite:////path/to/file.db or postgresql://user:password@host/name"
        )
    return text


def _mail_url(value: object) -> str:
    text = _text(value)
    allowed = "must be file, or smtp://user:password@host:port (smtps:// for TLS from the start)"
    try:
        parts = urlsplit(text)
        is_server = parts.scheme in _MAIL_SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise ValueError(allowed) from None
    if text != "file" and not is_server:
        raise ValueError(allowed)
    return text


def _subject(value: object) -> str:
    text = _text(value)
    if not re.fullmatch(r"mailto:[^\s@]+@[^\s@]+|https://\S+", text):
        raise ValueError("must be mailto:you@example.com or an https:// address")
    return text


def _address(value: object) -> str:
    text = _text(value)
    if not re.fullmatch(r"[^\r\n]*[^\s@<>]+@[^\s@<>]+>?", text):
        raise ValueError("must be an e-mail address, like Call Assist <calls@example.com>")
    return text


def _path(value: object) -> Path:
    text = _text(value)
    if not text:
        raise ValueError("must name a directory")
    return Path(text).expanduser().absolute()


def _optional_path(value: object) -> Path | None:
    return _path(value) if _text(value) else None


def _amount(value: object) -> Decimal | None:
    """Text, also in TOML, whose numbers are binary fractions."""
    text = _text(value)
    if text and not re.fullmatch(r"\d{1,7}(\.\d{1,4})?", text):
        raise ValueError('must be an amount in quotes, like "20.00", or empty')
    return Decimal(text) if text else None


def _price(value: object) -> Decimal:
    amount = _amount(value)
    if amount is None:
        raise ValueError('must be an amount in quotes, like "0.50"')
    return amount


Text = Annotated[str, Reader(_text)]
Amount = Annotated[Decimal | None, Reader(_amount)]  # None: not set
Price = Annotated[Decimal, Reader(_price)]
Switch = Annotated[bool, Reader(_switch)]
Secret = Annotated[str, Reader(_text, secret=True)]
Span = Annotated[timedelta, Reader(_span)]
Factor = Annotated[float, _decimal(0, 3600)]
Rate = Annotated[float, _decimal(0, 1000)]
Count = Annotated[int, _whole(1, 1000)]
Limit = Annotated[int, _whole(1, 1_000_000)]
Seed = Annotated[int, _whole(0, 2**31)]
Proxies = Annotated[int, _whole(0, 8)]
Threads = Annotated[int, _whole(1, 256)]
Streams = Annotated[int, _whole(1, 2000)]
ClockTime = Annotated[time, Reader(_clock_time)]
Listen = Annotated[Bind, Reader(_bind)]
HttpUrl = Annotated[str, Reader(read_http_url)]
Issuer = Annotated[str, Reader(_issuer)]
PingUrl = Annotated[str, Reader(_ping_url, secret=True)]
DatabaseUrl = Annotated[str, Reader(_database_url, secret=True)]
MailUrl = Annotated[str, Reader(_mail_url, secret=True)]
MailAddress = Annotated[str, Reader(_address)]
Subject = Annotated[str, Reader(_subject)]
Directory = Annotated[Path, Reader(_path)]
ResolvedDirectory = Annotated[Path, Reader(_optional_path)]  # None until load.py completed it
Network = Annotated[TelephonyNetwork, choice(TelephonyNetwork)]
Level = Annotated[LogLevel, choice(LogLevel)]
