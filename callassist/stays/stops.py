"""Numbers that asked for no automatic contact, and guests who asked not to be phoned."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from callassist.domain.viewer import Viewer
from callassist.errors import Conflict
from callassist.models import Stay, StopEntry


def stop(session: Session, number_index: str, source: str, now: datetime) -> bool:
    """End automatic contact to a number for every account; False when it was stopped already.

    `source` is one word: sms, key, link, operator.
    """
    if session.get(StopEntry, number_index) is not None:
        return False
    session.add(StopEntry(number_index=number_index, stopped_at=now, source=source))
    session.flush()
    return True


def is_stopped(session: Session, *number_indexes: str) -> bool:
    """Whether the number asked for no automatic contact; pass all of `vault.indexes(e164)`."""
    entries = select(StopEntry.number_index).where(StopEntry.number_index.in_(number_indexes))
    return session.scalar(entries.limit(1)) is not None


def opt_in(session: Session, *number_indexes: str) -> bool:
    """The number itself asked to be contacted again; False when it was not stopped."""
    gone = session.execute(
        delete(StopEntry)
        .where(StopEntry.number_index.in_(number_indexes))
        .returning(StopEntry.number_index)
    )
    return gone.first() is not None


def do_not_call(
    session: Session, stay: Stay, number_index: str | None, source: str, now: datetime
) -> None:
    """ "Do not phone me": no automatic contact to the number, no call at all for this stay."""
    if stay.do_not_call_at is None:
        stay.do_not_call_at = now
    if number_index is not None:
        stop(session, number_index, source, now)
    session.flush()


_BY_HOST = "calls_stopped"  # in typed_fields: what a host stopped, a host may allow again


def stop_calls(session: Session, viewer: Viewer, stay: Stay, now: datetime) -> None:
    """The host wants no call to this guest any more; a guest's own wish is left as it is."""
    viewer.require_write(stay.account_id)
    if stay.do_not_call_at is None:
        stay.do_not_call_at = now
        stay.typed_fields = {**stay.typed_fields, _BY_HOST: now.isoformat()}
    session.flush()


def allow_calls(session: Session, viewer: Viewer, stay: Stay) -> None:
    """Take that back; Conflict when it was the guest who asked not to be phoned."""
    viewer.require_write(stay.account_id)
    if not stopped_by_host(stay):
        raise Conflict("the guest asked not to be phoned; only the guest can take that back")
    stay.do_not_call_at = None
    kept = {name: value for name, value in stay.typed_fields.items() if name != _BY_HOST}
    stay.typed_fields = kept
    session.flush()


def stopped_by_host(stay: Stay) -> bool:
    """Whether a host stopped the calls, who may allow them again."""
    return stay.do_not_call_at is not None and _BY_HOST in stay.typed_fields
