"""HTTP to addresses that a user chose: only to the public internet, never redirected, with limits.

requests-hardened resolves a name once, checks the address and connects to that very address, so
a name that changes between check and connection gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import cast

import requests
from requests_hardened import Config, Manager
from requests_hardened.ip_filter import EXTRA_BLOCKED_NET_RANGES

from callassist.errors import PermanentError, TransientError

CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0
_AGENT = "Call-Assist"


def safe_session(*, allow_loopback: bool = False) -> requests.Session:
    """A session that refuses private addresses; `allow_loopback` is for tests and development."""
    return _session(filtered=True, allow_loopback=allow_loopback)


def trusted_session() -> requests.Session:
    """The same limits for an address that the administrator set: it may be in the own network."""
    return _session(filtered=False, allow_loopback=True)


def require_public(host: str, *, allow_loopback: bool = False) -> None:
    """PermanentError unless every address of `host` is public; TransientError when unknown."""
    try:
        found = socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise TransientError("the host name of the address is not known now") from None
    for *_, address in found:
        if not _is_public(str(address[0]).partition("%")[0], allow_loopback):
            raise PermanentError("the address leads into a private network; use a public one")


def public_socket(
    host: str, port: int, *, timeout: float, allow_private: bool = False
) -> socket.socket:
    """A connection to a host that a user chose, for other protocols than HTTP.

    The name is looked up once and each address is checked before it is connected to, so that a
    name which changes meanwhile gains nothing. PermanentError for a private address,
    TransientError for an unknown name, OSError when nobody answers.
    """
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise TransientError("the host name of the address is not known now") from None
    failure: OSError = ConnectionError("no address")
    for family, kind, protocol, _, address in found:
        if not (allow_private or _is_public(str(address[0]).partition("%")[0], False)):
            raise PermanentError("the address leads into a private network; use a public one")
        try:
            return _connected(family, kind, protocol, address, timeout)
        except OSError as error:
            failure = error
    raise failure


def _connected(
    family: int, kind: int, protocol: int, address: object, timeout: float
) -> socket.socket:
    made = socket.socket(family, kind, protocol)
    try:
        made.settimeout(timeout)
        made.connect(address)  # type: ignore[arg-type]
    except OSError:
        made.close()
        raise
    return made


def _is_public(text: str, allow_loopback: bool) -> bool:
    address = ipaddress.ip_address(text)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if address.is_loopback:
        return allow_loopback
    blocked = any(address in net for net in EXTRA_BLOCKED_NET_RANGES)
    return address.is_global and not address.is_multicast and not blocked


def _session(*, filtered: bool, allow_loopback: bool) -> requests.Session:
    config = Config(
        ip_filter_enable=filtered,
        ip_filter_allow_loopback_ips=allow_loopback,
        never_redirect=True,
        default_timeout=(CONNECT_SECONDS, READ_SECONDS),
        user_agent_override=_AGENT,
    )
    session = cast(requests.Session, Manager(config).get_session())
    # a proxy or .netrc of the machine would take the check away, or hand out its passwords
    session.trust_env = False
    return session
