"""A stay's numbers: stored sealed, kept over re-imports, flagged when they prove wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from callassist.models import Stay, StayNumber
from callassist.stays.details import ParsedNumber
from callassist.storage.vault import Vault


def replace_numbers(vault: Vault, stay: Stay, parsed: Sequence[ParsedNumber], source: str) -> bool:
    """Make `parsed` the stay's numbers in this order; True when anything changed.

    A number that was there already keeps its row, and with it its flag: a wrong number stays
    flagged over any number of imports until the source says another one.
    """
    known = {number.number_index: number for number in stay.numbers}
    wanted: list[StayNumber] = []
    changed = False
    for position, one in enumerate(parsed, start=1):
        kept = _take(known, vault.indexes(one.number.e164))
        if kept is None:
            kept = StayNumber(**number_row(vault, one, position, source))
            changed = True
        changed = changed or kept.position != position
        kept.position = position
        wanted.append(kept)
    changed = changed or bool(known)
    stay.numbers = wanted
    return changed


def number_row(vault: Vault, parsed: ParsedNumber, position: int, source: str) -> dict[str, Any]:
    """A number of a stay as its table has it; `position` from 1."""
    return {
        "position": position,
        "number": vault.seal(parsed.number.e164),
        "number_raw": vault.seal(parsed.raw),
        "number_index": vault.index(parsed.number.e164),
        "number_mask": parsed.number.mask,
        "country": parsed.number.country,
        "source": source,
    }


def flag_number(session: Session, stay_number_id: int, reason: str, now: datetime) -> bool:
    """Never dial this number again for this stay; False when it is gone or flagged already."""
    number = session.get(StayNumber, stay_number_id)
    if number is None or number.flagged_at is not None:
        return False
    number.flagged_at, number.flag_reason = now, reason[:40]
    session.flush()
    return True


def unflag_number(session: Session, stay_number_id: int) -> bool:
    """The host says that the number is right after all; False when it was not flagged."""
    number = session.get(StayNumber, stay_number_id)
    if number is None or number.flagged_at is None:
        return False
    number.flagged_at = number.flag_reason = None
    session.flush()
    return True


def _take(known: dict[str, StayNumber], indexes: Iterable[str]) -> StayNumber | None:
    # several indexes: a number stored under an older key is still the same number
    return next((known.pop(index) for index in indexes if index in known), None)
