"""Reading other people's JSON: what is odd is refused by its name, nothing is guessed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from babel import Locale

from callassist.ports.pms import Reservation, SetAside, Wanted
from callassist.ports.pms_access import BadAnswer, PageLoop, Token

T = TypeVar("T")

MOST_PAGES = 20_000
MOST_RAW = 20_000  # characters of a record that are kept for whoever looks why it was set aside
LONGEST_ID = 200
LONGEST_TOKEN_LIFE = 400 * 86400  # seconds; what claims more is fetched again before
_CLOCK = re.compile(r"(\d{1,2})(?::(\d{2}))?(?::\d{2})?\s*([AaPp])?\.?[Mm]?\.?")


class Unreadable(ValueError):
    """One record cannot be used; the text names the field, and nothing personal."""


def as_object(value: object, what: str) -> dict[str, Any]:
    """A JSON object; BadAnswer otherwise: the whole answer is not what it should be."""
    if not isinstance(value, dict):
        raise BadAnswer(f"{what} should be an object and is {_kind(value)}")
    return value


def as_list(value: object, what: str) -> list[Any]:
    """A JSON array; BadAnswer otherwise."""
    if not isinstance(value, list):
        raise BadAnswer(f"{what} should be a list and is {_kind(value)}")
    return value


def text(record: Mapping[str, Any], *names: str) -> str:
    """The first of the fields that says something, as text; "" when none does."""
    for name in names:
        value = record.get(name)
        if value is None or value == "":
            continue
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise Unreadable(f"{name} should be a text and is {_kind(value)}")
        said = str(value).replace("\x00", "").strip()
        if said:
            return said
    return ""


def an_id(record: Mapping[str, Any], *names: str) -> str:
    """An id that must be there, of at most 200 characters."""
    value = text(record, *names)
    if not value:
        raise Unreadable(f"{names[0]} is missing")
    if len(value) > LONGEST_ID:
        raise Unreadable(f"{names[0]} is longer than {LONGEST_ID} characters")
    return value


def day(record: Mapping[str, Any], *names: str) -> date:
    """A local day: the first ten characters of an ISO date or date-time."""
    value = text(record, *names)
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        raise Unreadable(f"{names[0]} is not a date") from None


def instant(record: Mapping[str, Any], *names: str) -> datetime | None:
    """An aware UTC instant; one without a zone is UTC. None when nothing is said."""
    value = text(record, *names)
    if not value:
        return None
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        raise Unreadable(f"{names[0]} is not a date and time") from None
    try:
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except OverflowError:
        raise Unreadable(f"{names[0]} is not a date and time") from None


def changed_at(record: Mapping[str, Any], *names: str) -> datetime | None:
    """Like `instant`; None where it cannot be read: no reason to set a stay aside."""
    try:
        return instant(record, *names)
    except Unreadable:
        return None


def country(value: object) -> str | None:
    """ISO 3166 for two letters or an English name ("FR", "France", "UNITED STATES"), else None."""
    if not isinstance(value, str):
        return None
    said = " ".join(value.split())
    return said.upper() if said.upper() in _countries().values() else _countries().get(said.lower())


def zone(value: object) -> str | None:
    """An IANA time zone that this machine knows, else None: then the host is asked."""
    if not isinstance(value, str) or "/" not in value.strip("/"):
        return None
    try:
        return ZoneInfo(value).key
    except (ValueError, OSError, KeyError):
        return None


def clock_time(value: object) -> time | None:
    """A time of day: 15, "15:00", "15:00:00" or "3 PM"; None when nothing sensible is said.

    A wrong time is no reason to set a stay aside: the home's own times apply instead.
    """
    if isinstance(value, bool) or value is None:
        return None
    found = _CLOCK.fullmatch(str(value).strip())
    if found is None:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def read_each(
    records: Iterable[Any], read: Callable[[dict[str, Any]], T | None], *id_names: str
) -> Iterator[T | SetAside]:
    """Every record as `read` understands it; what it refuses is set aside, None is left out."""
    for place, record in enumerate(records):
        try:
            if not isinstance(record, dict):
                raise Unreadable(f"the record is {_kind(record)}, not an object")
            made = read(record)
        except Unreadable as why:
            yield SetAside(
                external_id=_id_of(record, id_names, place), reason=str(why), raw=raw(record)
            )
            continue
        if made is not None:
            yield made


def one(value: object, read: Callable[[dict[str, Any]], T], what: str) -> T:
    """A single record as `read` understands it; BadAnswer, naming it, when it cannot be read."""
    try:
        return read(as_object(value, what))
    except Unreadable as why:
        raise BadAnswer(f"{what}: {why}") from None


def ends(records: list[Any], *id_names: str) -> tuple[Hashable, ...]:
    """What stands for a page: how many it has, and the ids of its first and last record."""
    return (len(records), *(_id_of(record, id_names, -1) for record in records[:1] + records[-1:]))


def token(body: object, now: datetime) -> Token:
    """The answer of an OAuth token address: access_token, expires_in, maybe refresh_token."""
    given = as_object(body, "the token's answer")
    access, life = given.get("access_token"), given.get("expires_in")
    refresh = given.get("refresh_token")
    if not isinstance(access, str) or not access:
        raise BadAnswer("access_token is missing")
    if isinstance(life, bool) or not isinstance(life, int | float) or life <= 0:
        raise BadAnswer("expires_in is missing")
    return Token(
        access=access,
        expires_at=now + timedelta(seconds=min(life, LONGEST_TOKEN_LIFE)),
        refresh=refresh if isinstance(refresh, str) and refresh else None,
    )


def touches(reservation: Reservation, wanted: Wanted) -> bool:
    """Whether any of its days are wanted; what changed is wanted whatever its days are now."""
    if wanted.since is not None:
        return True
    return any(
        part.departure >= wanted.first and part.arrival <= wanted.last
        for part in reservation.visits
    )


def raw(record: object) -> str:
    """A record as text, cut to a length that can be kept."""
    return json.dumps(record, ensure_ascii=False, default=str)[:MOST_RAW]


class Pages:
    """Watches paging: a page that came before, or a number of pages that nobody has, is a loop."""

    def __init__(self, most: int = MOST_PAGES) -> None:
        self._most = most
        self._seen: set[Hashable] = set()

    def turn(self, mark: Hashable) -> None:
        """Note a page by what stands for it (its cursor, its first and last id); may raise
        PageLoop."""
        if mark in self._seen:
            raise PageLoop("the same page came twice")
        if len(self._seen) >= self._most:
            raise PageLoop(f"more than {self._most} pages")
        self._seen.add(mark)


@cache
def _countries() -> dict[str, str]:
    # "001" and the like are continents
    names = {
        name.lower(): code
        for code, name in Locale("en").territories.items()
        if len(code) == 2 and code not in {"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"}
    }
    return names | {"uk": "GB", "usa": "US", "united states of america": "US", "england": "GB"}


def page_mark(records: Iterable[Any]) -> Hashable:
    """What stands for a page that has no cursor: the ids on it."""
    return tuple(str(one.get("id") if isinstance(one, dict) else one) for one in records)


def _id_of(record: object, names: tuple[str, ...], place: int) -> str:
    if isinstance(record, dict):
        for name in names:
            value = record.get(name)
            if isinstance(value, str | int) and not isinstance(value, bool) and str(value):
                return str(value)[:LONGEST_ID]
    return f"record {place + 1}"


def _kind(value: object) -> str:
    if value is None:
        return "nothing"
    names = {bool: "yes or no", str: "a text", dict: "an object", list: "a list"}
    return names.get(type(value), "a number")
