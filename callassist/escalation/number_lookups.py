"""Numbers of guests who are here or come soon are looked up at the phone network, once in a while.

Housekeeping: nothing that somebody waits for asks. A call whose number was not looked up yet, or
could not be, is made all the same.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from callassist import outbox, stays
from callassist.domain.line_type import LineType, flag_of, takes_texts
from callassist.domain.message_kind import MessageKind
from callassist.errors import PermanentError, TransientError
from callassist.escalation.context import Escalation
from callassist.models import NumberLookup, Property, Stay, StayNumber
from callassist.ports.number_lookup import CanLookUp, NumberInfo
from callassist.ports.telephony import Telephony

AHEAD = timedelta(days=14)  # whose stay begins later is looked up later
AT_ONCE = 20  # in one run; the next one goes on
_log = structlog.get_logger()


def look_up_numbers(ctx: Escalation, kept: timedelta, now: datetime) -> int:
    """Ask about numbers without an answer of late; how many were asked about."""
    if ctx.telephony.capabilities().simulated:
        return 0
    with ctx.sessions.write() as session:
        session.execute(delete(NumberLookup).where(NumberLookup.looked_up_at < now - kept))
    asked = 0
    silent: set[str] = set()  # networks
    later: set[int] = set()  # accounts
    while asked < AT_ONCE:
        with ctx.sessions.read() as session:
            wanted = _unknown(session, ctx, AT_ONCE - asked, later, now)
        before = len(later)
        for number_id, account_id, e164 in wanted:
            network = ctx.network_for(account_id)
            info = None if network.name in silent else _ask(network, e164)
            if info is None:  # one account's network keeps nobody else's numbers waiting
                silent.add(network.name)
                later.add(account_id)
                continue
            with ctx.sessions.write() as session:
                _keep(session, ctx, number_id, e164, info, now)
            asked += 1
        if len(later) == before:
            break
    return asked


def _ask(network: Telephony, e164: str) -> NumberInfo | None:
    """None when it cannot be asked now: the network, or our sign-in."""
    try:
        if not isinstance(network, CanLookUp):
            raise PermanentError("this network answers no questions about numbers")
        return network.look_up(e164)
    except TransientError as error:
        _log.warning("look-up failed", action="look_up_failed", what=error.detail)
        return None
    except PermanentError:  # of this number there is no answer: that is remembered too
        return NumberInfo(is_valid=True, line_type=LineType.UNKNOWN)


def takes_a_text(session: Session, ctx: Escalation, number: StayNumber) -> bool:
    """False for a number that is known to be a landline."""
    indexes = ctx.vault.indexes(ctx.vault.open(number.number))
    kinds = session.scalars(
        select(NumberLookup.line_type).where(NumberLookup.number_index.in_(indexes))
    )
    return all(takes_texts(kind) for kind in kinds)


def _unknown(
    session: Session, ctx: Escalation, most: int, besides: Collection[int], now: datetime
) -> list[tuple[int, int, str]]:
    known = select(NumberLookup.id).where(NumberLookup.number_index == StayNumber.number_index)
    rows = session.execute(
        select(StayNumber.id, Property.account_id, StayNumber.number)
        .join(Stay, Stay.id == StayNumber.stay_id)
        .join(Property, Property.id == Stay.property_id)
        .where(
            Stay.check_out_at > now,
            Stay.check_in_at < now + AHEAD,
            Stay.erased_at.is_(None),
            Property.shadow_since.is_(None),  # nothing leaves the house
            StayNumber.flagged_at.is_(None),
            Property.account_id.not_in(besides),
            ~known.exists(),
        )
        .order_by(Stay.check_in_at, StayNumber.id)
        .limit(most)
    )
    return [(row.id, row.account_id, ctx.vault.open(row.number)) for row in rows]


def _keep(
    session: Session, ctx: Escalation, number_id: int, e164: str, info: NumberInfo, now: datetime
) -> None:
    indexes = ctx.vault.indexes(e164)
    session.execute(delete(NumberLookup).where(NumberLookup.number_index.in_(indexes)))
    session.add(
        NumberLookup(
            number_index=ctx.vault.index(e164),
            is_valid=info.is_valid,
            line_type=str(info.line_type),
            looked_up_at=now,
        )
    )
    reason = flag_of(info.line_type, is_valid=info.is_valid)
    same = select(StayNumber).where(StayNumber.number_index.in_(indexes))
    if reason is None:
        return
    for number in session.scalars(same.where(StayNumber.flagged_at.is_(None))):
        stays.flag_number(session, number.id, str(reason), now)
        _tell(session, number, str(reason), now)


def _tell(session: Session, number: StayNumber, reason: str, now: datetime) -> None:
    stay = session.get_one(Stay, number.stay_id)
    outbox.put(
        session,
        "notify",
        f"looked_up:{number.id}:{reason}",
        {
            "kind": str(MessageKind.NUMBER_FLAGGED),
            "account_id": stay.account_id,
            "property_id": stay.property_id,
            "facts": {
                "reason": reason,
                "mask": number.number_mask,
                "party": "guest",
                "stay_id": stay.id,
                "at": now.isoformat(),
            },
        },
        now=now,
    )
