"""`/stays`: who is in a home, and the numbers to reach them on."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from callassist.errors import NotFound
from callassist.models import Property, Stay, StayNumber
from callassist.stays import StayDetails, cancel_stay, find_stay, put_stay, unflag_number
from callassist.web.api.fields import (
    Input,
    Instant,
    Language,
    Line,
    Nothing,
    Output,
    Page,
    Paging,
    Phone,
    PublicId,
)
from callassist.web.api.paging import page_of
from callassist.web.api.places import place_names
from callassist.web.api.routing import HOSTS, Ask, Route
from callassist.web.api.scoping import of_accounts, property_named

Numbers = list[Phone]
_NUMBERS = Field(default=None, max_length=5, description="In calling order; the first is dialled.")


class StayFilter(Paging):
    """Stays that touch the span from `starts_at` until before `ends_at`."""

    property: PublicId | None = None
    starts_at: Instant | None = None
    ends_at: Instant | None = None


class NewStay(Input):
    """A stay, typed in: what is said here wins over what is imported later."""

    property: PublicId
    check_in_at: Instant
    check_out_at: Instant
    guest_name: Line | None = None
    language: Language | None = None
    numbers: Numbers | None = _NUMBERS


class StayChange(Input):
    """What to correct; `numbers` replaces all of them."""

    check_in_at: Instant | None = None
    check_out_at: Instant | None = None
    guest_name: Line | None = None
    language: Language | None = None
    numbers: Numbers | None = _NUMBERS


class NumberChoice(Input):
    """Which number, by its place."""

    position: int = Field(ge=1, le=100)


class NumberOut(Output):
    """One number, masked; a flagged one is not dialled."""

    position: int
    mask: str
    source: str
    flagged_at: Instant | None
    flag_reason: str | None


class StayOut(Output):
    """One stay; after erasure it has neither name nor numbers."""

    id: str
    property: str
    guest_name: str | None
    language: str | None
    check_in_at: Instant
    check_out_at: Instant
    source: str
    numbers: list[NumberOut]
    asked_not_to_be_called_at: Instant | None
    cancelled_at: Instant | None
    erased_at: Instant | None
    created_at: Instant


def index(ask: Ask, query: StayFilter) -> Page[StayOut]:
    mine = select(Stay).where(of_accounts(ask, Stay.account_id))
    if query.property is not None:
        mine = mine.where(Stay.property_id == property_named(ask, query.property).id)
    if query.starts_at is not None:
        mine = mine.where(Stay.check_out_at > query.starts_at)
    if query.ends_at is not None:
        mine = mine.where(Stay.check_in_at < query.ends_at)
    mine = mine.options(selectinload(Stay.numbers))
    rows, following = page_of(
        ask.session, ask.service.vault, mine, Stay.id, query, newest_first=True
    )
    return Page(items=_outs(ask, rows), next_cursor=following)


def create(ask: Ask, body: NewStay) -> StayOut:
    home = property_named(ask, body.property)
    stay = put_stay(
        ask.session,
        ask.service.vault,
        ask.viewer,
        home.public_id,
        _details(body),
        now=ask.now,
    )
    return _outs(ask, [stay])[0]


def show(ask: Ask, stay_id: str) -> StayOut:
    return _outs(ask, [find_stay(ask.session, ask.viewer, stay_id)])[0]


def change(ask: Ask, stay_id: str, body: StayChange) -> StayOut:
    known = find_stay(ask.session, ask.viewer, stay_id)
    home = ask.session.get_one(Property, known.property_id)
    stay = put_stay(
        ask.session,
        ask.service.vault,
        ask.viewer,
        home.public_id,
        _details(body),
        now=ask.now,
        stay_public_id=stay_id,
    )
    return _outs(ask, [stay])[0]


def cancel(ask: Ask, stay_id: str, body: Nothing) -> StayOut:
    return _outs(ask, [cancel_stay(ask.session, ask.viewer, stay_id, now=ask.now)])[0]


def unflag(ask: Ask, stay_id: str, body: NumberChoice) -> StayOut:
    """The host says that a flagged number is right after all."""
    stay = find_stay(ask.session, ask.viewer, stay_id)
    ask.viewer.require_write(stay.account_id)
    number = _number(stay, body.position)
    unflag_number(ask.session, number.id)
    return _outs(ask, [stay])[0]


def _number(stay: Stay, position: int) -> StayNumber:
    for number in stay.numbers:
        if number.position == position:
            return number
    raise NotFound("no such number")


def _details(body: NewStay | StayChange) -> StayDetails:
    return StayDetails(
        check_in_at=body.check_in_at,
        check_out_at=body.check_out_at,
        guest_name=body.guest_name,
        language=body.language,
        numbers=None if body.numbers is None else tuple(body.numbers),
    )


def _outs(ask: Ask, rows: Sequence[Stay]) -> list[StayOut]:
    homes = place_names(ask.session, Property, (row.property_id for row in rows))
    vault = ask.service.vault
    return [
        StayOut(
            id=row.public_id,
            property=homes[row.property_id],
            guest_name=None if row.guest_name is None else vault.open(row.guest_name),
            language=row.language,
            check_in_at=row.check_in_at,
            check_out_at=row.check_out_at,
            source=row.source,
            numbers=[
                NumberOut(
                    position=number.position,
                    mask=number.number_mask,
                    source=number.source,
                    flagged_at=number.flagged_at,
                    flag_reason=number.flag_reason,
                )
                for number in row.numbers
            ],
            asked_not_to_be_called_at=row.do_not_call_at,
            cancelled_at=row.cancelled_at,
            erased_at=row.erased_at,
            created_at=row.created_at,
        )
        for row in rows
    ]


ROUTES = (
    Route(
        method="GET",
        path="/stays",
        summary="Stays in your homes, newest first",
        scopes=HOSTS,
        run=index,
        query=StayFilter,
        answer=Page[StayOut],
    ),
    Route(
        method="POST",
        path="/stays",
        summary="Type a stay in",
        scopes=HOSTS,
        run=create,
        body=NewStay,
        answer=StayOut,
        status=201,
        conflicts=True,
    ),
    Route(
        method="GET",
        path="/stays/{stay_id}",
        summary="One stay",
        scopes=HOSTS,
        run=show,
        answer=StayOut,
    ),
    Route(
        method="PATCH",
        path="/stays/{stay_id}",
        summary="Correct a stay",
        scopes=HOSTS,
        run=change,
        body=StayChange,
        answer=StayOut,
        conflicts=True,
    ),
    Route(
        method="POST",
        path="/stays/{stay_id}/cancel",
        summary="The guest is not coming, or left",
        scopes=HOSTS,
        run=cancel,
        body=Nothing,
        answer=StayOut,
    ),
    Route(
        method="POST",
        path="/stays/{stay_id}/unflag-number",
        summary="A flagged number is right after all",
        scopes=HOSTS,
        run=unflag,
        body=NumberChoice,
        answer=StayOut,
    ),
)
