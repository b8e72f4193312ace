"""What a stay is called that came from a connection: by the connection, the reservation, the visit.

Two connections may use one id for two reservations: calendars number from one, and accounts of one
system are strangers to each other.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_KEY = re.compile(r"([a-z0-9]{20})/(.+)", re.DOTALL)  # a public id: never given twice


class Booked(NamedTuple):
    """Where a stay comes from; the reservation may be called by either id."""

    connection: str  # its public id
    reservation_ids: tuple[str, ...]


def stay_key(connection: str, reservation_id: str, place: int = 0) -> str:
    """The stay of a reservation's first visit, and from the second on with its place behind."""
    visit = "" if place == 0 else f"#{place + 1}"
    return f"{connection_beginning(connection)}{reservation_id}{visit}"


def connection_beginning(connection: str) -> str:
    """With what the keys of all stays of one connection begin."""
    return f"{connection}/"


def booked(key: str | None) -> Booked | None:
    """The source of a stay with this key; None for one that no connection made.

    An id that itself ends like a visit's place is tried as it is first.
    """
    found = _KEY.fullmatch(key or "")
    if found is None:
        return None
    own = found[2]
    base, mark, place = own.rpartition("#")
    ids = (own, base) if mark and base and place.isdigit() else (own,)
    return Booked(found[1], ids)


def name_there(key: str) -> str:
    """What a person knows the stay by: the reservation's own id."""
    found = booked(key)
    return key if found is None else found.reservation_ids[0]
