"""What fields of requests and answers may be: types that every resource shares.

A request with a field that we do not know is refused, and nothing is converted: "1" is no number.
An answer has exactly the fields of its model; a model is the list of what its reader may see.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Generic, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

from callassist.models.types import to_micros

_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", flags=re.ASCII
)
_EXAMPLE = "2026-08-01T22:00:00Z"
_FIRST, _LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


class Input(BaseModel):
    """A request's body or query."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Output(BaseModel):
    """An answer: the fields that its reader may see, and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Item = TypeVar("Item", bound=Output)


class Page(Output, Generic[Item]):
    """Some items of a list; `next_cursor` leads to the following ones, null at the end."""

    items: list[Item]
    next_cursor: str | None = None


class Nothing(Input):
    """A request that needs no body: none, or an empty object."""


class Paging(Input):
    """Which part of a list."""

    limit: int = Field(default=50, ge=1, le=200, description="How many items at most.")
    cursor: str | None = Field(
        default=None, max_length=200, description="`next_cursor` of the page before."
    )


def read_instant(value: object) -> datetime:
    """An RFC 3339 instant with its zone, as aware UTC; ValueError says what to write."""
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise ValueError(f"give an instant with its zone, like {_EXAMPLE}")
    text = value.upper().replace("Z", "+00:00")
    try:
        instant = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"there is no such instant; write it like {_EXAMPLE}") from None
    if not _FIRST <= instant < _LAST:
        raise ValueError("give an instant between the years 2000 and 2100")
    return instant


def write_instant(value: datetime) -> str:
    """An instant as every answer writes it: UTC, microseconds only when there are any."""
    to_micros(value)  # refuses a naive one
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


Instant = Annotated[
    datetime,
    BeforeValidator(read_instant),
    PlainSerializer(write_instant, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": [_EXAMPLE]}),
]


def read_day(value: object) -> date:
    """A day as 2026-08-01; ValueError says what to write."""
    if isinstance(value, date):
        return value
    try:
        day = date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        day = None
    if day is None or not _FIRST.date() <= day < _LAST.date():
        raise ValueError("give a day between the years 2000 and 2100, like 2026-08-01")
    return day


Day = Annotated[
    date,
    BeforeValidator(read_day),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-08-01"]}),
]

# U+0000 cannot be stored by PostgreSQL
_NO_NUL = r"^[^\x00]*$"
Line = Annotated[str, StringConstraints(max_length=255, pattern=_NO_NUL)]
Word = Annotated[str, StringConstraints(max_length=64, pattern=_NO_NUL)]
Prose = Annotated[str, StringConstraints(max_length=2000, pattern=_NO_NUL)]
Phone = Annotated[
    str,
    StringConstraints(max_length=40, pattern=_NO_NUL),
    Field(description="With country code; without one the home's country counts."),
]
Language = Annotated[
    str,
    StringConstraints(max_length=12, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$"),
    Field(examples=["en", "fr"]),
]
Languages = Annotated[list[Language], Field(min_length=1, max_length=20)]
PublicId = Annotated[
    str,
    StringConstraints(pattern=r"^[2-9a-hjkmnp-tv-z]{20}$"),
    Field(examples=["k3w9t7r2m5c8p4x6h2nd"]),
]


def _no_lone_surrogate(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("holds half of a character; send valid Unicode") from None
    return value


Text = Annotated[str, AfterValidator(_no_lone_surrogate)]
