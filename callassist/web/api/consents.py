"""`/consents`: permission for automatic messages to a guest's number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field
from sqlalchemy import select

from callassist.errors import InvalidInput, NotFound
from callassist.models import Consent, Stay
from callassist.stays import ConsentInput, find_stay, give_consent, withdraw_consent
from callassist.web.api.fields import (
    Input,
    Instant,
    Line,
    Nothing,
    Output,
    Page,
    Paging,
    PublicId,
)
from callassist.web.api.paging import page_of
from callassist.web.api.places import place_names
from callassist.web.api.routing import HOSTS, Ask, Route
from callassist.web.api.scoping import of_accounts


class ConsentFilter(Paging):
    """Of which stay."""

    stay: PublicId | None = None


class NewConsent(Input):
    """What the guest agreed to, word for word, and where that can be seen."""

    stay: PublicId
    number_position: int = Field(default=1, ge=1, le=100)
    channel: Literal["sms", "voice"]
    text: Line
    given_by: Literal["host", "booking", "guest"]
    source: Line


class ConsentOut(Output):
    """One permission."""

    id: str
    stay: str | None
    channel: str
    text: str
    given_by: str
    source: str
    given_at: Instant
    withdrawn_at: Instant | None


def index(ask: Ask, query: ConsentFilter) -> Page[ConsentOut]:
    mine = select(Consent).where(of_accounts(ask, Consent.account_id))
    if query.stay is not None:
        mine = mine.where(Consent.stay_id == _stay(ask, query.stay).id)
    rows, following = page_of(
        ask.session, ask.service.vault, mine, Consent.id, query, newest_first=True
    )
    return Page(items=_outs(ask, rows), next_cursor=following)


def give(ask: Ask, body: NewConsent) -> ConsentOut:
    consent = give_consent(
        ask.session,
        ask.viewer,
        _stay(ask, body.stay).public_id,
        ConsentInput(
            channel=body.channel, text=body.text, given_by=body.given_by, source=body.source
        ),
        now=ask.now,
        number_position=body.number_position,
    )
    return _outs(ask, [consent])[0]


def withdraw(ask: Ask, consent_id: str, body: Nothing) -> ConsentOut:
    return _outs(ask, [withdraw_consent(ask.session, ask.viewer, consent_id, ask.now)])[0]


def _stay(ask: Ask, public_id: str) -> Stay:
    try:
        return find_stay(ask.session, ask.viewer, public_id)
    except NotFound:
        raise InvalidInput("not a stay in a home of yours", "stay") from None


def _outs(ask: Ask, rows: Sequence[Consent]) -> list[ConsentOut]:
    stays = place_names(ask.session, Stay, (row.stay_id for row in rows))
    return [
        ConsentOut(
            id=row.public_id,
            stay=stays.get(row.stay_id),
            channel=row.channel,
            text=row.text,
            given_by=row.given_by,
            source=row.source,
            given_at=row.given_at,
            withdrawn_at=row.withdrawn_at,
        )
        for row in rows
    ]


ROUTES = (
    Route(
        method="GET",
        path="/consents",
        summary="Permissions for automatic messages",
        scopes=HOSTS,
        run=index,
        query=ConsentFilter,
        answer=Page[ConsentOut],
    ),
    Route(
        method="POST",
        path="/consents",
        summary="Record a permission",
        scopes=HOSTS,
        run=give,
        body=NewConsent,
        answer=ConsentOut,
        status=201,
    ),
    Route(
        method="POST",
        path="/consents/{consent_id}/withdraw",
        summary="End a permission",
        scopes=HOSTS,
        run=withdraw,
        body=Nothing,
        answer=ConsentOut,
    ),
)
