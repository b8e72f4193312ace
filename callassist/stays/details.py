"""A stay as it comes in, typed or imported, checked and with its numbers parsed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from callassist.domain.language import plain_language
from callassist.domain.phone import Number, parse_number
from callassist.errors import InvalidInput

LONGEST_STAY = timedelta(days=366)
MOST_NUMBERS = 5
LONGEST_NAME = 200


@dataclass(frozen=True, kw_only=True)
class StayDetails:
    """What is known of a stay. None means "not said": the field is left as it is.

    `numbers` are as written, in calling order; an empty tuple says that there is none.
    """

    check_in_at: datetime | None = None
    check_out_at: datetime | None = None
    guest_name: str | None = None
    language: str | None = None
    numbers: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class ImportedStay:
    """One reservation of a property-management system; `external_id` is its own id there."""

    source: str
    external_id: str
    details: StayDetails
    cancelled: bool = False


@dataclass(frozen=True, kw_only=True)
class NumberProblem:
    """A number that cannot be dialled: its place (from 0) and why, without the number itself."""

    position: int
    reason: str


@dataclass(frozen=True)
class ParsedNumber:
    """A number as written and as it is dialled."""

    raw: str
    number: Number


def check_span(check_in_at: datetime, check_out_at: datetime) -> None:
    """InvalidInput unless both are aware, in order and at most 366 days apart."""
    for name, instant in (("check_in_at", check_in_at), ("check_out_at", check_out_at)):
        if instant.tzinfo is None:
            raise InvalidInput("say the zone, like 2026-08-01T15:00:00+02:00", name)
    if check_out_at <= check_in_at:
        raise InvalidInput("check-out must be after check-in", "check_out_at")
    if check_out_at - check_in_at > LONGEST_STAY:
        raise InvalidInput("a stay is at most 366 days; check the year", "check_out_at")


def clean_name(name: str) -> str | None:
    """The name without odd spaces; None when empty; InvalidInput when longer than 200."""
    cleaned = " ".join(name.split())
    if len(cleaned) > LONGEST_NAME:
        raise InvalidInput(f"at most {LONGEST_NAME} characters", "guest_name")
    return cleaned or None


def clean_language(code: str) -> str | None:
    """The plain language code; None when empty."""
    return plain_language(code) if code.strip() else None


def parse_numbers(
    written: tuple[str, ...], country: str
) -> tuple[list[ParsedNumber], list[NumberProblem]]:
    """Numbers that can be dialled in order, each once, and why the others cannot.

    `country` (ISO, of the home) is only a hint for numbers without a country code.
    """
    parsed: dict[str, ParsedNumber] = {}
    problems: list[NumberProblem] = []
    for position, raw in enumerate(written):
        if not raw.strip():
            continue
        try:
            number = parse_number(raw.strip(), country)
        except InvalidInput as error:
            problems.append(
                NumberProblem(position=position, reason=error.detail.removeprefix("phone: "))
            )
            continue
        parsed.setdefault(number.e164, ParsedNumber(raw.strip(), number))
    return list(parsed.values())[:MOST_NUMBERS], problems


def parse_typed_numbers(written: tuple[str, ...], country: str) -> list[ParsedNumber]:
    """Like `parse_numbers`, but the first problem is raised as InvalidInput naming its place."""
    if len(written) > MOST_NUMBERS:
        raise InvalidInput(f"at most {MOST_NUMBERS} numbers", "numbers")
    parsed: dict[str, ParsedNumber] = {}
    for position, raw in enumerate(written):
        if raw.strip():
            number = parse_number(raw.strip(), country, f"numbers.{position}")
            parsed.setdefault(number.e164, ParsedNumber(raw.strip(), number))
    return list(parsed.values())
