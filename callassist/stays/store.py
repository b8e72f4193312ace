"""Storing stays: what the host typed wins, field by field, over what is imported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from callassist.domain.language import language_of_country
from callassist.models import Property, Stay, StayNumber
from callassist.stays.details import (
    ImportedStay,
    NumberProblem,
    ParsedNumber,
    StayDetails,
    check_span,
    clean_language,
    clean_name,
    parse_numbers,
    parse_typed_numbers,
)
from callassist.stays.lookup import TYPED
from callassist.stays.new_stays import insert_new, new_stay, span_of
from callassist.stays.numbers import replace_numbers
from callassist.stays.source_snapshot import keep_snapshot, source_says
from callassist.storage.vault import Vault


@dataclass(frozen=True, kw_only=True)
class StoredStay:
    """What storing did; `problems` names imported numbers that cannot be dialled."""

    stay: Stay
    created: bool
    changed: bool
    problems: tuple[NumberProblem, ...] = ()


def store_typed(
    session: Session,
    vault: Vault,
    home: Property,
    details: StayDetails,
    *,
    now: datetime,
    stay: Stay | None = None,
) -> StoredStay:
    """Store what a person typed, on a new stay or over `stay`; every field said is marked typed.

    Raises InvalidInput naming the field: a number that cannot be dialled, a wrong span.
    """
    created = stay is None
    if stay is None:
        stay = _typed_stay(home, details, now)
    check_span(details.check_in_at or stay.check_in_at, details.check_out_at or stay.check_out_at)
    numbers = None
    if details.numbers is not None:
        numbers = parse_typed_numbers(details.numbers, home.country)
    session.add(stay)
    changed = _apply(vault, stay, _cleaned(details), numbers, TYPED)
    stay.typed_fields = {**stay.typed_fields, **{name: now.isoformat() for name in _said(details)}}
    if details.language is not None and not details.language.strip():
        # emptied by hand: back to what the source says, or to the guess
        stay.typed_fields = {k: v for k, v in stay.typed_fields.items() if k != "language"}
    if "language" not in stay.typed_fields:
        changed = _guess_language(vault, stay, source_says(vault, stay)) or changed
    session.flush()
    return StoredStay(stay=stay, created=created, changed=created or changed)


def store_imported(
    session: Session,
    vault: Vault,
    home: Property,
    imported: ImportedStay,
    *,
    now: datetime,
) -> StoredStay:
    """Store one reservation, any number of times; typed fields, flags and erasure are kept.

    A number that cannot be dialled does not stop the import: it is named in `problems` and its
    raw text is kept sealed. Raises InvalidInput for a reservation without a sensible span.
    """
    before = _imported_before(session, home, imported)
    if before is None:
        new = new_stay(vault, home, imported, now=now)
        (stay_id,) = insert_new(session, [new])
        stay = session.get_one(Stay, stay_id, options=[selectinload(Stay.numbers)])
        return StoredStay(stay=stay, created=True, changed=True, problems=new.problems)
    stored = merge_imported(vault, home, imported, before, now=now)
    session.flush()
    return stored


def merge_imported(
    vault: Vault, home: Property, imported: ImportedStay, stay: Stay, *, now: datetime
) -> StoredStay:
    """The same over the stay that it was before; flushing is left to the caller."""
    if stay.erased_at is not None:
        return StoredStay(stay=stay, created=False, changed=False)
    open_fields = _without(imported.details, stay.typed_fields)
    check_span(
        open_fields.check_in_at or stay.check_in_at, open_fields.check_out_at or stay.check_out_at
    )
    numbers, problems = parse_numbers(imported.details.numbers or (), home.country)
    says = keep_snapshot(vault, stay, imported.details, problems)
    new_numbers = None if open_fields.numbers is None else numbers
    changed = _apply(vault, stay, _cleaned(open_fields), new_numbers, stay.source)
    if "language" not in stay.typed_fields:
        changed = _guess_language(vault, stay, says) or changed
    changed = _follow_cancellation(stay, imported.cancelled, now) or changed
    changed = changed or stay.property_id != home.id
    stay.property_id = home.id
    stay.source_read_at = now
    return StoredStay(stay=stay, created=False, changed=changed, problems=tuple(problems))


def set_language(session: Session, stay: Stay, language: str, now: datetime) -> None:
    """What a person learnt on the phone: it counts as typed, so no import or guess undoes it."""
    stay.language = clean_language(language)
    stay.typed_fields = {**stay.typed_fields, "language": now.isoformat()}
    session.flush()


def _typed_stay(home: Property, details: StayDetails, now: datetime) -> Stay:
    check_in_at, check_out_at = span_of(details)
    return Stay(
        account_id=home.account_id,
        property_id=home.id,
        check_in_at=check_in_at,
        check_out_at=check_out_at,
        source=TYPED,
        typed_fields={},
        created_at=now,
        numbers=[],
    )


def _imported_before(session: Session, home: Property, imported: ImportedStay) -> Stay | None:
    # by account, not by home: a reservation that the host moved to another home stays one stay
    known = select(Stay).where(
        Stay.account_id == home.account_id,
        Stay.source == imported.source,
        Stay.external_id == imported.external_id,
    )
    return session.scalars(known).first()


def _said(details: StayDetails) -> list[str]:
    return [name for name, value in vars(details).items() if value is not None]


def _without(details: StayDetails, typed_fields: dict[str, object]) -> StayDetails:
    return replace(details, **dict.fromkeys(typed_fields.keys() & vars(details).keys()))


def _cleaned(details: StayDetails) -> StayDetails:
    name = None if details.guest_name is None else clean_name(details.guest_name) or ""
    language = None if details.language is None else clean_language(details.language)
    return replace(details, guest_name=name, language=language)


def _apply(
    vault: Vault,
    stay: Stay,
    details: StayDetails,
    numbers: Sequence[ParsedNumber] | None,
    source: str,
) -> bool:
    changed = False
    if details.check_in_at is not None and details.check_in_at != stay.check_in_at:
        stay.check_in_at, changed = details.check_in_at, True
    if details.check_out_at is not None and details.check_out_at != stay.check_out_at:
        stay.check_out_at, changed = details.check_out_at, True
    if details.language is not None and details.language != stay.language:
        stay.language, changed = details.language, True
    if details.guest_name is not None:
        present = "" if stay.guest_name is None else vault.open(stay.guest_name)
        if details.guest_name != present:
            stay.guest_name = vault.seal(details.guest_name) if details.guest_name else None
            changed = True
    if numbers is not None:
        changed = replace_numbers(vault, stay, numbers, source) or changed
    return changed


def _guess_language(vault: Vault, stay: Stay, says: StayDetails | None) -> bool:
    language = None if says is None or not says.language else clean_language(says.language)
    if language is None and stay.numbers:
        language = language_of_country(_country(vault, stay.numbers[0]))
    if language == stay.language:
        return False
    stay.language = language
    return True


def _country(vault: Vault, number: StayNumber) -> str:
    if number.country is not None:
        return number.country
    parsed, _ = parse_numbers((vault.open(number.number),), "")
    return parsed[0].number.country if parsed else ""


def _follow_cancellation(stay: Stay, cancelled: bool, now: datetime) -> bool:
    if "cancelled" in stay.typed_fields or cancelled == (stay.cancelled_at is not None):
        return False
    stay.cancelled_at = now if cancelled else None
    return True
