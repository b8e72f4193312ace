"""Leaving for good: who may, what goes, and what stays without a name."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from callassist.accounts import sign_in_sessions
from callassist.accounts.departures import reapply_departures
from callassist.accounts.erasure_journal import Departed, Departure
from callassist.accounts.people import add_person, viewer_for_person
from callassist.accounts.person_data import person_data
from callassist.accounts.person_erasing import leave_for_good
from callassist.accounts.sign_in_sessions import Way
from callassist.accounts.team_changes import changes
from callassist.domain.viewer import Role
from callassist.errors import Conflict, Forbidden, InvalidInput
from callassist.models import (
    CallTask,
    DutySpan,
    NotificationChannel,
    Operator,
    Person,
    RoleBinding,
    Shift,
    SignInSession,
)
from tests.accounts.guests import called_guest
from tests.accounts.scenes import NOW, VAULT, desk_with, firm, stay


def manager(session, place, email="nia@example.com"):
    """A manager of the place."""
    person = add_person(
        session, email, Role.MANAGER, account=place.account, now=NOW, name="Nia Novak"
    )
    return viewer_for_person(session, person)


def test_who_leaves_is_nobody_afterwards(sessions):
    with sessions.write() as session:
        place = firm(session)
        nia = manager(session, place)
        sign_in_sessions.begin(session, nia.person_id, Way.LINK, "Firefox", NOW)
        session.add(
            DutySpan(
                account_id=place.account.id,
                person_id=nia.person_id,
                name="Nia Novak",
                phone=VAULT.seal("+12025550101"),
                languages=["en"],
                starts_at=NOW,
                ends_at=NOW + timedelta(days=1),
            )
        )
        session.add(
            NotificationChannel(
                account_id=place.account.id,
                person_id=nia.person_id,
                kind="email",
                address=VAULT.seal("nia@example.com"),
                address_mask="n•••@example.com",
                language="en",
                muted_kinds=[],
                created_at=NOW,
            )
        )
    with sessions.read() as session:
        known = person_data(session, VAULT, nia.person_id)
        for told in ("nia@example.com", "+12025550101", "Canal Homes", "Firefox"):
            assert told in json.dumps(known)
    with sessions.write() as session:
        leave_for_good(session, VAULT, nia, " NIA@example.com", now=NOW)
    with sessions.read() as session:
        gone = session.get_one(Person, nia.person_id)
        assert (gone.name, gone.password, gone.active) == ("", None, False)
        assert "nia" not in gone.email
        assert session.scalars(select(DutySpan)).all() == []
        assert session.scalars(select(SignInSession)).all() == []
        channel = session.scalars(select(NotificationChannel)).one()
        assert (VAULT.open(channel.address), channel.address_mask) == ("", "removed")
        mine = RoleBinding.person_id == nia.person_id
        assert session.scalars(select(RoleBinding).where(mine)).all() == []
        with pytest.raises(Forbidden):
            viewer_for_person(session, gone)
        (left,) = changes(session, place.owner, place.account)
        assert (left.action, left.who) == ("left", None)


def test_the_same_address_may_join_again_as_somebody_new(sessions):
    with sessions.write() as session:
        place = firm(session)
        nia = manager(session, place)
        leave_for_good(session, VAULT, nia, "nia@example.com", now=NOW)
        assert manager(session, place).person_id != nia.person_id


def test_another_address_is_not_a_confirmation(sessions):
    with sessions.write() as session:
        nia = manager(session, firm(session))
        with pytest.raises(InvalidInput) as refused:
            leave_for_good(session, VAULT, nia, "someone@example.com", now=NOW)
        assert refused.value.field == "email"


def test_the_last_owner_stays_until_there_is_another(sessions):
    with sessions.write() as session:
        place = firm(session)
        with pytest.raises(Conflict, match="last owner"):
            leave_for_good(session, VAULT, place.owner, "canal@example.com", now=NOW)
        add_person(session, "second@example.com", Role.OWNER, account=place.account, now=NOW)
        leave_for_good(session, VAULT, place.owner, "canal@example.com", now=NOW)


def test_the_last_administrator_stays(sessions):
    with sessions.write() as session:
        chief = viewer_for_person(
            session, add_person(session, "c@example.com", Role.ADMIN, now=NOW)
        )
        with pytest.raises(Conflict, match="last administrator"):
            leave_for_good(session, VAULT, chief, "c@example.com", now=NOW)


def test_an_operator_finishes_the_call_first_and_keeps_the_desk_name(sessions):
    with sessions.write() as session:
        place = firm(session)
        called_guest(session, place, stay(session, place), NOW)
        desk = desk_with(session)
        person = add_person(
            session, "ann@example.com", Role.OPERATOR, desk=desk, now=NOW, name="Ann Test"
        )
        operator = session.scalars(select(Operator)).one()
        operator.desk_name = "Ann"
        for hours in (-9, 9):
            begins = NOW + timedelta(hours=hours)
            session.add(
                Shift(
                    operator_id=operator.id,
                    starts_at=begins,
                    ends_at=begins + timedelta(hours=8),
                )
            )
        task = session.scalars(select(CallTask)).one()
        task.state, task.operator_id = "wrapping_up", operator.id
        session.flush()
        ann = viewer_for_person(session, person)
        with pytest.raises(Conflict, match="call in hand"):
            leave_for_good(session, VAULT, ann, "ann@example.com", now=NOW)
        task.state = "completed"
        session.flush()
        leave_for_good(session, VAULT, ann, "ann@example.com", now=NOW)
        session.expire_all()
        assert (operator.name, operator.desk_name, operator.active) == ("Ann", "Ann", False)
        assert len(session.scalars(select(Shift)).all()) == 1


def test_a_restored_backup_does_not_bring_somebody_back(sessions):
    with sessions.write() as session:
        nia = manager(session, firm(session))
        public_id = session.get_one(Person, nia.person_id).public_id
        gone = [Departure(kind=Departed.PERSON, public_id=public_id, erased_at=NOW)]
        assert reapply_departures(session, VAULT, gone, now=NOW) == 1
        assert reapply_departures(session, VAULT, gone, now=NOW) == 0
        assert session.get_one(Person, nia.person_id).erased_at == NOW
