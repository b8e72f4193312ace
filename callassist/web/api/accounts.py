"""`/accounts`: firms of hosts, each a tenant of its own."""

from __future__ import annotations

from sqlalchemy import select

from callassist.accounts.people import create_account, find_account
from callassist.models import Account
from callassist.web.api.fields import Input, Instant, Language, Line, Output, Page, Paging, Word
from callassist.web.api.paging import page_of
from callassist.web.api.routing import ADMINS, HOSTS, Ask, Route
from callassist.web.api.scoping import of_accounts


class NewAccount(Input):
    """A new firm; language and zone are those of messages to its people."""

    name: Line
    language: Language = "en"
    timezone: Word = "UTC"


class AccountOut(Output):
    """One firm."""

    id: str
    name: str
    language: str
    timezone: str
    created_at: Instant


def index(ask: Ask, query: Paging) -> Page[AccountOut]:
    mine = select(Account).where(of_accounts(ask, Account.id), Account.deleted_at.is_(None))
    rows, following = page_of(ask.session, ask.service.vault, mine, Account.id, query)
    return Page(items=[_out(row) for row in rows], next_cursor=following)


def create(ask: Ask, body: NewAccount) -> AccountOut:
    account = create_account(
        ask.session, body.name, now=ask.now, language=body.language, timezone=body.timezone
    )
    return _out(account)


def show(ask: Ask, account_id: str) -> AccountOut:
    return _out(find_account(ask.session, ask.viewer, account_id))


def _out(account: Account) -> AccountOut:
    return AccountOut(
        id=account.public_id,
        name=account.name,
        language=account.language,
        timezone=account.timezone,
        created_at=account.created_at,
    )


ROUTES = (
    Route(
        method="GET",
        path="/accounts",
        summary="Your accounts",
        scopes=HOSTS,
        run=index,
        query=Paging,
        answer=Page[AccountOut],
    ),
    Route(
        method="POST",
        path="/accounts",
        summary="Open an account",
        scopes=ADMINS,
        run=create,
        body=NewAccount,
        answer=AccountOut,
        status=201,
    ),
    Route(
        method="GET",
        path="/accounts/{account_id}",
        summary="One account",
        scopes=HOSTS,
        run=show,
        answer=AccountOut,
    ),
)
