"""`/properties`: homes, whether they are covered tonight, and pausing them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from callassist.accounts.properties import (
    archive_property,
    create_property,
    end_pause,
    find_property,
    is_paused,
    pause_property,
    restore_property,
    update_property,
)
from callassist.escalation import ending
from callassist.escalation.coverage import coverage_tonight
from callassist.models import Account, Property, PropertyTag
from callassist.web.api.fields import Nothing, Page
from callassist.web.api.incidents import BY
from callassist.web.api.paging import page_of
from callassist.web.api.places import place_names
from callassist.web.api.property_fields import (
    CoverageOut,
    NewProperty,
    Pause,
    PropertyChange,
    PropertyFilter,
    PropertyOut,
)
from callassist.web.api.routing import HOSTS, Ask, Route
from callassist.web.api.scoping import account_named, of_accounts


def index(ask: Ask, query: PropertyFilter) -> Page[PropertyOut]:
    mine = select(Property).where(of_accounts(ask, Property.account_id))
    if query.account is not None:
        mine = mine.where(Property.account_id == account_named(ask, query.account).id)
    if not query.archived:
        mine = mine.where(Property.archived_at.is_(None))
    if query.location is not None:
        mine = mine.where(Property.location == query.location)
    if query.tag is not None:
        mine = mine.where(Property.tags.any(PropertyTag.tag == query.tag))
    mine = mine.options(selectinload(Property.policy), selectinload(Property.tags))
    rows, following = page_of(ask.session, ask.service.vault, mine, Property.id, query)
    return Page(items=_outs(ask, rows), next_cursor=following)


def create(ask: Ask, body: NewProperty) -> PropertyOut:
    account = account_named(ask, body.account)
    home = create_property(ask.session, ask.viewer, account, body.typed(), now=ask.now)
    return _out(ask, home)


def show(ask: Ask, property_id: str) -> PropertyOut:
    return _out(ask, find_property(ask.session, ask.viewer, property_id))


def change(ask: Ask, property_id: str, body: PropertyChange) -> PropertyOut:
    return _out(ask, update_property(ask.session, ask.viewer, property_id, body.typed()))


def archive(ask: Ask, property_id: str, body: Nothing) -> PropertyOut:
    return _out(ask, archive_property(ask.session, ask.viewer, property_id, now=ask.now))


def restore(ask: Ask, property_id: str, body: Nothing) -> PropertyOut:
    return _out(ask, restore_property(ask.session, ask.viewer, property_id))


def pause(ask: Ask, property_id: str, body: Pause) -> PropertyOut:
    """Also cancels what runs for this home; a talk in hand finishes."""
    home = pause_property(ask.session, ask.viewer, property_id, body.until, now=ask.now)
    ending.pause_home(ask.session, home, body.until, BY, now=ask.now)
    return _out(ask, home)


def unpause(ask: Ask, property_id: str) -> None:
    home = end_pause(ask.session, ask.viewer, property_id, now=ask.now)
    ending.look_at_home(ask.session, home, now=ask.now)


def coverage(ask: Ask, property_id: str) -> CoverageOut:
    home = find_property(ask.session, ask.viewer, property_id)
    verdict = coverage_tonight(ask.session, ask.viewer, home, ask.service.surroundings, ask.now)
    return CoverageOut(
        covered=verdict.covered,
        missing=[str(part) for part in verdict.missing],
        remarks=[str(remark) for remark in verdict.remarks],
    )


def _out(ask: Ask, home: Property) -> PropertyOut:
    ask.session.refresh(home, ["policy", "tags"])
    return _outs(ask, [home])[0]


def _outs(ask: Ask, rows: Sequence[Property]) -> list[PropertyOut]:
    accounts = place_names(ask.session, Account, (row.account_id for row in rows))
    return [
        PropertyOut(
            id=row.public_id,
            account=accounts[row.account_id],
            name=row.name,
            timezone=row.timezone,
            country=row.country,
            language=row.language,
            location=row.location,
            tags=[one.tag for one in row.tags],
            call_name=row.call_name,
            show_call_name_to_guest=row.show_call_name_to_guest,
            host_spoken_name=row.host_spoken_name,
            host_only=row.host_only,
            policy=None if row.policy is None else row.policy.public_id,
            paused_until=row.paused_until if is_paused(row, ask.now) else None,
            archived_at=row.archived_at,
            created_at=row.created_at,
        )
        for row in rows
    ]


ROUTES = (
    Route(
        method="GET",
        path="/properties",
        summary="Your homes",
        scopes=HOSTS,
        run=index,
        query=PropertyFilter,
        answer=Page[PropertyOut],
    ),
    Route(
        method="POST",
        path="/properties",
        summary="Add a home",
        scopes=HOSTS,
        run=create,
        body=NewProperty,
        answer=PropertyOut,
        status=201,
    ),
    Route(
        method="GET",
        path="/properties/{property_id}",
        summary="One home",
        scopes=HOSTS,
        run=show,
        answer=PropertyOut,
    ),
    Route(
        method="PATCH",
        path="/properties/{property_id}",
        summary="Change a home",
        scopes=HOSTS,
        run=change,
        body=PropertyChange,
        answer=PropertyOut,
        conflicts=True,
    ),
    Route(
        method="GET",
        path="/properties/{property_id}/coverage",
        summary="Covered tonight, or why not",
        scopes=HOSTS,
        run=coverage,
        answer=CoverageOut,
    ),
    Route(
        method="POST",
        path="/properties/{property_id}/pause",
        summary="Pause a home until an instant",
        scopes=HOSTS,
        run=pause,
        body=Pause,
        answer=PropertyOut,
        conflicts=True,
    ),
    Route(
        method="DELETE",
        path="/properties/{property_id}/pause",
        summary="Watch a paused home again from now",
        scopes=HOSTS,
        run=unpause,
        conflicts=True,
    ),
    Route(
        method="POST",
        path="/properties/{property_id}/archive",
        summary="Take a home out of use; its incidents and reports stay",
        scopes=HOSTS,
        run=archive,
        body=Nothing,
        answer=PropertyOut,
    ),
    Route(
        method="POST",
        path="/properties/{property_id}/restore",
        summary="Put an archived home back into use",
        scopes=HOSTS,
        run=restore,
        body=Nothing,
        answer=PropertyOut,
    ),
)
