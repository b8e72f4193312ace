"""Every connector, one line each; the order is that of the page on which a host chooses."""

from __future__ import annotations

from callassist.ports.pms import PmsConnector

_ALL: tuple[PmsConnector, ...] = ()

CONNECTORS: dict[str, PmsConnector] = {one.facts.vendor: one for one in _ALL}
