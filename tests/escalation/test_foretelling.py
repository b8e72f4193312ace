"""What the desk says before saving is what happens after it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from callassist.domain.results import GUEST_RULES, AttemptOutcome, Disposition, Result, parse_result
from callassist.escalation.foretelling import Foretold, foretell
from callassist.escalation.policy import (
    CallAgain,
    CallHostAgain,
    CloseQuiet,
    HostReason,
    NobodyReached,
    PhoneHost,
    Reached,
)
from callassist.models import CallTask, Incident
from tests.escalation.night import Night

SILENT, INVALID = "+12025550120", "+12025550180"
SPOKEN = [result for result in Disposition if result in GUEST_RULES]
BY_HAND = [result for result in SPOKEN if result is not Disposition.NOT_RECORDED]


def told(night: Night, *languages: str) -> Foretold:
    with night.sessions.read() as session:
        task = session.query(CallTask).order_by(CallTask.id.desc()).first()
        assert task is not None
        incident = session.get_one(Incident, task.incident_id)
        now = night.clock.now()
        return foretell(session, night.ctx, incident, task, now, languages=languages)


def in_wrap_up(night: Night) -> None:
    night.available()
    night.noise_for_30_minutes()
    night.accept()
    night.dial()
    night.call_ends()


def happened(night: Night, before: int) -> object:
    """What followed, in the policy's own words as far as a task shows it."""
    later = [task for task in night.tasks() if task.id > before]
    incident = night.incident
    if not later:
        return CloseQuiet() if incident.resolution == "went_quiet" else Reached()
    task = later[0]
    if task.party == "host":
        return "host"
    return task.attempt_number, task.available_at, task.continuation


def same(decision: object) -> object:
    if isinstance(decision, PhoneHost):
        return "host"
    if isinstance(decision, CallAgain):
        return decision.attempt_number, decision.available_at, decision.continuation
    return decision


@pytest.mark.parametrize("result", BY_HAND)
def test_what_is_foretold_for_a_conversation_happens(
    night: Callable[..., Night], result: Disposition
) -> None:
    tonight = night(guest_numbers=("+12025550102", SILENT))
    in_wrap_up(tonight)
    language = "fr" if result is Disposition.LANGUAGE_BARRIER else None
    foretold = told(tonight, "fr")
    decision = foretold.by_language["fr"] if language else foretold.by_result[result]
    before = tonight.tasks()[-1].id
    tonight.save(str(result), language=language)
    assert happened(tonight, before) == same(decision)


@pytest.mark.parametrize("number", [SILENT, INVALID])
def test_what_is_foretold_for_each_attempt_happens(
    night: Callable[..., Night], number: str
) -> None:
    tonight = night(guest_numbers=(number,))
    tonight.available()
    tonight.noise_for_30_minutes()
    while tonight.tasks()[-1].party == "guest":
        if tonight.tasks()[-1].state == "pending":
            tonight.pass_time(minutes=5)
        tonight.accept()
        tonight.dial()
        outcome = parse_result(tonight.call_ends().outcome or "")
        decision = told(tonight).by_result[outcome]
        before = tonight.tasks()[-1].id
        tonight.save(str(outcome))
        assert happened(tonight, before) == same(decision)
    calls = len(tonight.attempts())
    assert calls == (3 if number == SILENT else 1)


def test_a_flagged_number_hands_over_to_the_next(night: Callable[..., Night]) -> None:
    tonight = night(guest_numbers=("+12025550102", SILENT))
    in_wrap_up(tonight)
    wrong = told(tonight).by_result[Disposition.WRONG_PERSON]
    assert isinstance(wrong, CallAgain)
    assert wrong.attempt_number == 2
    alone = night()
    in_wrap_up(alone)
    assert told(alone).by_result[Disposition.WRONG_PERSON] == PhoneHost(HostReason.NO_NUMBER)


def test_quiet_meanwhile_is_foretold(night: Callable[..., Night]) -> None:
    tonight = night()
    in_wrap_up(tonight)
    tonight.noise_ends()
    by = told(tonight).by_result
    assert isinstance(by[Disposition.NO_CONVERSATION], CloseQuiet)
    assert isinstance(by[Disposition.GUEST_REFUSED], Reached)
    tonight.save("no_conversation")
    assert tonight.incident.resolution == "went_quiet"


def test_for_a_host_the_contacts_are_foretold(night: Callable[..., Night]) -> None:
    tonight = night(guest_numbers=(), host_numbers=("+12025550121",))
    tonight.available()
    tonight.noise_for_30_minutes()
    tonight.accept()
    tonight.dial()
    tonight.call_ends()
    by: dict[Result, object] = dict(told(tonight).by_result)
    again = by[Disposition.HOST_NOT_REACHED]
    assert isinstance(again, CallHostAgain)
    assert (again.contact_position, again.dial) == (1, 2)
    assert isinstance(by[AttemptOutcome.INVALID_NUMBER], NobodyReached)
    tonight.save("host_not_reached")
    task = tonight.tasks()[-1]
    assert (task.attempt_number, task.available_at) == (again.dial, again.available_at)


def test_an_incident_that_the_host_ended_is_over_whatever_is_saved(
    night: Callable[..., Night],
) -> None:
    tonight = night()
    in_wrap_up(tonight)
    assert not told(tonight).over
    with tonight.sessions.write() as session:
        session.get_one(Incident, tonight.incident.id).ending = "host_took_over"
    assert told(tonight).over
