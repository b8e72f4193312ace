"""People and tokens from the command line."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from callassist.accounts.first_start import link_for
from callassist.accounts.people import DESK_ROLES, add_person, create_account
from callassist.accounts.tokens import issue_token
from callassist.cli.opened import Opened, opened
from callassist.domain.viewer import Role
from callassist.errors import InvalidInput
from callassist.models import Account, Desk, Operator, Person

PEOPLE_ROLES = ["owner", "manager", "viewer", "operator", "supervisor", "admin"]
SCOPES = ["host", "operator", "supervisor", "admin"]


@click.group()
def user() -> None:
    """People who sign in."""


@user.command("add")
@click.argument("email")
@click.option("--role", type=click.Choice(PEOPLE_ROLES), required=True)
@click.option("--account", help="Name or id; with --role owner a new name opens the account.")
@click.option(
    "--desk",
    help="Name or id; for operators and supervisors. Without it the account's own desk, which is "
    "made if need be.",
)
@click.option("--languages", default="en", show_default=True, help="Such as en,fr.")
@click.option("--name", default="", help="Full name.")
def user_add(
    email: str, role: str, account: str | None, desk: str | None, languages: str, name: str
) -> None:
    """Give somebody a role and print a link with which they sign in, once."""
    if desk is not None and role not in DESK_ROLES:
        raise InvalidInput(
            f"a desk has operators and supervisors; leave it out for {role}", "--desk"
        )
    with opened() as here:
        now = here.clock.now()
        with here.sessions.write() as session:
            place = _account(session, account, now, create=role == Role.OWNER)
            person = add_person(
                session,
                email,
                Role(role),
                now=now,
                account=place,
                desk=_desk(session, desk, place),
                name=name,
                languages=[code.strip() for code in languages.split(",")],
            )
            token = link_for(session, person.email, now=datetime.now(UTC))
        click.echo(_link(here, token))


@user.command("link")
@click.argument("email")
def user_link(email: str) -> None:
    """Print a new sign-in link for somebody; it works once, for 30 minutes."""
    with opened() as here:
        with here.sessions.write() as session:
            token = link_for(session, email, now=datetime.now(UTC))
        click.echo(_link(here, token))


@click.group()
def token() -> None:
    """Tokens for programs."""


@token.command("create")
@click.option("--scope", type=click.Choice(SCOPES), required=True)
@click.option("--account", help="Name or id of the account (all scopes but admin).")
@click.option("--operator", help="E-mail or id of the operator (scope operator).")
@click.option("--name", default="", help="What the token is for.")
def token_create(scope: str, account: str | None, operator: str | None, name: str) -> None:
    """Print a new token, and only the token; it is kept nowhere."""
    with opened() as here, here.sessions.write() as session:
        place = _account(session, account, here.clock.now(), create=False)
        text = issue_token(
            session,
            Role(scope),
            now=datetime.now(UTC),
            account=place,
            operator=_operator(session, operator),
            name=name,
        )
    click.echo(text)


def _account(
    session: Session, wanted: str | None, now: datetime, *, create: bool
) -> Account | None:
    if wanted is None:
        return None
    kept = Account.deleted_at.is_(None)
    found = session.scalars(
        select(Account).where(kept, (Account.public_id == wanted) | (Account.name == wanted))
    ).all()
    if len(found) > 1:
        raise InvalidInput(f"{len(found)} accounts are called {wanted}; give the id", "--account")
    if found:
        return found[0]
    if create:
        return create_account(session, wanted, now=now)
    some = select(Account.name).where(kept).order_by(Account.name).limit(10)
    known = ", ".join(session.scalars(some))
    raise InvalidInput(f"there is no account {wanted}; known: {known or 'none yet'}", "--account")


def _desk(session: Session, wanted: str | None, account: Account | None) -> Desk | None:
    if wanted is None:
        return None
    gone = select(Account.id).where(Account.deleted_at.is_not(None))
    kept = select(Desk).where(or_(Desk.account_id.is_(None), Desk.account_id.not_in(gone)))
    if account is not None:
        kept = kept.where(Desk.account_id == account.id)
    found = session.scalars(kept.where(or_(Desk.public_id == wanted, Desk.name == wanted))).all()
    if len(found) > 1:
        raise InvalidInput(f"{len(found)} desks are called {wanted}; give the id", "--desk")
    if found:
        return found[0]
    known = ", ".join(desk.name for desk in session.scalars(kept.order_by(Desk.name).limit(10)))
    raise InvalidInput(f"there is no desk {wanted}; known: {known or 'none yet'}", "--desk")


def _operator(session: Session, wanted: str | None) -> Operator | None:
    if wanted is None:
        return None
    found = session.scalars(
        select(Operator)
        .outerjoin(Person, Operator.person_id == Person.id)
        .where((Operator.public_id == wanted) | (Person.email == wanted.lower()))
    ).first()
    if found is None:
        raise InvalidInput(f"there is no operator {wanted}", "--operator")
    return found


def _link(here: Opened, token: str) -> str:
    return f"{here.settings.service.public_url.rstrip('/')}/sign-in/link/{token}"
