"""The viewer's scope as a condition: every query of the API begins with it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, true
from sqlalchemy.orm import InstrumentedAttribute

from callassist.accounts.desks import find_desk, find_operator
from callassist.accounts.people import accounts, find_account
from callassist.accounts.properties import find_property
from callassist.errors import InvalidInput, NotFound
from callassist.models import Account, Desk, Operator, Property
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


def desk_named(ask: Ask, public_id: str) -> Desk:
    """The desk that a request names; InvalidInput when it is none of the viewer's."""
    try:
        return find_desk(ask.session, ask.viewer, public_id)
    except NotFound:
        raise InvalidInput("not a desk of yours", "desk") from None


def property_named(ask: Ask, public_id: str) -> Property:
    """The home that a request names; InvalidInput when it is none of the viewer's."""
    try:
        return find_property(ask.session, ask.viewer, public_id)
    except NotFound:
        raise InvalidInput("not a home of yours", "property") from None


def operator_named(ask: Ask, public_id: str) -> Operator:
    """The operator that a request names; InvalidInput when at none of the viewer's desks."""
    try:
        return find_operator(ask.session, ask.viewer, public_id)
    except NotFound:
        raise InvalidInput("not an operator of a desk of yours", "operator") from None


def supervised_desks(ask: Ask) -> list[int]:
    """Row ids of desks that the viewer supervises."""
    return [desk for desk in ask.viewer.desk_ids if ask.viewer.supervises(desk)]


def of_desks(ask: Ask) -> ColumnElement[bool]:
    """Desks at which the viewer works, or that their account owns; all for an admin."""
    if ask.viewer.is_admin:
        return true()
    return or_(Desk.id.in_(ask.viewer.desk_ids), Desk.account_id.in_(ask.viewer.account_ids))
