"""Which number a call or text shows. Pure."""

from __future__ import annotations

from collections.abc import Collection


def shown_of(home: str | None, account: str | None, foreign: Collection[str]) -> str | None:
    """The home's own number, else the account's; None: the one that the network has for itself.

    `foreign` are those that turned out not to belong to the network's account (any more): a call
    that showed one would be refused, so the next choice is shown instead.
    """
    return next((one for one in (home, account) if one and one not in foreign), None)
