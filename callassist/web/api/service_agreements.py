"""`/service-agreements`: which desk serves an account, from when to when."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select, true

from callassist.accounts.agreements import agree, end_agreement
from callassist.models import Account, Desk, ServiceAgreement
from callassist.web.api.fields import Input, Instant, Output, Page, Paging, PublicId
from callassist.web.api.paging import page_of
from callassist.web.api.places import place_names
from callassist.web.api.routing import ADMINS, CHIEFS, Ask, Route
from callassist.web.api.scoping import account_named, desk_named


class NewAgreement(Input):
    """Of several in force the one that began last counts."""

    desk: PublicId
    account: PublicId
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    show_call_name_to_guest_desk: bool = False


class AgreementEnd(Input):
    """When it ends."""

    ends_at: Instant


class AgreementOut(Output):
    """One agreement."""

    id: str
    desk: str
    account: str
    starts_at: Instant
    ends_at: Instant | None
    show_call_name_to_guest_desk: bool


def index(ask: Ask, query: Paging) -> Page[AgreementOut]:
    scope = or_(
        ServiceAgreement.account_id.in_(ask.viewer.account_ids),
        ServiceAgreement.desk_id.in_(ask.viewer.desk_ids),
    )
    mine = select(ServiceAgreement).where(true() if ask.viewer.is_admin else scope)
    rows, following = page_of(
        ask.session, ask.service.vault, mine, ServiceAgreement.id, query, newest_first=True
    )
    return Page(items=_outs(ask, rows), next_cursor=following)


def create(ask: Ask, body: NewAgreement) -> AgreementOut:
    agreement = agree(
        ask.session,
        ask.viewer,
        desk_named(ask, body.desk),
        account_named(ask, body.account),
        starts_at=body.starts_at or ask.now,
        ends_at=body.ends_at,
        show_call_name_to_guest_desk=body.show_call_name_to_guest_desk,
    )
    return _outs(ask, [agreement])[0]


def end(ask: Ask, agreement_id: str, body: AgreementEnd) -> AgreementOut:
    agreement = end_agreement(ask.session, ask.viewer, agreement_id, body.ends_at)
    return _outs(ask, [agreement])[0]


def _outs(ask: Ask, rows: Sequence[ServiceAgreement]) -> list[AgreementOut]:
    desks = place_names(ask.session, Desk, (row.desk_id for row in rows))
    accounts = place_names(ask.session, Account, (row.account_id for row in rows))
    return [
        AgreementOut(
            id=row.public_id,
            desk=desks[row.desk_id],
            account=accounts[row.account_id],
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            show_call_name_to_guest_desk=row.show_call_name_to_guest_desk,
        )
        for row in rows
    ]


ROUTES = (
    Route(
        method="GET",
        path="/service-agreements",
        summary="Agreements of your accounts and desks, newest first",
        scopes=CHIEFS,
        run=index,
        query=Paging,
        answer=Page[AgreementOut],
    ),
    Route(
        method="POST",
        path="/service-agreements",
        summary="Let a desk serve an account",
        scopes=ADMINS,
        run=create,
        body=NewAgreement,
        answer=AgreementOut,
        status=201,
    ),
    Route(
        method="POST",
        path="/service-agreements/{agreement_id}/end",
        summary="End an agreement; either side may",
        scopes=CHIEFS,
        run=end,
        body=AgreementEnd,
        answer=AgreementOut,
    ),
)
