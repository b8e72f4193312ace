"""Who does not want to be woken now: their own quiet hours, in their own zone."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.domain.message_kind import MessageKind
from callassist.models import Account, Person

# what comes at any hour: it is for this person, or they have just asked for it
_ALWAYS = frozenset({MessageKind.NEEDS_YOU, MessageKind.CHANNEL_TEST, MessageKind.SUPERVISOR_PAGE})
_SILENT_CHANNELS = frozenset({"email"})  # a mail waits in its box without a sound
HELD_BACK = "held back: your quiet hours"


def may_wake(kind: MessageKind, channel_kind: str) -> bool:
    """Whether this message on this kind of channel comes at any hour."""
    return kind in _ALWAYS or channel_kind in _SILENT_CHANNELS


def resting(
    session: Session, account_id: int | None, person_ids: Collection[int | None], now: datetime
) -> frozenset[int]:
    """Those of the people whose quiet hours run now; who named no zone has the account's."""
    known = {person_id for person_id in person_ids if person_id is not None}
    if not known:
        return frozenset()
    account_zone = session.scalar(select(Account.timezone).where(Account.id == account_id))
    query = select(Person.id, Person.quiet_from, Person.quiet_until, Person.timezone).where(
        Person.id.in_(known), Person.quiet_from.is_not(None), Person.quiet_until.is_not(None)
    )
    return frozenset(
        row.id
        for row in session.execute(query)
        if is_quiet(row.quiet_from, row.quiet_until, row.timezone or account_zone or "UTC", now)
    )


def is_quiet(quiet_from: str, quiet_until: str, zone: str, now: datetime) -> bool:
    """Whether the local time is within; the span may cross midnight, its end is outside."""
    local = now.astimezone(ZoneInfo(zone)).time().replace(second=0, microsecond=0)
    begin, end = time.fromisoformat(quiet_from), time.fromisoformat(quiet_until)
    if begin <= end:
        return begin <= local < end
    return local >= begin or local < end
