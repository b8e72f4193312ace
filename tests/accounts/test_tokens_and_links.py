"""Tokens of programs and one-time links of people."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from callassist.accounts.people import add_person
from callassist.accounts.sign_in_links import VALID_FOR, make_sign_in_link, use_sign_in_link
from callassist.accounts.tokens import (
    issue_token,
    issue_token_as,
    note_token_use,
    revoke_token,
    tokens,
    viewer_for_token,
)
from callassist.domain.viewer import Role
from callassist.errors import Forbidden, InvalidInput, NotFound
from callassist.models import ApiToken, Operator, SignInLink
from callassist.storage.sessions import Sessions
from tests.accounts.scenes import ADMIN, NOW, desk_with, firm, operator

HOUR = timedelta(hours=1)


def test_a_host_token_may_change_its_account_only_and_is_stored_hashed(
    sessions: Sessions,
) -> None:
    with sessions.write() as session:
        place = firm(session)
        text = issue_token(session, Role.HOST, account=place.account, now=NOW)
        viewer = viewer_for_token(session, text, NOW)
        assert viewer is not None
        assert viewer.can_write(place.account.id)
        assert not viewer.can_write(place.account.id + 1)
        assert (viewer.desk_ids, viewer.is_admin) == (frozenset(), False)
        (row,) = session.scalars(select(ApiToken))
        assert text not in (row.token_hash, row.name)
        assert viewer_for_token(session, text + "x", NOW) is None


def test_an_operators_token_speaks_for_one_operator(sessions: Sessions) -> None:
    with sessions.write() as session:
        desk = desk_with(session)
        ana = operator(session, desk, "Ana")
        text = issue_token(session, Role.OPERATOR, operator=ana, now=NOW)
        viewer = viewer_for_token(session, text, NOW)
        assert viewer is not None
        assert viewer.operator_ids == {ana.id}
        assert viewer.desk_roles == {desk.id: frozenset({Role.OPERATOR})}
        ana.active = False
        session.flush()
        assert viewer_for_token(session, text, NOW) is None


def test_an_operators_token_for_an_account_makes_desk_and_operator(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = firm(session)
        text = issue_token(session, Role.OPERATOR, account=place.account, name="Bot", now=NOW)
        viewer = viewer_for_token(session, text, NOW)
        assert viewer is not None
        (made,) = session.scalars(select(Operator))
        assert (made.desk_name, made.desk.account_id) == ("Bot", place.account.id)
        assert viewer.operator_ids == {made.id}


def test_a_token_ends_when_revoked_or_expired(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = firm(session)
        short = issue_token(
            session, Role.HOST, account=place.account, now=NOW, expires_at=NOW + HOUR
        )
        assert viewer_for_token(session, short, NOW + HOUR - timedelta(seconds=1)) is not None
        assert viewer_for_token(session, short, NOW + HOUR) is None
        other = firm(session, "Other Homes")
        (row,) = tokens(session, place.owner)
        assert tokens(session, other.owner) == []
        with pytest.raises(NotFound):
            revoke_token(session, other.owner, row.public_id, NOW)
        revoke_token(session, place.owner, row.public_id, NOW)
        assert viewer_for_token(session, short, NOW) is None


def test_nobody_issues_a_token_that_could_do_more_than_they_may(sessions: Sessions) -> None:
    with sessions.write() as session:
        place, other = firm(session), firm(session, "Other Homes")
        desk = desk_with(session)
        issue_token_as(session, place.owner, Role.HOST, account=place.account, now=NOW)
        issue_token_as(session, place.owner, Role.SUPERVISOR, account=place.account, now=NOW)
        issue_token_as(session, ADMIN, Role.ADMIN, now=NOW)
        for scope, where in (
            (Role.ADMIN, {}),
            (Role.HOST, {"account": other.account}),
            (Role.SUPERVISOR, {"desk": desk}),
            (Role.OPERATOR, {"account": place.account, "desk": desk}),
        ):
            with pytest.raises(Forbidden):
                issue_token_as(session, place.owner, scope, now=NOW, **where)


def test_a_token_needs_a_place_and_a_known_scope(sessions: Sessions) -> None:
    with sessions.write() as session:
        for scope, field in (
            (Role.HOST, "account"),
            (Role.OPERATOR, "desk"),
            (Role.VIEWER, "scope"),
        ):
            with pytest.raises(InvalidInput) as refused:
                issue_token(session, scope, now=NOW)
            assert refused.value.field == field


def test_the_use_of_a_token_is_noted_at_most_once_an_hour(sessions: Sessions) -> None:
    with sessions.write() as session:
        issue_token(session, Role.ADMIN, now=NOW)
        (row,) = session.scalars(select(ApiToken))
        assert note_token_use(session, row.id, NOW)
        assert not note_token_use(session, row.id, NOW + HOUR / 2)
        assert note_token_use(session, row.id, NOW + HOUR)


def test_a_sign_in_link_works_once_and_for_half_an_hour(sessions: Sessions) -> None:
    with sessions.write() as session:
        person = add_person(session, "root@example.com", Role.ADMIN, now=NOW)
        first, second = (make_sign_in_link(session, person, NOW) for _ in range(2))
        assert first not in [row.token_hash for row in session.scalars(select(SignInLink))]
        assert use_sign_in_link(session, first, NOW) == person
        assert person.confirmed_at == NOW
        assert use_sign_in_link(session, first, NOW) is None
        assert use_sign_in_link(session, second, NOW + VALID_FOR) is None
        assert use_sign_in_link(session, "guess", NOW) is None
        person.active = False
        session.flush()
        assert use_sign_in_link(session, second, NOW) is None
        with pytest.raises(Forbidden):
            make_sign_in_link(session, person, NOW)
