"""`/tokens`: bearer tokens for programs; the text is shown once."""

from __future__ import annotations

from typing import Any, Literal

from sqlalchemy import ColumnElement, or_, select, true

from callassist.accounts.connections import hash_token
from callassist.accounts.tokens import issue_token_as, revoke_token
from callassist.domain.viewer import Role
from callassist.models import Account, ApiToken, Desk, Operator
from callassist.web.api.fields import Input, Instant, Line, Output, Page, Paging, PublicId
from callassist.web.api.paging import page_of
from callassist.web.api.places import place_name, place_names
from callassist.web.api.routing import CHIEFS, Ask, Route
from callassist.web.api.scoping import (
    account_named,
    desk_named,
    operator_named,
    supervised_desks,
)


class NewToken(Input):
    """A token may do no more than you may. Operators and supervisors are of a desk."""

    scope: Literal["host", "operator", "supervisor", "admin"]
    account: PublicId | None = None
    desk: PublicId | None = None
    operator: PublicId | None = None
    name: Line = ""
    expires_at: Instant | None = None


class TokenOut(Output):
    """One token; its text is known to nobody. Times are real ones."""

    id: str
    name: str
    scope: str
    account: str | None
    desk: str | None
    operator: str | None
    created_at: Instant
    expires_at: Instant | None
    revoked_at: Instant | None
    last_used_at: Instant | None


class IssuedToken(TokenOut):
    """A new token with its text, shown this once."""

    token: str


def index(ask: Ask, query: Paging) -> Page[TokenOut]:
    mine = select(ApiToken).where(_scope(ask))
    rows, following = page_of(
        ask.session, ask.service.vault, mine, ApiToken.id, query, newest_first=True
    )
    accounts = place_names(ask.session, Account, (row.account_id for row in rows))
    desks = place_names(ask.session, Desk, (row.desk_id for row in rows))
    operators = place_names(ask.session, Operator, (row.operator_id for row in rows))
    return Page(
        items=[
            TokenOut(
                **_own(row),
                account=accounts.get(row.account_id),
                desk=desks.get(row.desk_id),
                operator=operators.get(row.operator_id),
            )
            for row in rows
        ],
        next_cursor=following,
    )


def issue(ask: Ask, body: NewToken) -> IssuedToken:
    desk = None if body.desk is None else desk_named(ask, body.desk)
    operator = None if body.operator is None else operator_named(ask, body.operator)
    scope = Role(body.scope)
    account = None
    if body.account is not None or _needs_account(scope, desk, operator):
        account = account_named(ask, body.account)
    text = issue_token_as(
        ask.session,
        ask.viewer,
        scope,
        now=ask.real_now,
        account=account,
        desk=desk,
        operator=operator,
        name=body.name,
        expires_at=body.expires_at,
    )
    row = ask.session.scalars(select(ApiToken).where(ApiToken.token_hash == hash_token(text))).one()
    return IssuedToken(
        **_own(row),
        account=place_name(ask.session, Account, row.account_id),
        desk=place_name(ask.session, Desk, row.desk_id),
        operator=place_name(ask.session, Operator, row.operator_id),
        token=text,
    )


def revoke(ask: Ask, token_id: str) -> None:
    revoke_token(ask.session, ask.viewer, token_id, ask.real_now)


def _needs_account(scope: Role, desk: Desk | None, operator: Operator | None) -> bool:
    if scope is Role.ADMIN:
        return False
    return scope is Role.HOST or (desk is None and operator is None)


def _scope(ask: Ask) -> ColumnElement[bool]:
    if ask.viewer.is_admin:
        return true()
    own_desks = select(Desk.id).where(Desk.account_id.in_(ask.viewer.account_ids))
    return or_(
        ApiToken.account_id.in_(ask.viewer.account_ids),
        ApiToken.desk_id.in_(own_desks),
        ApiToken.desk_id.in_(supervised_desks(ask)),
    )


def _own(row: ApiToken) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "name": row.name,
        "scope": row.scope,
        "created_at": row.created_at,
        "expires_at": row.expires_at,
        "revoked_at": row.revoked_at,
        "last_used_at": row.last_used_at,
    }


ROUTES = (
    Route(
        method="GET",
        path="/tokens",
        summary="Tokens that you may revoke, newest first",
        scopes=CHIEFS,
        run=index,
        query=Paging,
        answer=Page[TokenOut],
    ),
    Route(
        method="POST",
        path="/tokens",
        summary="Make a token; its text is shown once",
        scopes=CHIEFS,
        run=issue,
        body=NewToken,
        answer=IssuedToken,
        status=201,
    ),
    Route(
        method="DELETE",
        path="/tokens/{token_id}",
        summary="End a token at once",
        scopes=CHIEFS,
        run=revoke,
    ),
)
