"""How often addresses may be opened that need no sign-in: per visitor and per link, in real time.

Who counts as a visitor is the other end of the connection, or what trusted proxies say it is
(`proxies`); what any other header claims does not matter.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from callassist.ingest import FloodLimit

PER_SECOND, BURST = 2.0, 120.0  # of one visitor, and of one link
AT_ONCE = 20.0  # as many visitors are behind a proxy on this machine
_IPV6_HOME = 64  # bits by which one household differs from the next
_TOKEN_SHOWN = 8  # letters that tell links apart without keeping their secret


class LinkGuard:
    """Counts in this process; what it may remember is bounded."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._visitors = FloodLimit(PER_SECOND, BURST, monotonic)
        self._behind_proxy = FloodLimit(PER_SECOND * AT_ONCE, BURST * AT_ONCE, monotonic)
        self._links = FloodLimit(PER_SECOND, BURST, monotonic)

    def retry_after(self, address: str | None, token: str, cost: float = 1.0) -> float:
        """Count one opening; 0 when it may pass, else the seconds to wait."""
        visitor = _ip(address)
        local = visitor is None or visitor.is_loopback
        visitors = self._behind_proxy if local else self._visitors
        wait = visitors.retry_after(_household(visitor), cost)
        return wait or self._links.retry_after(token[:_TOKEN_SHOWN], cost)


def _ip(address: str | None) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(address or "")
    except ValueError:  # a socket of this machine has no address
        return None


def _household(visitor: IPv4Address | IPv6Address | None) -> str:
    if isinstance(visitor, IPv6Address):
        return str(ip_network((visitor, _IPV6_HOME), strict=False))
    return str(visitor)
