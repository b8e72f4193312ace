"""Stays by hand: put one in, correct it, cancel it; the scope of the viewer comes first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import timers
from callassist.domain.coverage import COVERAGE_CHECK, Stage, next_check_at, stage_at
from callassist.domain.viewer import Viewer
from callassist.errors import Conflict, InvalidInput, NotFound
from callassist.models import Property, Stay
from callassist.stays.details import ImportedStay, StayDetails
from callassist.stays.lookup import TYPED, find_stay
from callassist.stays.new_stays import NewStay, insert_new, new_stay
from callassist.stays.store import StoredStay, merge_imported, store_imported, store_typed
from callassist.storage.vault import Vault
from callassist.timers import Arming


def put_stay(
    session: Session,
    vault: Vault,
    viewer: Viewer,
    property_public_id: str,
    details: StayDetails,
    *,
    now: datetime,
    stay_public_id: str | None = None,
) -> Stay:
    """Type a stay in, or correct one (then fields left at None stay as they are).

    Raises NotFound outside the viewer's accounts, Forbidden for a looker, InvalidInput naming
    the field, Conflict for a stay that was cancelled or erased.
    """
    home = _home(session, viewer, property_public_id)
    stay = None
    if stay_public_id is not None:
        stay = _changeable(find_stay(session, viewer, stay_public_id), home)
    else:
        _refuse_past(details.check_out_at, now)
    _refuse_typed_overlap(session, home, details, stay)
    stored = store_typed(session, vault, home, details, now=now, stay=stay)
    _check_coverage_of(session, stored, now)
    return stored.stay


def put_imported(
    session: Session, vault: Vault, home: Property, imported: ImportedStay, *, now: datetime
) -> StoredStay:
    """Store one reservation of a source and have its coverage checked when anything changed."""
    stored = store_imported(session, vault, home, imported, now=now)
    _check_coverage_of(session, stored, now)
    return stored


@dataclass(frozen=True, kw_only=True)
class Transferred:
    """One stay of a transfer of many, its home, and what it was before, if it was known."""

    home: Property
    imported: ImportedStay
    before: Stay | None


@dataclass(frozen=True, kw_only=True)
class Came:
    """What became of one of them; `numbers` that can be phoned."""

    created: bool
    changed: bool
    numbers: int


def put_many_imported(
    session: Session, vault: Vault, transferred: Sequence[Transferred], *, now: datetime
) -> list[Came]:
    """Store some of many reservations with as few statements as for one.

    A transfer tells by itself how many lack a number: coverage of those that arrive later is
    checked two days before, not of all at once. InvalidInput when one of them cannot be.
    """
    made = [
        new_stay(vault, one.home, one.imported, now=now)
        if one.before is None
        else merge_imported(vault, one.home, one.imported, one.before, now=now)
        for one in transferred
    ]
    session.flush()
    new = [one for one in made if isinstance(one, NewStay)]
    armings = [
        _check_of(stay_id, one.row["check_in_at"], now)
        for stay_id, one in zip(insert_new(session, new), new, strict=True)
        if one.row["cancelled_at"] is None and one.row["check_out_at"] > now
    ]
    for one in made:
        if isinstance(one, NewStay):
            continue
        if one.stay.cancelled_at is not None:
            timers.disarm(session, COVERAGE_CHECK, one.stay.id)
        elif one.changed and one.stay.check_out_at > now:
            armings.append(_check_of(one.stay.id, one.stay.check_in_at, now))
    timers.arm_many(session, armings, now=now)
    return [_came(one) for one in made]


def cancel_stay(session: Session, viewer: Viewer, stay_public_id: str, *, now: datetime) -> Stay:
    """The guest is not coming, or left; no import revives the stay. Asking twice is fine."""
    stay = find_stay(session, viewer, stay_public_id)
    viewer.require_write(stay.account_id)
    stay.typed_fields = {**stay.typed_fields, "cancelled": now.isoformat()}
    cancel_imported(session, stay, now=now)
    return stay


def cancel_imported(session: Session, stay: Stay, *, now: datetime) -> None:
    """Its source is taken away; the stay is there again when the source is, and says so."""
    if stay.cancelled_at is None:
        stay.cancelled_at = now
    timers.disarm(session, COVERAGE_CHECK, stay.id)
    session.flush()


def _check_of(stay_id: int, check_in_at: datetime, now: datetime) -> Arming:
    soon = stage_at(check_in_at, now) is not Stage.STORED
    at = next_check_at(check_in_at, now) or now
    return Arming(kind=COVERAGE_CHECK, subject=stay_id, due_at=now if soon else at)


def _came(one: NewStay | StoredStay) -> Came:
    if isinstance(one, NewStay):
        return Came(created=True, changed=True, numbers=len(one.numbers))
    numbers = sum(number.flagged_at is None for number in one.stay.numbers)
    return Came(created=False, changed=one.changed, numbers=numbers)


def _home(session: Session, viewer: Viewer, public_id: str) -> Property:
    home = session.scalars(select(Property).where(Property.public_id == public_id)).first()
    if home is None or not (viewer.is_admin or home.account_id in viewer.account_ids):
        raise NotFound("no such home")
    viewer.require_write(home.account_id)
    if home.archived_at is not None:
        raise Conflict("this home is archived; restore it before entering stays")
    return home


def _changeable(stay: Stay, home: Property) -> Stay:
    if stay.property_id != home.id:
        raise NotFound("no such stay in this home")
    if stay.cancelled_at is not None:
        raise Conflict("this stay was cancelled; enter a new one")
    if stay.erased_at is not None:
        raise Conflict("this guest was erased; enter a new stay")
    return stay


def _refuse_past(check_out_at: datetime | None, now: datetime) -> None:
    if check_out_at is None or check_out_at.tzinfo is None:
        return  # refused by name when it is stored
    if check_out_at <= now:
        raise InvalidInput("this stay is over already; check the year", "check_out_at")


def _refuse_typed_overlap(
    session: Session, home: Property, details: StayDetails, stay: Stay | None
) -> None:
    check_in = details.check_in_at or (stay.check_in_at if stay is not None else None)
    check_out = details.check_out_at or (stay.check_out_at if stay is not None else None)
    if check_in is None or check_out is None or None in (check_in.tzinfo, check_out.tzinfo):
        return  # refused by name when it is stored
    if stay is not None and stay.source != TYPED:
        return
    overlapping = select(Stay).where(
        Stay.property_id == home.id,
        Stay.source == TYPED,
        Stay.cancelled_at.is_(None),
        Stay.check_in_at < check_out,
        Stay.check_out_at > check_in,
    )
    for other in session.scalars(overlapping):
        if stay is None or other.id != stay.id:
            zone = ZoneInfo(home.timezone)
            starts, ends = other.check_in_at.astimezone(zone), other.check_out_at.astimezone(zone)
            raise InvalidInput(
                f"another stay typed in for this home runs from {starts:%Y-%m-%d %H:%M} "
                f"to {ends:%Y-%m-%d %H:%M} ({zone}); correct or cancel that one",
                "check_in_at",
            )


def _check_coverage_of(session: Session, stored: StoredStay, now: datetime) -> None:
    if stored.stay.cancelled_at is not None:
        timers.disarm(session, COVERAGE_CHECK, stored.stay.id)
    elif stored.changed and stored.stay.check_out_at > now:
        timers.arm(session, COVERAGE_CHECK, stored.stay.id, now, now=now)
