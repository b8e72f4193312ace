"""A firm, its home and its desk, made through the services themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from callassist.accounts.contacts import ContactInput, add_contact
from callassist.accounts.desks import OperatorInput, add_operator, create_desk
from callassist.accounts.people import add_person, create_account, viewer_for_person
from callassist.accounts.properties import PropertyInput, create_property
from callassist.domain.viewer import Role, Viewer
from callassist.models import Account, Desk, Operator, Property, Stay
from callassist.stays import StayDetails, put_stay
from callassist.storage.vault import Vault

NOW = datetime(2026, 6, 13, 20, tzinfo=UTC)  # a Saturday, 22:00 in Paris
ADMIN = Viewer(name="admin", is_admin=True)
VAULT = Vault.from_text(Vault.generate_key())
GUEST = "+1 202 555 0101"
SECOND = "+1 202 555 0102"
HOST = "+1 202 555 0110"


@dataclass
class Firm:
    """One account with an owner and a home."""

    account: Account
    owner: Viewer
    home: Property


def firm(session: Session, name: str = "Canal Homes", *, contact: bool = True) -> Firm:
    """An account whose owner has one home in Paris."""
    account = create_account(session, name, now=NOW, timezone="Europe/Paris")
    email = f"{name.split()[0].lower()}@example.com"
    person = add_person(session, email, Role.OWNER, account=account, now=NOW)
    owner = viewer_for_person(session, person)
    typed = PropertyInput(name="Canal 12", timezone="Europe/Paris", country="FR")
    home = create_property(session, owner, account, typed, now=NOW)
    if contact:
        add_contact(session, VAULT, owner, home.public_id, ContactInput(name="Anna", phone=HOST))
    return Firm(account, owner, home)


def desk_with(session: Session, *names: str, languages: tuple[str, ...] = ("en",)) -> Desk:
    """A desk that serves several accounts, with operators of these names."""
    desk = create_desk(session, VAULT, ADMIN, "Night desk", now=NOW)
    for name in names:
        operator(session, desk, name, *languages)
    return desk


def operator(session: Session, desk: Desk, name: str, *languages: str) -> Operator:
    """One operator of a desk."""
    typed = OperatorInput(name=name, desk_name=name, languages=languages or ("en",))
    return add_operator(session, VAULT, ADMIN, desk, typed, now=NOW)


def stay(
    session: Session,
    place: Firm,
    *numbers: str,
    check_in: timedelta = timedelta(),
    nights: int = 2,
    name: str = "Camille Martin",
) -> Stay:
    """A stay typed in by the owner, from `check_in` after NOW on."""
    details = StayDetails(
        check_in_at=NOW + check_in,
        check_out_at=NOW + check_in + timedelta(days=nights),
        guest_name=name,
        numbers=numbers or (GUEST,),
    )
    return put_stay(session, VAULT, place.owner, place.home.public_id, details, now=NOW)
