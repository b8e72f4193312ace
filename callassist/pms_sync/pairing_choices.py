"""Which listing is which home: what the host says, carried out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.accounts import checks
from callassist.accounts.home_labels import LONGEST_LOCATION
from callassist.accounts.properties import PropertyInput, create_property, find_property
from callassist.accounts.sensors import pair_sensor
from callassist.accounts.zones import country_of_zone
from callassist.domain.viewer import Viewer
from callassist.errors import Conflict, InvalidInput, NotFound
from callassist.models import Account, PmsConnection, PmsListing, Property
from callassist.pms_sync.pairing_page import listings_of
from callassist.pms_sync.placing import give_home

# what a host can say instead of choosing a home
LATER, NEW, IGNORE, OTHER = "", "new", "ignore", "other"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What the host said of one listing: LATER, NEW, IGNORE, OTHER or the public id of a home.

    `name`, `zone` and `country` are for a new home; `other` is the name of one that is there;
    `sensor` is a public id, "" for none.
    """

    listing: str
    home: str
    name: str = ""
    zone: str = ""
    country: str = ""
    other: str = ""
    sensor: str = ""


@dataclass
class Confirmed:
    """What was done; `refused` by the listing's public id, the others are stored."""

    paired: int = 0
    made: int = 0
    ignored: int = 0
    refused: dict[str, InvalidInput | Conflict] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Begun:
    """What new homes begin with."""

    now: datetime
    language: str
    spoken_name: str


def confirm(
    session: Session,
    viewer: Viewer,
    connection: PmsConnection,
    choices: Iterable[Choice],
    begun: Begun,
) -> Confirmed:
    """Do what the host said of each listing; one that is refused keeps none of the others back."""
    viewer.require_write(connection.account_id)
    account = session.get_one(Account, connection.account_id)
    query = listings_of(connection).where(PmsListing.property_id.is_(None))
    listings = {one.public_id: one for one in session.scalars(query)}
    done = Confirmed()
    for choice in choices:
        listing = listings.get(choice.listing)
        if listing is None or choice.home == LATER:
            continue  # somebody was faster, or it waits
        try:
            with session.begin_nested():
                if choice.home == IGNORE:
                    listing.ignored_at = begun.now
                elif choice.home == NEW:
                    home = _made(session, viewer, account, listing, choice, begun)
                    _pair(session, viewer, listing, home, choice)
                else:
                    home = _known(session, viewer, account, choice)
                    _pair(session, viewer, listing, home, choice)
        except (InvalidInput, Conflict) as error:
            done.refused[choice.listing] = error
            continue
        done.ignored += choice.home == IGNORE
        done.paired += choice.home != IGNORE
        done.made += choice.home == NEW
    session.flush()
    return done


def take_apart(
    session: Session, viewer: Viewer, connection: PmsConnection, listing_id: str
) -> None:
    """The listing is not that home, or is wanted after all: it waits on the page again."""
    viewer.require_write(connection.account_id)
    query = listings_of(connection).where(PmsListing.public_id == listing_id)
    listing = session.scalars(query).first()
    if listing is None:
        raise NotFound("no such listing")
    listing.ignored_at = None
    if listing.property_id is not None:
        give_home(session, listing, None)
    session.flush()


def _pair(
    session: Session, viewer: Viewer, listing: PmsListing, home: Property, choice: Choice
) -> None:
    if listing.timezone is None:
        listing.timezone = home.timezone
    listing.ignored_at = None
    give_home(session, listing, home)
    if choice.sensor:
        pair_sensor(session, viewer, choice.sensor, home.public_id)
    session.flush()


def _made(
    session: Session,
    viewer: Viewer,
    account: Account,
    listing: PmsListing,
    choice: Choice,
    begun: Begun,
) -> Property:
    if not choice.zone.strip():
        raise InvalidInput("say in which time zone it lies", "zone")
    zone = checks.zone(choice.zone.strip(), "zone")
    typed = PropertyInput(
        name=choice.name.strip() or listing.name,
        timezone=zone,
        country=choice.country or listing.country or country_of_zone(zone),
        location=" ".join(listing.address.split())[:LONGEST_LOCATION],
        language=begun.language,
        host_spoken_name=begun.spoken_name,
    )
    return create_property(session, viewer, account, typed, now=begun.now)


def _known(session: Session, viewer: Viewer, account: Account, choice: Choice) -> Property:
    if choice.home == OTHER:
        return _called(session, account, choice.other)
    try:
        home = find_property(session, viewer, choice.home)
    except NotFound:
        raise InvalidInput("not a home of yours", "home") from None
    if home.account_id != account.id:
        raise InvalidInput("not a home of yours", "home")
    if home.archived_at is not None:
        raise Conflict("this home is archived; restore it first")
    return home


def _called(session: Session, account: Account, name: str) -> Property:
    wanted = " ".join(name.split()).casefold()
    query = select(Property).where(
        Property.account_id == account.id, Property.archived_at.is_(None)
    )
    found = [one for one in session.scalars(query) if one.name.casefold() == wanted]
    if len(found) != 1:
        raise InvalidInput("no home of yours is called so; choose one from the list", "other")
    return found[0]
