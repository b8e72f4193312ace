"""Stays that a source tells of for the first time, stored as rows: many cost little more than one.

A transfer brings 100,000 of them; as objects each would cost several times as much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from callassist.domain.language import language_of_country
from callassist.domain.nudge import NudgeKind
from callassist.errors import InvalidInput
from callassist.models import Property, Stay, StayNumber
from callassist.models.types import new_public_id
from callassist.stays.details import (
    ImportedStay,
    NumberProblem,
    ParsedNumber,
    StayDetails,
    check_span,
    clean_language,
    clean_name,
    parse_numbers,
)
from callassist.stays.numbers import number_row
from callassist.stays.source_snapshot import snapshot
from callassist.storage import nudges
from callassist.storage.vault import Vault

_table = Stay.__table__


@dataclass(frozen=True, kw_only=True)
class NewStay:
    """A stay and its numbers as their tables will have them; `problems` as in StoredStay."""

    home: Property
    row: dict[str, Any]
    numbers: tuple[dict[str, Any], ...]
    problems: tuple[NumberProblem, ...]


def new_stay(vault: Vault, home: Property, imported: ImportedStay, *, now: datetime) -> NewStay:
    """What a source says; InvalidInput without a sensible span."""
    details = imported.details
    check_in_at, check_out_at = span_of(details)
    check_span(check_in_at, check_out_at)
    numbers, problems = parse_numbers(details.numbers or (), home.country)
    name = clean_name(details.guest_name or "")
    row = {
        "public_id": new_public_id(),
        "account_id": home.account_id,
        "property_id": home.id,
        "guest_name": vault.seal(name) if name else None,
        "language": guessed_language(details, numbers),
        "check_in_at": check_in_at,
        "check_out_at": check_out_at,
        "source": imported.source,
        "external_id": imported.external_id,
        "imported": snapshot(vault, details, problems),
        "typed_fields": {},
        "source_read_at": now,
        "cancelled_at": now if imported.cancelled else None,
        "created_at": now,
    }
    return NewStay(
        home=home,
        row=row,
        numbers=tuple(
            number_row(vault, one, position, imported.source)
            for position, one in enumerate(numbers, start=1)
        ),
        problems=tuple(problems),
    )


def insert_new(session: Session, stays: Sequence[NewStay]) -> list[int]:
    """Store them with two statements; their ids in the same order."""
    if not stays:
        return []
    session.flush()  # what they refer to
    connection = session.connection()
    statement = insert(Stay).returning(_table.c.public_id, _table.c.id)
    stored = connection.execute(statement, [one.row for one in stays])
    ids: dict[str, int] = dict(stored.all())
    made = [ids[one.row["public_id"]] for one in stays]
    numbers = [
        {**number, "stay_id": stay_id}
        for one, stay_id in zip(stays, made, strict=True)
        for number in one.numbers
    ]
    if numbers:
        connection.execute(insert(StayNumber), numbers)
    for home in {one.home.id: one.home for one in stays}.values():
        nudges.tell(
            session,
            nudges.Told(kind=NudgeKind.HOME, public_id=home.public_id, account_id=home.account_id),
        )
    return made


def span_of(details: StayDetails) -> tuple[datetime, datetime]:
    """From when until when; InvalidInput where one of them is not said."""
    if details.check_in_at is None:
        raise InvalidInput("say when the guest arrives", "check_in_at")
    if details.check_out_at is None:
        raise InvalidInput("say when the guest leaves", "check_out_at")
    return details.check_in_at, details.check_out_at


def guessed_language(details: StayDetails, numbers: Sequence[ParsedNumber]) -> str | None:
    """The language that is said, else that of the first number's country."""
    language = clean_language(details.language) if details.language else None
    if language is None and numbers:
        language = language_of_country(numbers[0].number.country)
    return language
