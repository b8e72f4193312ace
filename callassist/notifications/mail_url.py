"""Where mail goes: the setting CALLASSIST_MAIL_URL, read once and checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import parse_qs, unquote, urlsplit

from callassist.errors import SettingsError

_NAME = "CALLASSIST_MAIL_URL"
_HOW = "write file, smtps://user:password@host or smtp://user:password@host:587"


class Security(StrEnum):
    """How a connection to the mail server is encrypted."""

    TLS = "tls"  # from the first byte (smtps)
    STARTTLS = "starttls"  # asked for, and refused without it
    IF_OFFERED = "if_offered"  # never with a password, unless the server is this machine
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """One SMTP server."""

    host: str
    port: int
    security: Security
    user: str | None = None
    password: str | None = field(default=None, repr=False)


def read_mail_url(url: str) -> MailServer | None:
    """The server of `smtp://` or `smtps://`; None for `file` (mail into files, development).

    `smtp://` with a password needs STARTTLS; `?starttls=no` switches it off on this machine
    only. SettingsError names CALLASSIST_MAIL_URL.
    """
    if url in ("file", "file:"):
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise SettingsError(f"{_NAME}: is no address; {_HOW}") from None
    if parts.scheme not in ("smtp", "smtps") or not host:
        raise SettingsError(f"{_NAME}: is no mail server; {_HOW}")
    security = _security(parts.scheme, parts.query, host, parts.password is not None)
    return MailServer(
        host=host,
        port=port or (465 if security is Security.TLS else 587 if parts.username else 25),
        security=security,
        user=None if parts.username is None else unquote(parts.username),
        password=None if parts.password is None else unquote(parts.password),
    )


def _security(scheme: str, query: str, host: str, has_password: bool) -> Security:
    if scheme == "smtps":
        return Security.TLS
    local = host in ("localhost", "127.0.0.1", "::1")
    asked = parse_qs(query).get("starttls", [""])[0]
    if asked == "no":
        if has_password and not local:
            raise SettingsError(f"{_NAME}: a password is never sent unencrypted; drop starttls=no")
        return Security.NONE
    if asked not in ("", "yes"):
        raise SettingsError(f"{_NAME}: starttls is yes or no, not {asked!r}")
    if asked == "yes" or (has_password and not local):
        return Security.STARTTLS
    return Security.IF_OFFERED
