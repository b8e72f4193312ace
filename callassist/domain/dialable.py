"""Whether a number may be dialled at all: never at any price, and only where an account phones."""

from __future__ import annotations

from collections.abc import Collection

from callassist.domain.phone import parse_number
from callassist.errors import InvalidInput


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
