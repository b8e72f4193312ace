"""A night whose simulated network has faults."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def taken(night: Callable[..., Any], **fields: Any) -> Any:
    """The operator has the call and has not pressed call yet."""
    home = night(**fields)
    home.available()
    home.noise_for_30_minutes()
    home.accept()
    return home


def faulty(home: Any, **faults: Any) -> None:
    """From now on the network has these faults and no others."""
    home.network.faults = home.network.faults.__class__(**faults)
