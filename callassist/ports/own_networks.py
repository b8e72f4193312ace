"""Phone networks that accounts bring themselves, beside the service's own."""

from __future__ import annotations

from typing import Protocol

from callassist.ports.telephony import Telephony


class OwnNetworks(Protocol):
    """Which accounts have one. Cheap: asked at every dial and for every page of the desk."""

    def of(self, account_id: int) -> Telephony | None:
        """The network to phone over for this account; None for the service's own."""
        ...

    def named(self, name: str) -> Telephony | None:
        """The network of that name, also while it is broken; None where there is no such."""
        ...

    def forget(self) -> None:
        """Something was changed: read it again before the next answer."""
        ...


class NoOwnNetworks:
    """Nobody has one."""

    def of(self, account_id: int) -> Telephony | None:
        """None: the service's own."""
        return None

    def named(self, name: str) -> Telephony | None:
        """None: there is no such."""
        return None

    def forget(self) -> None:
        """There is nothing to read."""
