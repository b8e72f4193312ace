"""Each transaction writes down which open pages it concerns, and only then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, insert, select

from callassist import incident_log, roster
from callassist.domain.log_action import LogAction
from callassist.domain.nudge import NudgeKind
from callassist.domain.presence import PresenceState
from callassist.models import (
    Account,
    CallAttempt,
    CallTask,
    Desk,
    Incident,
    Nudge,
    Operator,
    Property,
)
from callassist.storage import nudges
from callassist.storage.nudge_reader import NudgeReader
from callassist.storage.sessions import Sessions
from callassist.storage.told import Told
from tests.incident_log.incidents import open_incident

NOW = datetime(2026, 6, 13, 20, tzinfo=UTC)


class Scene:
    """A desk with an operator, and an incident with a pending call."""

    def __init__(self, sessions: Sessions) -> None:
        with sessions.write() as session:
            self.incident = open_incident(session, NOW)
            self.desk = Desk(name="Night desk", languages=["en"], created_at=NOW)
            session.add(self.desk)
            session.flush()
            self.incident.desk_id = self.desk.id
            self.operator = Operator(
                desk_id=self.desk.id, name="Ann Test", desk_name="Ann", languages=[], created_at=NOW
            )
            self.task = CallTask(
                incident_id=self.incident.id,
                account_id=self.incident.account_id,
                desk_id=self.desk.id,
                party="guest",
                attempt_number=1,
                state="pending",
                language="en",
                available_at=NOW,
                created_at=NOW,
            )
            session.add_all([self.operator, self.task])
        with sessions.write() as session:
            self.home = session.get_one(Property, self.incident.property_id)


@pytest.fixture
def scene(sessions: Sessions) -> Scene:
    return Scene(sessions)


@pytest.fixture
def reader(scene: Scene, sessions: Sessions) -> NudgeReader:
    """Hears what happens after the scene was set."""
    return NudgeReader(sessions)


def dialled(scene: Scene) -> CallAttempt:
    return CallAttempt(
        task_id=scene.task.id,
        incident_id=scene.incident.id,
        account_id=scene.incident.account_id,
        dial_number=1,
        party="guest",
        attempt_number=1,
        number_index="index",
        number_mask="+1 •• 00",
        state="dialing",
        provider="simulated",
        mode="own_phone",
        dial_token="token",
        requested_at=NOW,
    )


def fresh(reader: NudgeReader) -> list[Told]:
    return [one for _, one in reader.fresh()]


def told(reader: NudgeReader) -> set[tuple[str, str]]:
    return {(one.kind.value, one.public_id) for one in fresh(reader)}


def test_a_task_that_moves_is_told_to_its_desk_and_its_incident_to_both(
    scene: Scene, reader: NudgeReader, sessions: Sessions
) -> None:
    with sessions.write() as session:
        session.get_one(CallTask, scene.task.id).state = "cancelled"
    heard = fresh(reader)
    by_kind = {one.kind: one for one in heard}
    assert set(by_kind) == {NudgeKind.TASK, NudgeKind.QUEUE, NudgeKind.INCIDENT}
    assert by_kind[NudgeKind.TASK] == Told(
        kind=NudgeKind.TASK, public_id=scene.task.public_id, desk_id=scene.desk.id
    )
    assert by_kind[NudgeKind.QUEUE].public_id == scene.desk.public_id
    assert by_kind[NudgeKind.INCIDENT].account_id == scene.incident.account_id
    assert by_kind[NudgeKind.INCIDENT].desk_id == scene.desk.id


def test_how_far_a_call_is_redraws_its_own_page_and_nobodys_queue(
    scene: Scene, reader: NudgeReader, sessions: Sessions
) -> None:
    def heard() -> set[NudgeKind]:
        return {one.kind for one in fresh(reader)}

    with sessions.write() as session:
        attempt = dialled(scene)
        session.add(attempt)
    asked = heard()
    with sessions.write() as session:
        session.get_one(CallAttempt, attempt.id).state = "ringing"
    assert asked == heard() == {NudgeKind.TASK, NudgeKind.INCIDENT}


def test_what_is_rolled_back_is_not_told(
    scene: Scene, reader: NudgeReader, sessions: Sessions
) -> None:
    def cancel_halfway() -> None:
        with sessions.write() as session:
            session.get_one(CallTask, scene.task.id).state = "cancelled"
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        cancel_halfway()
    assert reader.fresh() == []
    with sessions.read() as session:
        assert session.get_one(CallTask, scene.task.id).state == "pending"


def test_a_row_that_a_savepoint_took_back_is_passed_over(
    scene: Scene, reader: NudgeReader, sessions: Sessions
) -> None:
    with sessions.write() as session:
        savepoint = session.begin_nested()
        session.add(Desk(name="Never was", languages=[], created_at=NOW))
        session.flush()
        savepoint.rollback()
        session.get_one(Property, scene.home.id).name = "Loft"
    assert told(reader) == {("home", scene.home.public_id)}


def test_presence_is_told_when_it_moves_not_at_each_heartbeat(
    scene: Scene, reader: NudgeReader, sessions: Sessions
) -> None:
    with sessions.write() as session:
        roster.set_presence(session, scene.operator.id, PresenceState.AVAILABLE, NOW)
    assert told(reader) == {("presence", scene.operator.public_id)}
    with sessions.write() as session:
        roster.heartbeat(session, scene.operator.id, NOW + timedelta(seconds=20))
    with sessions.write() as session:
        roster.set_presence(session, scene.operator.id, PresenceState.AVAILABLE, NOW)
    assert told(reader) == set()


def test_a_log_entry_is_told_though_no_row_of_the_session_changed(
    scene: Scene, reader: NudgeReader, sessions: Sessions
) -> None:
    with sessions.write() as session:
        incident_log.append(session, scene.incident.id, LogAction.TASK_TAKEN, {}, now=NOW)
    assert ("incident", scene.incident.public_id) in told(reader)


def test_a_home_is_told_to_its_account_only(
    scene: Scene, reader: NudgeReader, sessions: Sessions
) -> None:
    with sessions.write() as session:
        session.get_one(Property, scene.home.id).paused_until = NOW
    (heard,) = fresh(reader)
    assert (heard.account_id, heard.desk_id, heard.person_id) == (scene.home.account_id, None, None)


def test_many_of_a_kind_become_one(scene: Scene, reader: NudgeReader, sessions: Sessions) -> None:
    with sessions.write() as session:
        for n in range(nudges.MOST_OF_A_KIND + 5):
            home = Property(
                account_id=scene.home.account_id,
                name=f"Home {n}",
                timezone="UTC",
                country="FR",
                created_at=NOW,
            )
            session.add(home)
    assert told(reader) == {("home", "")}


def test_looking_costs_no_nudge(scene: Scene, reader: NudgeReader, sessions: Sessions) -> None:
    with sessions.write() as session:
        incident = session.get_one(Incident, scene.incident.id)
        incident.reference = str(incident.reference)
        session.get_one(Account, incident.account_id)
    assert reader.fresh() == []


def test_old_nudges_are_pruned_and_their_numbers_are_not_used_again(
    scene: Scene, reader: NudgeReader, sessions: Sessions
) -> None:
    real_now = datetime.now(UTC)
    with sessions.write() as session:
        assert nudges.prune(session, real_now) == 0
        assert nudges.prune(session, real_now + nudges.KEPT_FOR + timedelta(minutes=1)) > 0
        assert session.scalar(select(func.count()).select_from(Nudge)) == 0
    with sessions.write() as session:
        session.get_one(Property, scene.home.id).name = "Loft"
    assert told(reader) == {("home", scene.home.public_id)}


def test_what_commits_late_is_heard_though_a_higher_number_was_seen(
    scene: Scene, reader: NudgeReader, engine: Engine, sessions: Sessions
) -> None:
    """PostgreSQL numbers rows when they are written and shows them when they are committed."""
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer: numbers become visible in order")
    other = Sessions(engine)
    with engine.connect() as slow:
        slow.execute(insert(Nudge).values(at=NOW, kind="queue", public_id="late", desk_id=1))
        with other.write() as session:
            session.get_one(Property, scene.home.id).name = "Loft"
        assert told(reader) == {("home", scene.home.public_id)}
        slow.commit()
    assert told(reader) == {("queue", "late")}
    assert told(reader) == set()
