"""An account with everything in it, put down for deletion, and what is left of it after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from callassist import incident_log
from callassist.accounts import sign_in_sessions
from callassist.accounts.account_deletion import ask_for_deletion
from callassist.accounts.connections import create_connection
from callassist.accounts.erasure_journal import (
    NAME,
    ErasureJournal,
)
from callassist.accounts.people import accounts, add_person
from callassist.accounts.sign_in_sessions import Way
from callassist.accounts.tokens import issue_token, viewer_for_token
from callassist.domain.viewer import Role
from callassist.ingest.connections import Connections
from callassist.models import (
    Account,
    AccountDeletion,
    CallAttempt,
    CallTask,
    HostContact,
    Incident,
    NoiseReading,
    Person,
    Property,
    Report,
    RoleBinding,
    Sensor,
    SensorConnection,
    SignInSession,
    Stay,
    StayNumber,
)
from tests.accounts.guests import called_guest
from tests.accounts.scenes import ADMIN, NOW, VAULT, Firm, firm, stay

WEEK = timedelta(days=7)
DUE = NOW + WEEK


@pytest.fixture
def journal(tmp_path: Path) -> ErasureJournal:
    return ErasureJournal(tmp_path / NAME)


@dataclass
class Place(Firm):
    """The account, a program's token, the token in the sensors' address, who is elsewhere too."""

    token: str
    hook: str
    both: int


@pytest.fixture
def place(sessions):
    """An account with everything in it, put down for deletion; beside it another one."""
    with sessions.write() as session:
        firm(session, "Other Homes")
        made = firm(session)
        for n in range(3):
            called_guest(session, made, stay(session, made, check_in=timedelta(days=3 * n)), NOW)
        connection = create_connection(
            session, VAULT, ADMIN, made.account, "generic", now=NOW, adapters={"generic": no_check}
        )
        sensor = Sensor(
            connection_id=connection.connection.id,
            account_id=made.account.id,
            external_id="hall",
            name="Hall",
            property_id=made.home.id,
            kind="level",
            created_at=NOW,
        )
        session.add(sensor)
        session.flush()
        session.add_all(
            NoiseReading(
                sensor_id=sensor.id,
                event_key=str(n),
                at=NOW,
                received_at=NOW,
                kind="level",
                level_db=50,
                verdict="moved",
            )
            for n in range(5)
        )
        token = issue_token(session, Role.HOST, account=made.account, now=NOW)
        assert made.owner.person_id is not None
        sign_in_sessions.begin(session, made.owner.person_id, Way.LINK, "Firefox", NOW)
        both = add_person(session, "both@example.com", Role.VIEWER, account=made.account, now=NOW)
        add_person(session, "both@example.com", Role.ADMIN, now=NOW)
        ask_for_deletion(
            session, made.owner, made.account.public_id, "Canal Homes", now=NOW, wait=WEEK
        )
    assert Connections(sessions, VAULT).find("generic", connection.token) is not None
    return Place(
        made.account, made.owner, made.home, token=token, hook=connection.token, both=both.id
    )


def no_check(_options) -> None:
    """Any options will do."""


def count(session, table, *where) -> int:
    return int(session.scalar(select(func.count()).select_from(table).where(*where)))


def assert_gone(sessions, place) -> None:
    """Nothing of the account says whose it was; its logs are as they were written."""
    with sessions.read() as session:
        account = session.get_one(Account, place.account.id)
        assert (account.name, account.deleted_at) == ("", DUE)
        assert account not in accounts(session, ADMIN)
        mine = Stay.account_id == account.id
        assert count(session, Stay, mine, Stay.guest_name.is_not(None)) == 0
        assert count(session, Stay, mine, Stay.erased_at.is_(None)) == 0
        assert count(session, StayNumber) == 0
        for column in (CallTask.note, CallAttempt.number, Incident.complaint):
            assert count(session, column.class_, column.is_not(None)) == 0
        for table in (Report, NoiseReading):
            assert count(session, table) == 0
        home = session.get_one(Property, place.home.id)
        assert (home.name, home.contacts, home.archived_at) == ("", [], DUE)
        owner = session.get_one(Person, place.owner.person_id)
        assert (owner.name, owner.password, owner.active) == ("", None, False)
        assert owner.email.endswith("@erased.invalid")
        assert count(session, SignInSession) == 0
        assert viewer_for_token(session, place.token, NOW) is None
        (connection,) = session.scalars(select(SensorConnection))
        assert connection.disabled_at == DUE
        assert connection.secret is None
        assert Connections(sessions, VAULT).find("generic", place.hook) is None
        assert incident_log.verify(session) == []
        assert count(session, Incident) == 3
        assert session.scalars(select(AccountDeletion.done_at)).one() is not None
        # who has a role elsewhere, and the other account, are as they were
        assert session.get_one(Person, place.both).email == "both@example.com"
        assert session.scalars(
            select(RoleBinding.role).where(RoleBinding.person_id == place.both)
        ).all() == ["admin"]
        assert [one.name for one in accounts(session, ADMIN)] == ["Other Homes"]
        assert count(session, HostContact) == 1
