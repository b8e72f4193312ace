"""A bad night for many homes at once: what one call takes does not grow with the others."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import event

from callassist.escalation.auditor import audit
from callassist.escalation.choosing import DialTarget, guest_target
from callassist.escalation.joined import leader_for
from callassist.escalation.locks import lock_attempt
from callassist.models import Incident
from tests.escalation.scene import ANSWERS


@pytest.fixture
def calling(night):
    """Two homes of one account are called about, each with a guest of its own."""
    home = night(guest_numbers=(ANSWERS,))
    also_calling(home, [home.property_id, home.add_home((numbered(0),))])
    return home


def numbered(number: int) -> str:
    return f"+120255501{30 + number}"


def five_more(home) -> None:
    also_calling(home, [home.add_home((numbered(number),)) for number in range(1, 6)])


def also_calling(home, places: list[int]) -> None:
    before = len(home.tasks())
    for breach_id in [home.noise_begins(each) for each in places]:
        home.noise_persists(breach_id)
    assert {incident.state for incident in home.incidents()} == {"calling_guest"}
    assert len(home.tasks()) == before + len(places)


def statements(home, ask: Callable[..., object]) -> int:
    """How many it takes."""
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_more) -> None:
        asked.append(statement)

    event.listen(home.sessions.engine, "before_cursor_execute", note)
    try:
        with home.sessions.read() as session:
            ask(session)
    finally:
        event.remove(home.sessions.engine, "before_cursor_execute", note)
    return len(asked)


def test_whether_another_home_has_this_guest_is_not_asked_of_each(calling):
    def ask(session) -> None:
        incident, now = session.get_one(Incident, calling.incidents()[0].id), calling.clock.now()
        target = guest_target(session, incident, now)
        assert isinstance(target, DialTarget)
        assert leader_for(session, incident, target, now) is None

    few = statements(calling, ask)
    five_more(calling)
    assert statements(calling, ask) == few


def test_the_auditor_does_not_ask_about_each_call(calling):
    def ask(session) -> None:
        assert audit(session, calling.clock.now()) == []

    few = statements(calling, ask)
    five_more(calling)
    assert statements(calling, ask) == few


def test_all_that_a_report_is_about_is_locked_and_read_together(night):
    home = night()
    home.available()
    home.noise_for_30_minutes()
    home.accept()
    home.dial()
    attempt = home.attempts()[0]
    # PostgreSQL locks the desk first
    most = 1 if home.sessions.engine.dialect.name == "sqlite" else 3
    assert statements(home, lambda session: lock_attempt(session, attempt.id)) == most
