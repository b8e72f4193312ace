"""Cursor paging: keyset by row id, with cursors that tell nothing and cannot be made up."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute, Session

from callassist.errors import InvalidInput
from callassist.storage.vault import SealBroken, Vault
from callassist.web.api.fields import Paging

Row = TypeVar("Row")


def page_of(
    session: Session,
    vault: Vault,
    query: Select[Row],
    key: InstrumentedAttribute[int],
    paging: Paging,
    *,
    newest_first: bool = False,
) -> tuple[list[Row], str | None]:
    """One page of `query` in the order of `key`, and the cursor of the following one, if any."""
    list_name = str(key)
    if paging.cursor is not None:
        place = _open(vault, list_name, paging.cursor)
        query = query.where(key < place if newest_first else key > place)
    query = query.order_by(key.desc() if newest_first else key).limit(paging.limit + 1)
    rows: Sequence[Any] = session.scalars(query).all()
    shown = list(rows[: paging.limit])
    if len(rows) <= paging.limit:
        return shown, None
    return shown, _seal(vault, list_name, getattr(shown[-1], key.key))


def _seal(vault: Vault, list_name: str, place: int) -> str:
    sealed = vault.seal(f"{list_name} {place}")
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def _open(vault: Vault, list_name: str, cursor: str) -> int:
    try:
        sealed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        name, _, place = vault.open(sealed).rpartition(" ")
    except (SealBroken, binascii.Error, ValueError):
        raise _not_ours() from None
    if name != list_name:
        raise _not_ours()
    return int(place)


def _not_ours() -> InvalidInput:
    return InvalidInput("not a cursor of this list; start again without it", "cursor")
