"""`/digests`: who gets the figures by e-mail, of which homes, how often."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field
from sqlalchemy import select

from callassist.models import Account, Digest, Property
from callassist.notifications import check_email
from callassist.reports.digest import DigestInput, add_digest, remove_digest, set_frequency
from callassist.web.api.fields import Input, Instant, Line, Output, Page, Paging, PublicId
from callassist.web.api.paging import page_of
from callassist.web.api.places import place_names
from callassist.web.api.routing import ACCOUNTS, Ask, Route
from callassist.web.api.scoping import account_named, of_accounts, property_named

Frequency = Literal["off", "daily", "weekly", "monthly"]


class NewDigest(Input):
    """Somebody who need not have an account; each mail has a link by which they can end it."""

    address: Line = Field(description="An e-mail address.")
    name: Line = ""
    language: Literal["en", "fr"] = "en"
    frequency: Frequency = "weekly"
    property: PublicId | None = Field(default=None, description="All homes when left out.")
    account: PublicId | None = None


class DigestChange(Input):
    """What to change; another address is another recipient."""

    frequency: Frequency


class DigestOut(Output):
    """One recipient; the address is shown masked. Stopped: they unsubscribed."""

    id: str
    account: str
    property: str | None
    to: str
    name: str
    language: str
    frequency: str
    stopped_at: Instant | None
    created_at: Instant


def index(ask: Ask, query: Paging) -> Page[DigestOut]:
    mine = select(Digest).where(of_accounts(ask, Digest.account_id))
    rows, following = page_of(ask.session, ask.service.vault, mine, Digest.id, query)
    return Page(items=_outs(ask, rows), next_cursor=following)


def add(ask: Ask, body: NewDigest) -> DigestOut:
    account = account_named(ask, body.account)
    if body.property is not None:
        property_named(ask, body.property)
    typed = DigestInput(
        address=check_email(body.address),
        name=body.name,
        language=body.language,
        frequency=body.frequency,
        home_public_id=body.property,
    )
    digest = add_digest(ask.session, ask.service.vault, ask.viewer, account.id, typed, now=ask.now)
    return _outs(ask, [digest])[0]


def change(ask: Ask, digest_id: str, body: DigestChange) -> DigestOut:
    digest = set_frequency(ask.session, ask.viewer, digest_id, body.frequency, ask.now)
    return _outs(ask, [digest])[0]


def remove(ask: Ask, digest_id: str) -> None:
    remove_digest(ask.session, ask.viewer, digest_id)


def _outs(ask: Ask, rows: Sequence[Digest]) -> list[DigestOut]:
    accounts = place_names(ask.session, Account, (row.account_id for row in rows))
    homes = place_names(ask.session, Property, (row.property_id for row in rows))
    return [
        DigestOut(
            id=row.public_id,
            account=accounts[row.account_id],
            property=homes.get(row.property_id),
            to=row.address_mask,
            name=row.name,
            language=row.language,
            frequency=row.frequency,
            stopped_at=row.stopped_at,
            created_at=row.created_at,
        )
        for row in rows
    ]


ROUTES = (
    Route(
        method="GET",
        path="/digests",
        summary="Who gets the figures by e-mail",
        scopes=ACCOUNTS,
        run=index,
        query=Paging,
        answer=Page[DigestOut],
    ),
    Route(
        method="POST",
        path="/digests",
        summary="Send the figures to one more address",
        scopes=ACCOUNTS,
        run=add,
        body=NewDigest,
        answer=DigestOut,
        status=201,
        conflicts=True,
    ),
    Route(
        method="PATCH",
        path="/digests/{digest_id}",
        summary="Write to somebody more or less often",
        scopes=ACCOUNTS,
        run=change,
        body=DigestChange,
        answer=DigestOut,
        conflicts=True,
    ),
    Route(
        method="DELETE",
        path="/digests/{digest_id}",
        summary="Write to somebody no more; the address is deleted",
        scopes=ACCOUNTS,
        run=remove,
    ),
)
