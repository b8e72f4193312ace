"""Which listing is which home: what we propose on one page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from callassist.accounts.zones import country_of_zone, likely_zone
from callassist.domain.pairing import Candidate, Proposal, propose
from callassist.models import Account, PmsConnection, PmsListing, Property, Sensor

SHOWN = 100  # listings without a home on one page


@dataclass(frozen=True, kw_only=True)
class Row:
    """One listing without a home, and what we think of it; `zone` may be a guess."""

    listing: PmsListing
    home: Property | None
    sensor: Sensor | None
    is_sure: bool
    zone: str
    zone_is_known: bool
    country: str


@dataclass(frozen=True, kw_only=True)
class Pairing:
    """Everything on the page of one connection; listings without a home come first."""

    rows: tuple[Row, ...]
    more: int  # without a home, but not on this page
    paired: tuple[tuple[PmsListing, Property], ...]
    ignored: tuple[PmsListing, ...]
    homes: tuple[Property, ...]
    sensors: tuple[Sensor, ...]  # in no home


def pairing(session: Session, connection: PmsConnection) -> Pairing:
    """The page of one connection; as many queries for one listing as for hundreds."""
    account = session.get_one(Account, connection.account_id)
    homes = _homes(session, connection.account_id)
    sensors = _free_sensors(session, connection.account_id)
    waiting = listings_of(connection).where(
        PmsListing.property_id.is_(None), PmsListing.ignored_at.is_(None)
    )
    count = session.scalar(select(func.count()).select_from(waiting.order_by(None).subquery())) or 0
    listings = list(session.scalars(waiting.limit(SHOWN)))
    paired = (
        listings_of(connection)
        .join(Property, Property.id == PmsListing.property_id)
        .add_columns(Property)
    )
    ignored = listings_of(connection).where(PmsListing.ignored_at.is_not(None))
    return Pairing(
        rows=_rows(account, listings, homes, sensors),
        more=count - len(listings),
        paired=tuple((one, home) for one, home in session.execute(paired)),
        ignored=tuple(session.scalars(ignored)),
        homes=tuple(homes),
        sensors=tuple(sensors),
    )


def listings_of(connection: PmsConnection) -> Select[PmsListing]:
    """What the system lists still, by name."""
    return (
        select(PmsListing)
        .where(PmsListing.connection_id == connection.id, PmsListing.gone_at.is_(None))
        .order_by(func.lower(PmsListing.name), PmsListing.id)
    )


def guessed_zone(listing: PmsListing, account: Account) -> str:
    """The zone to offer where the system says none; "" when nothing points to one."""
    country = listing.country or ""
    by_country = likely_zone("", country)
    if by_country is not None:
        return by_country
    for part in reversed(listing.address.split(",")):
        meant = likely_zone(" ".join(word for word in part.split() if word.isalpha()))
        if meant is not None and (not country or country_of_zone(meant) == country):
            return meant
    own = country_of_zone(account.timezone)
    return account.timezone if own and country in ("", own) else ""


def _rows(
    account: Account,
    listings: Sequence[PmsListing],
    homes: Sequence[Property],
    sensors: Sequence[Sensor],
) -> tuple[Row, ...]:
    proposals = _proposals(listings, homes, sensors)
    by_home = {one.public_id: one for one in homes}
    by_sensor = {one.public_id: one for one in sensors}
    return tuple(
        Row(
            listing=one,
            home=by_home.get(proposal.home_key or ""),
            sensor=next((by_sensor[key] for key in proposal.sensor_keys), None),
            is_sure=proposal.is_sure,
            zone=one.timezone or guessed_zone(one, account),
            zone_is_known=one.timezone is not None,
            country=one.country or country_of_zone(one.timezone or ""),
        )
        for one in listings
        for proposal in [proposals[one.public_id]]
    )


def _proposals(
    listings: Sequence[PmsListing], homes: Sequence[Property], sensors: Sequence[Sensor]
) -> Mapping[str, Proposal]:
    found = propose(
        [
            Candidate(key=one.public_id, name=one.name, address=one.address, country=one.country)
            for one in listings
        ],
        [
            Candidate(key=one.public_id, name=one.name, address=one.location, country=one.country)
            for one in homes
        ],
        [Candidate(key=one.public_id, name=one.name or one.external_id) for one in sensors],
    )
    return {one.listing_key: one for one in found}


def _homes(session: Session, account_id: int) -> list[Property]:
    query = select(Property).where(
        Property.account_id == account_id, Property.archived_at.is_(None)
    )
    return list(session.scalars(query.order_by(func.lower(Property.name), Property.id)))


def _free_sensors(session: Session, account_id: int) -> list[Sensor]:
    query = select(Sensor).where(Sensor.account_id == account_id, Sensor.property_id.is_(None))
    return list(session.scalars(query.order_by(func.lower(Sensor.name), Sensor.id)))
