"""Addresses for test readings: a connection's own token is not known to us, only its hash.

A ticket names the connection and says until when it holds; it stands where the token would stand,
so that a test reading goes the way that every other one goes.
"""

from __future__ import annotations

import hmac

from callassist.storage.vault import Vault

PREFIX = "test."
HOLDS_SECONDS = 60


def make_ticket(vault: Vault, public_id: str, now_seconds: float) -> str:
    """A token for test readings of one connection, good for a minute of real time."""
    until = int(now_seconds) + HOLDS_SECONDS
    return f"{PREFIX}{public_id}.{until}.{_mark(vault, public_id, until)}"


def read_ticket(vault: Vault, token: str, now_seconds: float) -> str | None:
    """The public id of the connection that a ticket is for; None when it does not hold."""
    public_id, _, rest = token.removeprefix(PREFIX).partition(".")
    until, _, mark = rest.partition(".")
    if not (until.isascii() and until.isdigit() and len(until) < 13):
        return None
    if not hmac.compare_digest(mark.encode(), _mark(vault, public_id, int(until)).encode()):
        return None
    return public_id if now_seconds <= int(until) else None


def _mark(vault: Vault, public_id: str, until: int) -> str:
    return vault.salted(f"test of sensor connection {public_id} until {until}")
