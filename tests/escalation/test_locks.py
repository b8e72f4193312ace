"""What is locked is held until its transaction ends, and let go of then."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from callassist.escalation.locks import lock_attempt, lock_incident, lock_task
from callassist.models import CallAttempt
from tests.escalation.night import called


@pytest.fixture
def no_search_for_garbage() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_search_for_garbage")
def test_nothing_of_a_transaction_stays_once_it_is_over(night):
    home = called(night)
    home.accept()
    home.dial()
    attempt = home.attempts()[-1]
    left = []
    with home.sessions.write() as session:
        left.append(weakref.ref(session))
        lock_attempt(session, attempt.id)
        lock_task(session, attempt.task_id)
        lock_incident(session, attempt.incident_id)
        del session
    assert [one() for one in left] == [None]


def test_what_is_locked_stays_at_hand_until_the_end(night):
    home = called(night)
    home.accept()
    home.dial()
    attempt = home.attempts()[-1].id
    with home.sessions.write() as session:
        lock_attempt(session, attempt)
        gc.collect()
        assert any(isinstance(row, CallAttempt) for row in session.identity_map.values())
