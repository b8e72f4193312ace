"""The viewer's scope as a condition: every query of the API begins with it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import InstrumentedAttribute

from callassist.accounts.people import accounts, find_account
from callassist.errors import InvalidInput, NotFound
from callassist.models import Account
from callassist.web.api.routing import Ask


def of_accounts(
    ask: Ask, column: InstrumentedAttribute[int] | InstrumentedAttribute[int | None]
) -> ColumnElement[bool]:
    """Rows of the accounts that the viewer may read; all of them for an admin."""
    return true() if ask.viewer.is_admin else column.in_(ask.viewer.account_ids)


def account_named(ask: Ask, public_id: str | None) -> Account:
    """The account that a request names; it may be left out by who has exactly one."""
    if public_id is not None:
        try:
            return find_account(ask.session, ask.viewer, public_id)
        except NotFound:
            raise InvalidInput("not an account of yours", "account") from None
    if ask.viewer.is_admin:
        raise InvalidInput("say which account", "account")
    found = accounts(ask.session, ask.viewer)
    if len(found) != 1:
        raise InvalidInput("say which account", "account")
    return found[0]
