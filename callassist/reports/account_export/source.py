"""Where an export reads from: pages of rows, each in a short transaction of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute, Session

from callassist.accounts.account_deletion import is_owner
from callassist.accounts.people import find_account
from callassist.accounts.team_changes import TeamAction, note_change
from callassist.domain.viewer import Viewer
from callassist.errors import Forbidden
from callassist.models.base import Base
from callassist.reports.incident_report import instant_text
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault

ROWS_AT_ONCE = 200

Row = dict[str, object]
_Kept = TypeVar("_Kept", bound=Base)


@dataclass(frozen=True, kw_only=True)
class Source:
    """One account; with `in_clear` telephone numbers stand there as they are, else masked."""

    sessions: Sessions
    vault: Vault
    account_id: int
    in_clear: bool

    def number(self, sealed: bytes | None, mask: str) -> str | None:
        """A number as this export may show it; None once it was forgotten."""
        if not self.in_clear:
            return mask
        return None if sealed is None else self.vault.open(sealed)

    def opened(self, sealed: bytes | None) -> str | None:
        """A sealed name."""
        return None if sealed is None else self.vault.open(sealed)

    def pages(
        self,
        query: Select[_Kept],
        key: InstrumentedAttribute[int],
        made: Callable[[Session, _Kept], Row],
        *,
        size: int = ROWS_AT_ONCE,
    ) -> Iterator[list[Row]]:
        """Every row, from the oldest on; no transaction is open while a page is being sent."""
        last = 0
        while True:
            with self.sessions.read() as session:
                rows = session.scalars(query.where(key > last).order_by(key).limit(size)).all()
                page = [made(session, row) for row in rows]
            if not rows:
                return
            last = int(getattr(rows[-1], key.key))
            yield page


def take_account_data(
    session: Session, viewer: Viewer, account_public_id: str, *, in_clear: bool, now: datetime
) -> int:
    """Note in the list of changes that the data are taken; the account's id. Owners only."""
    account = find_account(session, viewer, account_public_id)
    if not is_owner(viewer, account.id):
        raise Forbidden("only an owner downloads everything of an account; ask one")
    numbers = "clear" if in_clear else "masked"
    note_change(
        session, viewer, TeamAction.DATA_TAKEN, now=now, account_id=account.id, numbers=numbers
    )
    return account.id


def text_of(at: datetime | None) -> str | None:
    """An instant as programs read it."""
    return None if at is None else instant_text(at)
