"""Stays in which a host typed something else than their source says: what is typed is used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session, selectinload

from callassist.models import PmsConnection, Property, Stay
from callassist.pms_sync.placing import stays_of
from callassist.stays import StayDetails, source_says
from callassist.storage.vault import Vault

SHOWN = 50
FIELDS = ("check_in_at", "check_out_at", "guest_name", "language", "numbers")
_EMPTY = 2  # characters of an object without anything in it


@dataclass(frozen=True, kw_only=True)
class Differing:
    """One stay; `fields` were typed and differ from what `says`."""

    stay: Stay
    home: Property
    fields: tuple[str, ...]
    says: StayDetails
    is_kept: bool = False  # the host cancelled it, the source has it still


def differing(
    session: Session, vault: Vault, connection: PmsConnection, now: datetime
) -> list[Differing]:
    """Those that are not over, the soonest first; fifty at most."""
    query = (
        select(Stay, Property)
        .join(Property, Property.id == Stay.property_id)
        .where(
            stays_of(connection),
            Stay.check_out_at > now,
            Stay.erased_at.is_(None),
            func.length(cast(Stay.typed_fields, String)) > _EMPTY,
        )
        .options(selectinload(Stay.numbers))
        .order_by(Stay.check_in_at, Stay.id)
        .limit(SHOWN)
    )
    rows = [(stay, home) for stay, home in session.execute(query)]
    return list(_differing(vault, rows))


def _differing(vault: Vault, rows: list[tuple[Stay, Property]]) -> Iterator[Differing]:
    for stay, home in rows:
        says = source_says(vault, stay)
        if says is None:
            continue
        fields = tuple(
            one for one in FIELDS if one in stay.typed_fields and _differs(vault, stay, says, one)
        )
        is_kept = "cancelled" in stay.typed_fields and stay.cancelled_at is not None
        if fields or is_kept:
            yield Differing(stay=stay, home=home, fields=fields, says=says, is_kept=is_kept)


def _differs(vault: Vault, stay: Stay, says: StayDetails, field: str) -> bool:
    if field == "guest_name":
        named = "" if stay.guest_name is None else vault.open(stay.guest_name)
        return says.guest_name is not None and says.guest_name != named
    if field == "numbers":
        called = [vault.open(number.number_raw) for number in stay.numbers]
        return says.numbers is not None and list(says.numbers) != called
    there: object = getattr(says, field)  # None: the source says nothing about it
    return there is not None and there != getattr(stay, field)
