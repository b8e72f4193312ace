"""Whose token stands in an address of ours: a dial's, or that of another call that we know.

Each kind of call has a holder, which finds its own tokens, answers the network's questions and
takes its reports. Another kind is one more holder in `token_holders.HOLDERS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from callassist.domain.dial import LegEvent
from callassist.escalation.context import Escalation
from callassist.ports.telephony import BridgeRequest, Step


class Question(StrEnum):
    """What a network asks about a leg of ours; the last word of the address it asks."""

    ANSWERED = "ask"  # the phone that we rang was picked up
    PRESSED = "pressed"
    OVER = "after"  # the leg dialled from it has ended
    RESULT = "result"  # a key that says how the call went
    ANNOUNCE = "announce"  # the called party answered: what are they told first?
    CONSENT = "consent"  # and the key that they pressed then, or none
    BROWSER = "browser"  # an operator's browser calls; the attempt is in the request


Answer = Callable[[Session, Escalation, int, BridgeRequest, datetime], Step]
Record = Callable[[Session, Escalation, int, Sequence[LegEvent], datetime], object]


@dataclass(frozen=True, kw_only=True)
class TokenHolder:
    """One kind of call. `find` gives the id of the row whose token it is, or None."""

    find: Callable[[Session, str], int | None]
    answers: Mapping[Question, Answer]  # a question that is missing is not asked of this kind
    record: Record
