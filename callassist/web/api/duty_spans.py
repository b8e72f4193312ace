"""`/duty-spans`: who of an account is rung at night, in order."""

from __future__ import annotations

from pydantic import Field
from sqlalchemy import select

from callassist import roster
from callassist.models import Account, DutySpan, Person
from callassist.roster import DutyInput
from callassist.web.api.fields import (
    Input,
    Instant,
    Languages,
    Line,
    Output,
    Page,
    Paging,
    Phone,
    PublicId,
)
from callassist.web.api.paging import page_of
from callassist.web.api.places import place_names
from callassist.web.api.routing import HOSTS, Ask, Route
from callassist.web.api.scoping import account_named, of_accounts


class DutyFilter(Paging):
    """Entries that touch the span from `starts_at` until before `ends_at`."""

    starts_at: Instant | None = None
    ends_at: Instant | None = None


class NewDuty(Input):
    """Needs a phone, or a person of the account; the lowest position is rung first."""

    name: Line
    starts_at: Instant
    ends_at: Instant
    phone: Phone | None = None
    person: PublicId | None = None
    languages: Languages = ["en"]  # noqa: RUF012 frozen by pydantic
    position: int = Field(default=1, ge=1, le=100)
    account: PublicId | None = None


class DutyOut(Output):
    """One entry of the duty rota."""

    id: str
    account: str
    name: str
    person: str | None
    has_phone: bool
    languages: list[str]
    position: int
    starts_at: Instant
    ends_at: Instant


def index(ask: Ask, query: DutyFilter) -> Page[DutyOut]:
    mine = select(DutySpan).where(of_accounts(ask, DutySpan.account_id))
    if query.starts_at is not None:
        mine = mine.where(DutySpan.ends_at > query.starts_at)
    if query.ends_at is not None:
        mine = mine.where(DutySpan.starts_at < query.ends_at)
    rows, following = page_of(ask.session, ask.service.vault, mine, DutySpan.id, query)
    return Page(items=_outs(ask, rows), next_cursor=following)


def create(ask: Ask, body: NewDuty) -> DutyOut:
    account = account_named(ask, body.account)
    typed = DutyInput(
        name=body.name,
        starts_at=body.starts_at,
        ends_at=body.ends_at,
        phone=body.phone,
        person_public_id=body.person,
        languages=body.languages,
        position=body.position,
    )
    span = roster.add_duty(ask.session, ask.service.vault, ask.viewer, account.id, typed)
    return _outs(ask, [span])[0]


def remove(ask: Ask, duty_span_id: str) -> None:
    roster.remove_duty(ask.session, ask.viewer, duty_span_id)


def _outs(ask: Ask, rows: list[DutySpan]) -> list[DutyOut]:
    accounts = place_names(ask.session, Account, (row.account_id for row in rows))
    people = place_names(ask.session, Person, (row.person_id for row in rows))
    return [
        DutyOut(
            id=row.public_id,
            account=accounts[row.account_id],
            name=row.name,
            person=people.get(row.person_id),
            has_phone=row.phone is not None,
            languages=list(row.languages),
            position=row.position,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
        )
        for row in rows
    ]


ROUTES = (
    Route(
        method="GET",
        path="/duty-spans",
        summary="The duty rota of your accounts",
        scopes=HOSTS,
        run=index,
        query=DutyFilter,
        answer=Page[DutyOut],
    ),
    Route(
        method="POST",
        path="/duty-spans",
        summary="Put somebody on the duty rota",
        scopes=HOSTS,
        run=create,
        body=NewDuty,
        answer=DutyOut,
        status=201,
    ),
    Route(
        method="DELETE",
        path="/duty-spans/{duty_span_id}",
        summary="Take an entry off the duty rota",
        scopes=HOSTS,
        run=remove,
    ),
)
