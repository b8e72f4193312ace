"""My data: taking them along, what is kept how long, and the ways to deletion."""

from __future__ import annotations

import json
from collections.abc import Sequence

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from callassist.accounts.account_deletion import is_owner, waiting_deletions
from callassist.accounts.people import accounts
from callassist.accounts.person_data import person_data
from callassist.accounts.team import owners_of
from callassist.models import Account
from callassist.reports.account_export import Source, account_archive, take_account_data
from callassist.web.pages import asking
from callassist.web.pages.forms import Form
from callassist.web.pages.host.downloads import download
from callassist.web.pages.people import mine, retention_words
from callassist.web.pages.people.readme import readme


def show() -> ResponseReturnValue:
    """Everything about data on one page; hosts see their account's, everybody their own."""
    viewer, now = asking.host(), asking.now()
    account: Account | None = None
    owners: list[str] = []
    with asking.reading() as session:
        all_mine: Sequence[Account] = accounts(session, viewer)
        if all_mine:
            account, all_mine = mine.chosen_account(session, viewer)
            owners = [one.name or one.email for one in owners_of(session, account)]
        waiting = {one.account.id: one for one in waiting_deletions(session, viewer, now)}
    return render_template(
        "people/data.html",
        form=Form(),
        account=account,
        accounts=all_mine,
        owns=account is not None and is_owner(viewer, account.id),
        owners=owners,
        waiting=None if account is None else waiting.get(account.id),
        zone=mine.zone_of(mine.me(), account),
        retention=retention_words.lines(),
        wait=retention_words.span(asking.service().settings.retention.account_deletion_after),
    )


def take_account() -> Response:
    """Everything of an account as an archive; that it was taken is written down first."""
    service, viewer, now = asking.service(), asking.host(), asking.now()
    in_clear = bool(request.form.get("in_clear"))
    with asking.writing() as session:
        account_id = take_account_data(
            session, viewer, request.form.get("account", ""), in_clear=in_clear, now=now
        )
        name = session.get_one(Account, account_id).name
    source = Source(
        sessions=service.sessions, vault=service.vault, account_id=account_id, in_clear=in_clear
    )
    content = account_archive(source, readme(name, now, in_clear=in_clear), now)
    return download(content, "application/zip", f"account-{now:%Y-%m-%d}.zip")


def take_mine() -> Response:
    """What is stored about who asks."""
    with asking.reading() as session:
        data = person_data(session, asking.service().vault, mine.me().id)
    content = json.dumps(data, ensure_ascii=False, indent=2).encode()
    return download(content, "application/json", f"about-me-{asking.now():%Y-%m-%d}.json")
