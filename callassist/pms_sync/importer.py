"""One transfer of reservations into stays; running it again changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.errors import InvalidInput, NotFound, PermanentError
from callassist.models import ImportRun, Property
from callassist.stays import ImportedStay, put_imported
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault

MOST_FAILURES_NAMED = 20


@dataclass(frozen=True, kw_only=True)
class ReservationRow:
    """One reservation and the home (public id) that it is for."""

    property_public_id: str
    stay: ImportedStay


def import_reservations(
    sessions: Sessions,
    vault: Vault,
    account_id: int,
    source: str,
    rows: Iterable[ReservationRow],
    *,
    now: datetime,
) -> ImportRun:
    """Store every row in a transaction of its own: one bad row fails alone and is named.

    The run's counts say created, changed, unchanged, unreadable_numbers and failed; `error` names
    the first failures by the reservation's own id, never by a name or number.
    """
    counts: Counter[str] = Counter()
    failures: list[str] = []
    for row in rows:
        try:
            with sessions.write() as session:
                _store(session, vault, account_id, source, row, now, counts)
        except PermanentError as error:
            counts["failed"] += 1
            failures.append(f"{row.stay.external_id}: {error.detail}")
    with sessions.write() as session:
        run = ImportRun(
            account_id=account_id,
            source=source,
            started_at=now,
            ended_at=now,
            counts=dict(counts),
            error="; ".join(failures[:MOST_FAILURES_NAMED]) or None,
        )
        session.add(run)
    return run


def _store(
    session: Session,
    vault: Vault,
    account_id: int,
    source: str,
    row: ReservationRow,
    now: datetime,
    counts: Counter[str],
) -> None:
    if row.stay.source != source:
        raise InvalidInput(f"comes from {row.stay.source}, not from {source}", "source")
    home = session.scalars(
        select(Property).where(
            Property.public_id == row.property_public_id, Property.account_id == account_id
        )
    ).first()
    if home is None:
        raise NotFound("this account has no such home")
    stored = put_imported(session, vault, home, row.stay, now=now)
    kind = "created" if stored.created else "changed" if stored.changed else "unchanged"
    counts[kind] += 1
    counts["unreadable_numbers"] += len(stored.problems)
