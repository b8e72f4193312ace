"""Accounts, people, their roles, and what each may see."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from callassist.accounts.desks import desks, find_desk, operators, own_desk
from callassist.accounts.people import (
    accounts,
    add_person,
    create_account,
    find_account,
    viewer_for_person,
)
from callassist.accounts.team import remove_role, team
from callassist.domain.viewer import Role
from callassist.errors import Forbidden, InvalidInput, NotFound
from callassist.models import Person, Presence
from callassist.storage.sessions import Sessions
from tests.accounts.scenes import ADMIN, NOW, desk_with, firm


def test_an_owner_sees_their_own_account_and_no_other(sessions: Sessions) -> None:
    with sessions.write() as session:
        place, other = firm(session), firm(session, "Other Homes")
        assert accounts(session, place.owner) == [place.account]
        assert find_account(session, place.owner, place.account.public_id) == place.account
        with pytest.raises(NotFound):
            find_account(session, place.owner, other.account.public_id)
        assert accounts(session, ADMIN) == [place.account, other.account]


def test_one_person_may_be_host_and_operator(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = firm(session)
        person = add_person(
            session,
            " Canal@Example.com",
            Role.OPERATOR,
            account=place.account,
            languages=("en", "fr-FR"),
            desk_name="Noor",
            now=NOW,
        )
        viewer = viewer_for_person(session, person)
        desk = own_desk(session, place.account, now=NOW)
        assert viewer.account_roles == {place.account.id: frozenset({Role.OWNER})}
        assert viewer.desk_roles == {desk.id: frozenset({Role.OPERATOR})}
        (operator,) = operators(session, viewer, desk)
        assert viewer.operator_ids == {operator.id}
        assert (operator.desk_name, operator.languages) == ("Noor", ["en", "fr"])
        assert session.get_one(Presence, operator.id).state == "offline"


def test_adding_a_person_twice_changes_nothing_twice(sessions: Sessions) -> None:
    with sessions.write() as session:
        desk = desk_with(session)
        for _ in range(2):
            person = add_person(session, "op@example.com", Role.SUPERVISOR, desk=desk, now=NOW)
        assert session.scalar(select(func.count(Person.id))) == 1
        assert len(person.bindings) == 1
        assert len(operators(session, ADMIN, desk)) == 1
        assert person.password is None


def test_an_admin_is_bound_to_no_place_and_is_not_made_twice(sessions: Sessions) -> None:
    with sessions.write() as session:
        for _ in range(2):
            person = add_person(session, "root@example.com", Role.ADMIN, now=NOW)
        assert len(person.bindings) == 1
        assert viewer_for_person(session, person).is_admin


@pytest.mark.parametrize(
    ("email", "role", "field"),
    [
        ("nobody", Role.OWNER, "email"),
        ("a b@example.com", Role.OWNER, "email"),
        ("a@example.com", Role.OWNER, "account"),
        ("a@example.com", Role.OPERATOR, "desk"),
        ("a@example.com", Role.HOST, "role"),
    ],
)
def test_a_person_without_a_place_or_address_is_refused(
    sessions: Sessions, email: str, role: Role, field: str
) -> None:
    with sessions.write() as session:
        with pytest.raises(InvalidInput) as refused:
            add_person(session, email, role, now=NOW)
        assert refused.value.field == field


def test_an_account_keeps_its_last_owner(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = firm(session)
        owner = team(session, place.owner, place.account)[0].person
        with pytest.raises(InvalidInput, match="at least one owner"):
            remove_role(session, place.owner, owner.public_id, Role.OWNER, place.account, NOW)
        add_person(session, "second@example.com", Role.OWNER, account=place.account, now=NOW)
        remove_role(session, place.owner, owner.public_id, Role.OWNER, place.account, NOW)
        assert [one.person.email for one in team(session, ADMIN, place.account)] == [
            "second@example.com"
        ]


def test_a_closed_sign_in_sees_nothing(sessions: Sessions) -> None:
    with sessions.write() as session:
        person = add_person(session, "root@example.com", Role.ADMIN, now=NOW)
        person.active = False
        with pytest.raises(Forbidden):
            viewer_for_person(session, person)


def test_a_desk_is_seen_from_within_and_by_the_account_that_owns_it(
    sessions: Sessions,
) -> None:
    with sessions.write() as session:
        place, other = firm(session), firm(session, "Other Homes")
        own = own_desk(session, place.account, now=NOW)
        assert own_desk(session, place.account, now=NOW) == own
        shared = desk_with(session)
        assert desks(session, place.owner) == [own]
        assert desks(session, ADMIN) == [own, shared]
        with pytest.raises(NotFound):
            find_desk(session, other.owner, own.public_id)


@pytest.mark.parametrize(
    ("name", "timezone", "field"),
    [("", "UTC", "name"), ("Firm", "Paris", "timezone"), ("x" * 256, "UTC", "name")],
)
def test_an_account_is_checked_by_field(
    sessions: Sessions, name: str, timezone: str, field: str
) -> None:
    with sessions.write() as session:
        with pytest.raises(InvalidInput) as refused:
            create_account(session, name, timezone=timezone, now=NOW)
        assert refused.value.field == field
