"""An operator who took a call gives it away before dialling: released, or handed over."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from callassist.errors import Conflict, InvalidInput, NotFound
from callassist.escalation import giving_back
from callassist.models import IncidentLogEntry
from tests.escalation.night import Night

TWO = {"Ann": ("en", "fr"), "Ben": ("en", "fr")}


def release(night: Night, name: str = "Ann", reason: str = "called_away") -> None:
    with night.sessions.write() as session:
        giving_back.release(
            session,
            night.ctx,
            night.operator_ids[name],
            night.task_of(name),
            reason,
            night.clock.now(),
        )
    night.run()


def hand_over(night: Night, language: str, name: str = "Ann", reason: str = "language") -> None:
    with night.sessions.write() as session:
        giving_back.hand_over(
            session,
            night.ctx,
            night.operator_ids[name],
            night.task_of(name),
            reason,
            language,
            night.clock.now(),
        )
    night.run()


def test_a_released_call_goes_to_a_colleague_at_its_old_place(night: Callable[..., Night]) -> None:
    tonight = night(operators=TWO)
    tonight.available("Ann")
    tonight.noise_for_30_minutes()
    due = tonight.tasks()[-1].available_at
    tonight.accept("Ann")
    tonight.available("Ben")
    release(tonight)
    task = tonight.tasks()[-1]
    assert (task.state, task.operator_id) == ("offered", tonight.operator_ids["Ben"])
    assert task.available_at == due
    assert tonight.presence("Ann") == "available"
    assert tonight.findings() == []


def test_a_released_call_comes_back_to_nobody_at_once(night: Callable[..., Night]) -> None:
    tonight = night()
    tonight.available()
    tonight.noise_for_30_minutes()
    tonight.accept()
    release(tonight)
    assert tonight.tasks()[-1].state == "pending"
    tonight.pass_time(seconds=119)
    assert tonight.tasks()[-1].state == "pending"
    tonight.pass_time(seconds=2)
    assert tonight.tasks()[-1].state == "offered"  # nobody else is there: it is asked again


def test_a_call_is_handed_over_to_somebody_who_speaks_the_language(
    night: Callable[..., Night],
) -> None:
    tonight = night(operators={"Ann": ("en",), "Zoe": ("fr",)})
    tonight.available("Ann")
    tonight.noise_for_30_minutes()
    tonight.accept("Ann")
    tonight.available("Zoe")
    hand_over(tonight, "fr")
    task = tonight.tasks()[-1]
    assert (task.language, task.operator_id) == ("fr", tonight.operator_ids["Zoe"])
    assert tonight.incident.language == "fr"
    assert tonight.attempts() == []
    with tonight.sessions.read() as session:
        told = session.query(IncidentLogEntry).filter_by(action="task_returned").one()
    assert told.data["reason"] == "handed_over_language"


def test_what_cannot_be_given_away_is_refused_with_the_reason(night: Callable[..., Night]) -> None:
    tonight = night(operators=TWO)
    tonight.available("Ann")
    tonight.noise_for_30_minutes()
    tonight.accept("Ann")
    with pytest.raises(InvalidInput, match="use one of en, fr"):
        hand_over(tonight, "de")
    with pytest.raises(InvalidInput, match="use one of language"):
        release(tonight, reason="because I say so")
    task_id, ben = tonight.task_of("Ann"), tonight.operator_ids["Ben"]
    with tonight.sessions.write() as session, pytest.raises(NotFound):
        giving_back.release(session, tonight.ctx, ben, task_id, "other", tonight.clock.now())
    tonight.dial("Ann")
    with pytest.raises(Conflict, match="save its result"):
        release(tonight)
    tonight.call_ends("Ann")
    with pytest.raises(Conflict, match="save its result"):
        hand_over(tonight, "fr")


def test_a_decline_can_say_why(night: Callable[..., Night]) -> None:
    tonight = night()
    tonight.available()
    tonight.noise_for_30_minutes()
    tonight.decline(reason="equipment")
    with tonight.sessions.read() as session:
        ended = session.query(IncidentLogEntry).filter_by(action="offer_ended").one()
    assert (ended.data["ending"], ended.data["why"]) == ("declined", "equipment")
