"""Who takes an account's calls, as the host chose when setting up."""

from __future__ import annotations

from enum import StrEnum


class CallTakers(StrEnum):
    """Rules, tasks and reports are the same in all three (DESIGN 2)."""

    OWN_DESK = "own_desk"  # operators of the account's own, at screens
    SERVICED = "serviced"  # a desk that works for many accounts
    ON_CALL = "on_call"  # nobody at a screen: the phones of the duty rota ring
