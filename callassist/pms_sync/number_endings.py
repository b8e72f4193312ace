"""The last digits of a guest's number, where a platform hides the others: a check on typing."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.domain.booked_stay import booked
from callassist.models import PmsConnection, PmsReservation, Stay
from callassist.pms_sync.kept import from_text
from callassist.storage.vault import Vault


def endings(session: Session, vault: Vault, stays: Iterable[Stay]) -> dict[int, str]:
    """By the stay's row id the digits with which its guest's number ends, where they are known.

    As many questions for one stay as for many.
    """
    named = {one.id: (one, found) for one in stays if (found := booked(one.external_id))}
    if not named:
        return {}
    query = (
        select(PmsConnection.public_id, PmsReservation)
        .join(PmsConnection, PmsConnection.id == PmsReservation.connection_id)
        .where(
            PmsConnection.account_id.in_({stay.account_id for stay, _ in named.values()}),
            PmsConnection.public_id.in_({found.connection for _, found in named.values()}),
            PmsReservation.external_id.in_(
                [each for _, found in named.values() for each in found.reservation_ids]
            ),
            PmsReservation.said.is_not(None),
        )
    )
    told = {(row[0], row[1].external_id): row[1] for row in session.execute(query)}
    known = {}
    for stay_id, (_, found) in named.items():
        rows = (told.get((found.connection, each)) for each in found.reservation_ids)
        row = next((one for one in rows if one is not None), None)
        if row is not None and row.said is not None:
            known[stay_id] = from_text(vault.open(row.said)).reservation.last_four or ""
    return {stay_id: digits for stay_id, digits in known.items() if digits}


def ends_so(typed: str, digits: str) -> bool:
    """Whether a number as it was typed ends with these digits."""
    return "".join(one for one in typed if one.isdigit()).endswith(digits)
