"""Rows of a file as stays: what can be stored, and what is wrong with the others."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from callassist.domain.csv_titles import plain_title, written_language
from callassist.errors import InvalidInput
from callassist.models import Property
from callassist.stays.csv_columns import NEEDED, Field
from callassist.stays.csv_dates import ARRIVES, LEAVES, Order, instant_of
from callassist.stays.details import (
    ImportedStay,
    StayDetails,
    check_span,
    clean_name,
    parse_numbers,
)

SOURCE = "csv"
_CANCELLED = ("cancel", "annul", "storn", "declin", "refus", "no show")


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Which column is what, how dates are written, and the home of rows that name none."""

    places: Mapping[Field, int]
    order: Order = Order.DAY_FIRST
    home: str | None = None  # public id

    def missing(self) -> list[Field]:
        """What no column was chosen for, though no stay can be read without it."""
        missing = [one for one in NEEDED if one not in self.places]
        if self.home is None and Field.HOME not in self.places:
            missing.append(Field.HOME)
        return missing

    def cell(self, cells: Sequence[str], wanted: Field) -> str:
        """What a row says; empty where it has no such cell."""
        place = self.places.get(wanted)
        return cells[place] if place is not None and place < len(cells) else ""


@dataclass(frozen=True, kw_only=True)
class ReadRow:
    """One row: `stay` is None when something is wrong, which `problems` say by field.

    `remarks` are what the person should know although the row can be stored.
    """

    line: int
    home: Property | None
    home_said: str
    guest: str
    check_in_at: datetime | None = None
    check_out_at: datetime | None = None
    masks: tuple[str, ...] = ()
    language: str = ""
    stay: ImportedStay | None = None
    problems: tuple[tuple[str, str], ...] = ()
    remarks: tuple[tuple[str, str], ...] = ()


class Homes:
    """The homes of one account by what a file may call them."""

    def __init__(self, homes: Iterable[Property]) -> None:
        self._known: dict[str, list[Property]] = {}
        for home in homes:
            for name in {plain_title(home.name), plain_title(home.call_name), home.public_id}:
                if name:
                    self._known.setdefault(name, []).append(home)

    def named(self, said: str) -> Property:
        """The home that a cell names; InvalidInput when there is none, or more than one."""
        found = self._known.get(said) or self._known.get(plain_title(said)) or []
        if not found:
            raise InvalidInput("none of your homes is called so; write its name as here", "home")
        if len(found) > 1:
            raise InvalidInput("several of your homes are called so; rename one of them", "home")
        return found[0]


@dataclass
class _Gathered:
    problems: list[tuple[str, str]] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)

    def note(self, error: InvalidInput) -> None:
        detail = error.detail
        if error.field:
            detail = detail.removeprefix(f"{error.field}: ")
        self.problems.append((error.field or "", detail))


def read_row(line: int, cells: Sequence[str], columns: Columns, homes: Homes) -> ReadRow:
    """One row with everything that is wrong with it; nothing is stored."""
    gathered = _Gathered()
    home = _home(cells, columns, homes, gathered)
    guest = _guest(cells, columns, gathered)
    language = _language(columns.cell(cells, Field.LANGUAGE), gathered)
    said = columns.cell(cells, Field.HOME)
    if home is None:
        return ReadRow(
            line=line,
            home=None,
            home_said=said,
            guest=guest,
            problems=tuple(gathered.problems),
        )
    zone = ZoneInfo(home.timezone)
    arrives, leaves = _span(cells, columns, zone, gathered)
    written = tuple(
        columns.cell(cells, one) for one in (Field.PHONE, Field.PHONE_2) if one in columns.places
    )
    masks, numbers = _numbers(written, home, gathered)
    details = StayDetails(
        check_in_at=arrives,
        check_out_at=leaves,
        guest_name=guest if Field.GUEST in columns.places else None,
        language=language if Field.LANGUAGE in columns.places else None,
        numbers=numbers if written else None,
    )
    stay = None
    if arrives is not None and leaves is not None and not gathered.problems:
        stay = ImportedStay(
            source=SOURCE,
            external_id=_own_id(columns.cell(cells, Field.REFERENCE), home, arrives, zone),
            details=details,
            cancelled=_is_cancelled(columns.cell(cells, Field.STATUS)),
        )
    return ReadRow(
        line=line,
        home=home,
        home_said=said,
        guest=guest,
        check_in_at=arrives,
        check_out_at=leaves,
        masks=masks,
        language=language,
        stay=stay,
        problems=tuple(gathered.problems),
        remarks=tuple(gathered.remarks),
    )


def _home(
    cells: Sequence[str], columns: Columns, homes: Homes, gathered: _Gathered
) -> Property | None:
    said = columns.cell(cells, Field.HOME) or columns.home or ""
    try:
        if not said:
            raise InvalidInput("say for which home", "home")
        return homes.named(said)
    except InvalidInput as error:
        gathered.note(error)
        return None


def _guest(cells: Sequence[str], columns: Columns, gathered: _Gathered) -> str:
    try:
        return clean_name(columns.cell(cells, Field.GUEST)) or ""
    except InvalidInput as error:
        gathered.note(error)
        return ""


def _language(said: str, gathered: _Gathered) -> str:
    if not said:
        return ""
    try:
        return written_language(said)
    except InvalidInput:
        gathered.remarks.append(("language", "this language is not known; it is left out"))
        return ""


def _span(
    cells: Sequence[str], columns: Columns, zone: ZoneInfo, gathered: _Gathered
) -> tuple[datetime | None, datetime | None]:
    found: list[datetime | None] = []
    for wanted, otherwise in ((Field.CHECK_IN, ARRIVES), (Field.CHECK_OUT, LEAVES)):
        try:
            text = columns.cell(cells, wanted)
            found.append(instant_of(text, columns.order, zone, otherwise, f"{wanted}_at"))
        except InvalidInput as error:
            gathered.note(error)
            found.append(None)
    arrives, leaves = found
    if arrives is not None and leaves is not None:
        try:
            check_span(arrives, leaves)
        except InvalidInput as error:
            gathered.note(error)
    return arrives, leaves


def _numbers(
    written: tuple[str, ...], home: Property, gathered: _Gathered
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Masks to show, and the numbers as written that can be dialled."""
    parsed, problems = parse_numbers(written, home.country)
    for problem in problems:
        gathered.remarks.append((("phone", "phone_2")[problem.position], problem.reason))
    if not parsed:
        gathered.remarks.append(("phone", "without a number nobody can be phoned"))
    return tuple(one.number.mask for one in parsed), tuple(one.raw for one in parsed)


def _own_id(reference: str, home: Property, arrives: datetime, zone: ZoneInfo) -> str:
    """What tells this stay from others, so that the same file again changes nothing.

    Without a reference that is the home and the day of arrival: two guests cannot arrive at once.
    """
    if reference:
        short = len(reference) <= 100
        return reference if short else hashlib.sha256(reference.encode()).hexdigest()
    return f"{home.public_id}:{arrives.astimezone(zone):%Y-%m-%d}"


def _is_cancelled(status: str) -> bool:
    return plain_title(status).startswith(_CANCELLED)
