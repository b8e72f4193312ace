"""What would become of each row of a file: compared with what is stored and with each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.models import Stay
from callassist.stays.csv_rows import SOURCE, ReadRow
from callassist.stays.details import ImportedStay
from callassist.stays.source_snapshot import source_says
from callassist.storage.vault import Vault

_LOOKED_UP = 400  # ids in one query


class Verdict(StrEnum):
    """What storing a row would do."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    CANCELLED = "cancelled"
    OVER = "over"  # the guest has left: nothing to call about
    WRONG = "wrong"


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A row and what would become of it."""

    row: ReadRow
    verdict: Verdict


def judged(
    session: Session, vault: Vault, account_id: int, rows: Iterable[ReadRow], now: datetime
) -> tuple[Judged, ...]:
    """Each row with its verdict; rows that contradict each other are told so."""
    single = list(_without_doubles(rows))
    known = _known(session, account_id, single)
    return tuple(
        Judged(row=row, verdict=_verdict(vault, row, known, now)) for row in _overlaps(single)
    )


def _without_doubles(rows: Iterable[ReadRow]) -> Iterator[ReadRow]:
    """Of two rows about one stay the second is wrong: nobody can say which is meant."""
    seen: dict[str, int] = {}
    for row in rows:
        if row.stay is None:
            yield row
            continue
        before = seen.setdefault(row.stay.external_id, row.line)
        if before == row.line:
            yield row
        else:
            said = f"the same stay as in line {before}; leave one of them out"
            yield replace(row, stay=None, problems=(*row.problems, ("reference", said)))


def _overlaps(rows: Sequence[ReadRow]) -> list[ReadRow]:
    """Rows of one home that share a night are told so."""
    by_home: dict[int, list[ReadRow]] = {}
    for row in rows:
        if row.home is not None and row.stay is not None and not row.stay.cancelled:
            by_home.setdefault(row.home.id, []).append(row)
    told: dict[int, str] = {}
    for own in by_home.values():
        own.sort(key=lambda row: (row.check_in_at or row.check_out_at, row.line))
        before = own[0]  # of those that came earlier the one that leaves last
        for row in own[1:]:
            assert before.check_out_at is not None
            assert row.check_in_at is not None
            assert row.check_out_at is not None
            if row.check_in_at < before.check_out_at:
                told[row.line] = f"overlaps the stay in line {before.line}"
            if row.check_out_at > before.check_out_at:
                before = row
    return [
        replace(row, remarks=(*row.remarks, ("check_in_at", told[row.line])))
        if row.line in told
        else row
        for row in rows
    ]


def _known(session: Session, account_id: int, rows: Sequence[ReadRow]) -> dict[str, Stay]:
    ids = [row.stay.external_id for row in rows if row.stay is not None]
    known: dict[str, Stay] = {}
    for start in range(0, len(ids), _LOOKED_UP):
        stays = session.scalars(
            select(Stay).where(
                Stay.account_id == account_id,
                Stay.source == SOURCE,
                Stay.external_id.in_(ids[start : start + _LOOKED_UP]),
            )
        )
        known |= {stay.external_id or "": stay for stay in stays}
    return known


def _verdict(vault: Vault, row: ReadRow, known: dict[str, Stay], now: datetime) -> Verdict:
    if row.stay is None or row.check_out_at is None or row.home is None:
        return Verdict.WRONG
    stay = known.get(row.stay.external_id)
    if row.stay.cancelled:
        if stay is None or stay.cancelled_at is not None:
            return Verdict.SAME
        return Verdict.CANCELLED
    if row.check_out_at <= now:
        return Verdict.OVER
    if stay is None:
        return Verdict.NEW
    if stay.erased_at is not None or "cancelled" in stay.typed_fields:
        return Verdict.SAME
    is_same = stay.cancelled_at is None and stay.property_id == row.home.id
    return Verdict.SAME if is_same and _says_the_same(vault, stay, row.stay) else Verdict.CHANGED


def _says_the_same(vault: Vault, stay: Stay, said: ImportedStay) -> bool:
    before = source_says(vault, stay)
    if before is None:
        return False
    new = {name: value for name, value in vars(said.details).items() if value is not None}
    return all(getattr(before, name) == value for name, value in new.items())
