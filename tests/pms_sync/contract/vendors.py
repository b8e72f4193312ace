"""Which connectors are tried, against which server; one entry each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from callassist.ports.pms import PmsConnector
from tests.pms_sync.servers.base import VendorServer


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A connector, the server that stands in for its system, and how the two meet."""

    connector: PmsConnector
    server: type[VendorServer]
    credentials: Callable[[Any], dict[str, str]]  # that this server lets in
    # field of the form: a value that looks right and is not; `verify` must name the field
    wrong: Mapping[str, str] = field(default_factory=dict)
    # field of the form: a value that `check` refuses before anything is asked
    malformed: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def vendor(self) -> str:
        return self.connector.facts.vendor


ENTRIES: tuple[Entry, ...] = ()
