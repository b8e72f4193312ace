"""What a phone network charged, asked some time after a call or text was over."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class LegPrice:
    """One leg of a call, or one text, as the network bills it."""

    leg_id: str
    parent_id: str | None = None  # the leg it was dialled from
    amount: Decimal | None = None  # None: not known yet; below zero: money came back
    currency: str = ""
    seconds: int | None = None
    is_over: bool = True
    to: str = ""  # a number, where it went to one


class Pricing(Protocol):
    """A network that tells what it charges."""

    def of_call(self, call_id: str) -> list[LegPrice]:
        """The call and every leg dialled from it; none when the network does not know it.

        Raises TransientError when the network is down.
        """
        ...

    def of_text(self, text_id: str) -> LegPrice | None:
        """One text; None when the network does not know it. TransientError when it is down."""
        ...
