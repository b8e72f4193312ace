"""What an account chose about the money and the reach of its calls: caps, countries, numbers."""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.accounts.people import find_account
from callassist.accounts.properties import find_property
from callassist.domain.phone import parse_number
from callassist.domain.spending import read_amount
from callassist.domain.viewer import Viewer
from callassist.errors import InvalidInput
from callassist.models import Account, HostContact, Property

Owns = Callable[[str], bool]
MOST_COUNTRIES = 60


def set_caps(
    session: Session, viewer: Viewer, account_id: str, day: str | None, month: str | None
) -> Account:
    """Caps as typed; empty for none. They hold from the next call or text on."""
    account = _own(session, viewer, account_id)
    account.day_cap = read_amount(day, "day_cap")
    account.month_cap = read_amount(month, "month_cap")
    session.flush()
    return account


def set_countries(
    session: Session,
    viewer: Viewer,
    account_id: str,
    countries: Collection[str] | None,
    known: Collection[str],
) -> Account:
    """The countries that may be dialled, out of `known` ISO codes; None: where guests come from.

    A list that leaves out the host's own contacts is refused: nobody could be phoned in the end.
    """
    account = _own(session, viewer, account_id)
    if countries is None:
        account.dial_countries = None
        session.flush()
        return account
    chosen = sorted({code.strip().upper() for code in countries if code.strip()})
    if not chosen or len(chosen) > MOST_COUNTRIES:
        raise InvalidInput("choose at least one country, and at most 60", "countries")
    wrong = [code for code in chosen if code not in known]
    if wrong:
        raise InvalidInput("this is no country that can be phoned", "countries")
    contacts = select(HostContact.phone_country).join(
        Property, Property.id == HostContact.property_id
    )
    living = (Property.account_id == account.id, Property.archived_at.is_(None))
    left_out = set(session.scalars(contacts.where(*living))) - {*chosen, None}
    if left_out:
        raise InvalidInput(
            "a contact of yours has a number in a country that is not on the list", "countries"
        )
    account.dial_countries = chosen
    session.flush()
    return account


def set_account_number(
    session: Session, viewer: Viewer, account_id: str, number: str | None, owns: Owns
) -> Account:
    """The number that the account's calls show; None for the service's."""
    account = _own(session, viewer, account_id)
    account.caller_id = _proved(number, owns)
    session.flush()
    return account


def set_home_number(
    session: Session, viewer: Viewer, property_id: str, number: str | None, owns: Owns
) -> Property:
    """The number that calls about one home show; None for the account's."""
    home = find_property(session, viewer, property_id)
    viewer.require_write(home.account_id)
    home.caller_id = _proved(number, owns)
    session.flush()
    return home


def _own(session: Session, viewer: Viewer, account_id: str) -> Account:
    account = find_account(session, viewer, account_id)
    viewer.require_write(account.id)
    return account


def _proved(number: str | None, owns: Owns) -> str | None:
    if not number or not number.strip():
        return None
    e164 = parse_number(number, field="caller_id").e164
    if not owns(e164):
        raise InvalidInput(
            "the phone network does not know this number as its own; it has to be bought there, "
            "or verified",
            "caller_id",
        )
    return e164
