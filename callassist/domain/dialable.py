"""Whether a number may be dialled at all: never at any price, and only where an account phones."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from callassist.domain.phone import parse_number
from callassist.errors import InvalidInput


class NotDialled(StrEnum):
    """Why a number is not dialled; written to the log as it is."""

    NEVER = "number_never_dialled"  # premium, shared-cost, short, satellite, or no number
    COUNTRY = "country_not_allowed"


def refusal_of(number: str, allowed_countries: Collection[str] | None) -> NotDialled | None:
    """`may_dial` as a word for the log."""
    if may_dial(number, None) is not None:
        return NotDialled.NEVER
    return NotDialled.COUNTRY if may_dial(number, allowed_countries) is not None else None


def country_of(number: str) -> str | None:
    """The ISO country of a number in E.164; None for what is none."""
    try:
        return parse_number(number).country
    except InvalidInput:
        return None


def may_dial(number: str, allowed_countries: Collection[str] | None) -> str | None:
    """Why this number is not dialled, as a sentence that says what to do; None when it may be.

    `allowed_countries` are ISO codes, like those of the guests who stay now; None allows all.
    Premium, shared-cost, short and satellite numbers are refused in any country. A number that
    belongs to no country (`001`, like +800) needs that to be allowed by name.
    """
    try:
        parsed = parse_number(number)
    except InvalidInput as error:
        return error.detail.partition(": ")[2]
    if allowed_countries is None or parsed.country in {code.upper() for code in allowed_countries}:
        return None
    where = "numbers of no country" if parsed.country == "001" else f"numbers in {parsed.country}"
    return f"{where} are not dialled for this account; an owner can allow them in its settings"
