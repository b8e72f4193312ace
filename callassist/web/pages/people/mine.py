"""Which of the viewer's accounts a page is about, and the zone in which its reader lives."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from flask import request
from sqlalchemy.orm import Session

from callassist.accounts.people import accounts
from callassist.domain.viewer import Viewer
from callassist.errors import NotFound
from callassist.models import Account, Person
from callassist.web.pages import asking


def chosen_account(session: Session, viewer: Viewer) -> tuple[Account, Sequence[Account]]:
    """The account named in the request, else the first; all of them. NotFound for who has none."""
    mine = accounts(session, viewer)
    named = request.values.get("account")
    for account in mine:
        if named in (None, "", account.public_id):
            return account, mine
    raise NotFound("no such account")


def zone_of(person: Person, account: Account | None = None) -> ZoneInfo:
    """The person's own zone, else the account's, else UTC."""
    name = person.timezone or (account.timezone if account is not None else None)
    return ZoneInfo(name or "UTC")


def my_zone(session: Session) -> ZoneInfo:
    """The zone of who asks: their own, else that of their first account."""
    mine = accounts(session, asking.host())
    return zone_of(me(), mine[0] if mine else None)


def me() -> Person:
    """Who is signed in; a guard lets nobody else in."""
    who = asking.person()
    assert who is not None, "a guard lets nobody else in"
    return who.person
