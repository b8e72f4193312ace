"""Asking for an account's deletion, who may, what is refused, and taking it back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from callassist.accounts.account_deletion import (
    ask_for_deletion,
    undo_deletion,
    waiting_deletions,
)
from callassist.accounts.agreements import agree
from callassist.accounts.desks import own_desk
from callassist.accounts.people import add_person, viewer_for_person
from callassist.domain.viewer import Role
from callassist.errors import Conflict, Forbidden, InvalidInput, NotFound
from callassist.models import AccountDeletion, Incident, Nudge, TeamChange
from tests.accounts.guests import called_guest
from tests.accounts.scenes import ADMIN, NOW, firm, stay

WEEK = timedelta(days=7)


def ask(session, place, name="Canal Homes", viewer=None):
    """The owner, or somebody else, asks."""
    viewer = viewer or place.owner
    return ask_for_deletion(session, viewer, place.account.public_id, name, now=NOW, wait=WEEK)


def test_what_is_asked_for_waits_and_says_until_when(sessions):
    with sessions.write() as session:
        place = firm(session)
        ask(session, place)
    with sessions.read() as session:
        (waiting,) = waiting_deletions(session, place.owner, NOW)
        assert (waiting.account.name, waiting.due_at) == ("Canal Homes", NOW + WEEK)
        assert (waiting.may_undo, waiting.is_held) == (True, False)
        (change,) = session.scalars(select(TeamChange).where(TeamChange.action == "deletion_asked"))
        assert change.by_person_id == place.owner.person_id


def test_open_pages_of_the_account_show_it_at_once(sessions):
    with sessions.write() as session:
        place = firm(session)
    for change in (
        lambda session: ask(session, place),
        lambda session: undo_deletion(session, place.owner, place.account.public_id, now=NOW),
    ):
        with sessions.write() as session:
            session.execute(delete(Nudge))
            change(session)
        with sessions.read() as session:
            told = session.scalars(select(Nudge.account_id).where(Nudge.kind == "home"))
            assert told.all() == [place.account.id]


def test_only_an_owner_asks_and_nobody_of_another_account(sessions):
    with sessions.write() as session:
        place, other = firm(session), firm(session, "Other Homes")
        manager = add_person(session, "m@example.com", Role.MANAGER, account=place.account, now=NOW)
        with pytest.raises(Forbidden, match="only an owner"):
            ask(session, place, viewer=viewer_for_person(session, manager))
        with pytest.raises(NotFound):
            ask(session, place, viewer=other.owner)
        assert session.scalars(select(AccountDeletion)).all() == []


def test_another_name_and_a_second_wish_are_refused(sessions):
    with sessions.write() as session:
        place = firm(session)
        with pytest.raises(InvalidInput) as refused:
            ask(session, place, "Canal")
        assert refused.value.field == "name"
        ask(session, place)
        with pytest.raises(Conflict, match="already"):
            ask(session, place)


def test_while_an_incident_is_open_it_is_refused_with_the_reason(sessions):
    with sessions.write() as session:
        place = firm(session)
        called_guest(session, place, stay(session, place), NOW)
        session.execute(update(Incident).values(closed_at=None, state="calling_guest"))
        with pytest.raises(Conflict, match="an incident is open"):
            ask(session, place)
        session.execute(update(Incident).values(closed_at=NOW, state="closed"))
        assert ask(session, place).due_at == NOW + WEEK


def test_a_desk_that_others_rely_on_keeps_its_account(sessions):
    with sessions.write() as session:
        place, other = firm(session), firm(session, "Other Homes")
        desk = own_desk(session, place.account, now=NOW)
        agreement = agree(session, ADMIN, desk, other.account, starts_at=NOW)
        with pytest.raises(Conflict, match="other accounts' calls"):
            ask(session, place)
        agreement.ends_at = NOW
        assert ask(session, place).due_at == NOW + WEEK


def test_an_owner_takes_it_back_twice_is_fine_and_may_ask_again(sessions):
    with sessions.write() as session:
        place = firm(session)
        ask(session, place)
    for _ in range(2):
        with sessions.write() as session:
            undo_deletion(session, place.owner, place.account.public_id, now=NOW)
    with sessions.write() as session:
        assert waiting_deletions(session, place.owner, NOW) == []
        undone = select(TeamChange).where(TeamChange.action == "deletion_undone")
        assert len(session.scalars(undone).all()) == 1
        ask(session, place)
        assert len(waiting_deletions(session, place.owner, NOW)) == 1


def test_a_manager_sees_it_and_cannot_take_it_back(sessions):
    with sessions.write() as session:
        place = firm(session)
        ask(session, place)
        person = add_person(session, "m@example.com", Role.MANAGER, account=place.account, now=NOW)
        manager = viewer_for_person(session, person)
        (waiting,) = waiting_deletions(session, manager, NOW)
        assert not waiting.may_undo
        with pytest.raises(Forbidden):
            undo_deletion(session, manager, place.account.public_id, now=NOW)
