"""`/pms-connections/{id}/listings`: what a system lets, and which home it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import select

from callassist.errors import InvalidInput, TransientError
from callassist.models import PmsConnection, PmsListing, Property
from callassist.pms_sync.connections import find_connection
from callassist.pms_sync.listing_times import type_times
from callassist.pms_sync.pairing_choices import IGNORE, Begun, Choice, confirm, take_apart
from callassist.pms_sync.placing_soon import place_soon
from callassist.web.api.fields import Page, Paging
from callassist.web.api.paging import page_of
from callassist.web.api.places import place_names
from callassist.web.api.pms_fields import ListingChange, ListingOut
from callassist.web.api.routing import HOSTS, Ask, Route


def index(ask: Ask, pms_connection_id: str, query: Paging) -> Page[ListingOut]:
    connection = find_connection(ask.session, ask.viewer, pms_connection_id)
    mine = select(PmsListing).where(PmsListing.connection_id == connection.id)
    rows, following = page_of(ask.session, ask.service.vault, mine, PmsListing.id, query)
    return Page(items=_outs(ask, rows), next_cursor=following)


def change(ask: Ask, pms_connection_id: str, listing_id: str, body: ListingChange) -> ListingOut:
    connection = find_connection(ask.session, ask.viewer, pms_connection_id)
    if body.ignored and body.property is not None:
        raise InvalidInput("a listing that is left out has no home", "ignored")
    given = body.model_fields_set
    listing = type_times(
        ask.session,
        ask.viewer,
        connection,
        listing_id,
        check_in=(body.typed_check_in or "") if "typed_check_in" in given else None,
        check_out=(body.typed_check_out or "") if "typed_check_out" in given else None,
    )
    if not given or given - _TIMES:
        _give_home(ask, connection, listing_id, body)
    ask.afterwards.append(_placing(ask, connection.account_id))
    return _outs(ask, [listing])[0]


def _give_home(ask: Ask, connection: PmsConnection, listing_id: str, body: ListingChange) -> None:
    take_apart(ask.session, ask.viewer, connection, listing_id)
    wanted = IGNORE if body.ignored else body.property or ""
    begun = Begun(now=ask.now, language="en", spoken_name="")
    choice = Choice(listing=listing_id, home=wanted)
    done = confirm(ask.session, ask.viewer, connection, [choice], begun)
    for error in done.refused.values():
        field = getattr(error, "field", None)
        raise InvalidInput(error.detail, "property") if field == "home" else error


def _placing(ask: Ask, account_id: int) -> Callable[[], object]:
    """Once it is stored its stays follow; where that fails, the next reading makes them."""

    def place() -> None:
        try:
            place_soon(ask.service.sessions, ask.service.vault, account_id, ask.now)
        except TransientError:
            return

    return place


def _outs(ask: Ask, rows: Sequence[PmsListing]) -> list[ListingOut]:
    ids = (row.property_id for row in rows if row.property_id is not None)
    homes = place_names(ask.session, Property, ids)
    return [
        ListingOut(
            id=row.public_id,
            external_id=row.external_id,
            name=row.name,
            address=row.address,
            country=row.country,
            timezone=row.timezone,
            check_in=row.check_in,
            check_out=row.check_out,
            typed_check_in=row.typed_check_in,
            typed_check_out=row.typed_check_out,
            property=None if row.property_id is None else homes[row.property_id],
            ignored_at=row.ignored_at,
            gone_at=row.gone_at,
        )
        for row in rows
    ]


_TIMES = frozenset({"typed_check_in", "typed_check_out"})
_LISTINGS = "/pms-connections/{pms_connection_id}/listings"

ROUTES = (
    Route(
        method="GET",
        path=_LISTINGS,
        summary="What the system lets, and which home each is",
        scopes=HOSTS,
        run=index,
        query=Paging,
        answer=Page[ListingOut],
    ),
    Route(
        method="PATCH",
        path=f"{_LISTINGS}/{{listing_id}}",
        summary="Say which home a listing is, that it is none or not wanted; or its times",
        scopes=HOSTS,
        run=change,
        body=ListingChange,
        answer=ListingOut,
        conflicts=True,
    ),
)
