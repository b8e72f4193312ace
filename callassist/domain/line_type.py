"""What kind of line a number is, as a phone network says; what follows from it. Pure."""

from __future__ import annotations

from enum import StrEnum


class LineType(StrEnum):
    """Ours; a network's words stop at its adapter."""

    UNKNOWN = ""
    MOBILE = "mobile"
    LANDLINE = "landline"
    INTERNET = "internet"  # fixed or not: some take texts, some do not
    TOLL_FREE = "toll_free"
    PREMIUM = "premium"


class Flagged(StrEnum):
    """Why a number is flagged to the host before anybody has dialled it."""

    INVALID = "invalid_number"
    PREMIUM = "premium_number"


def takes_texts(kind: str) -> bool:
    """Whether a text may reach somebody there; one to a landline is paid for and lost."""
    return kind not in (LineType.LANDLINE, LineType.TOLL_FREE, LineType.PREMIUM)


def flag_of(kind: str, *, is_valid: bool) -> Flagged | None:
    """Why it must not be dialled; None for a number that may."""
    if not is_valid:
        return Flagged.INVALID
    return Flagged.PREMIUM if kind == LineType.PREMIUM else None
