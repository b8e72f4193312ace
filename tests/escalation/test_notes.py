"""Nothing that an operator typed is lost: drafts, expiry, cancelled calls, corrections."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from callassist.errors import Conflict, InvalidInput, NotFound
from callassist.escalation import notes
from callassist.models import NoteDraft
from tests.escalation.night import Night

TWO = {"Ann": ("en", "fr"), "Ben": ("en", "fr")}


def type_note(night: Night, text: str, name: str = "Ann", task_id: int | None = None) -> None:
    with night.sessions.write() as session:
        notes.keep_draft(
            session,
            night.operator_ids[name],
            task_id or night.task_of(name),
            text,
            night.clock.now(),
        )


def correct(night: Night, text: str, name: str = "Ann", task_id: int | None = None) -> None:
    with night.sessions.write() as session:
        task_id = task_id or night.tasks()[-1].id
        notes.correct_note(session, night.operator_ids[name], task_id, text, night.clock.now())
    night.run()


def drafts(night: Night) -> list[str]:
    with night.sessions.read() as session:
        return [row.text for row in session.query(NoteDraft)]


def wrapping_up(night: Night) -> None:
    night.available()
    night.noise_for_30_minutes()
    night.accept()
    night.dial()
    night.call_ends()


def test_a_draft_survives_a_restart_and_is_gone_with_the_result(
    night: Callable[..., Night],
) -> None:
    tonight = night()
    wrapping_up(tonight)
    type_note(tonight, "They will")
    type_note(tonight, "They will close the windows")
    tonight.restart(seconds=5)
    assert drafts(tonight) == ["They will close the windows"]
    tonight.save("guest_agreed", note="They will close all windows")
    assert drafts(tonight) == []
    assert tonight.tasks()[-1].note == "They will close all windows"


def test_a_result_without_a_note_keeps_the_draft_and_an_empty_note_drops_it(
    night: Callable[..., Night],
) -> None:
    tonight = night()
    wrapping_up(tonight)
    type_note(tonight, "typed on the phone")
    tonight.save("guest_agreed")
    assert tonight.tasks()[-1].note == "typed on the phone"
    correct(tonight, "  ")
    assert tonight.tasks()[-1].note is None


def test_a_wrap_up_that_runs_out_keeps_what_was_typed(night: Callable[..., Night]) -> None:
    tonight = night()
    wrapping_up(tonight)
    type_note(tonight, "half a sen")
    tonight.pass_time(minutes=8)
    task = tonight.tasks()[0]
    assert (task.result, task.note) == ("not_recorded", "half a sen")
    with pytest.raises(Conflict, match="correct its note"):
        type_note(tonight, "half a sentence", task_id=task.id)


def test_a_call_that_is_not_needed_any_more_keeps_its_note(night: Callable[..., Night]) -> None:
    tonight = night()
    tonight.available()
    tonight.noise_for_30_minutes()
    tonight.accept()
    type_note(tonight, "neighbour rang the desk")
    tonight.noise_ends()
    task = tonight.tasks()[-1]
    assert (task.state, task.note) == ("cancelled", "neighbour rang the desk")


def test_only_the_operator_at_work_writes_the_draft(night: Callable[..., Night]) -> None:
    tonight = night(operators=TWO)
    tonight.available("Ann")
    tonight.noise_for_30_minutes()
    with pytest.raises(Conflict):
        type_note(tonight, "too early")
    tonight.accept("Ann")
    with pytest.raises(NotFound):
        type_note(tonight, "mine", "Ben", tonight.task_of("Ann"))
    with pytest.raises(InvalidInput, match="under 2000"):
        type_note(tonight, "x" * 2001)


def test_a_note_is_corrected_for_15_minutes_and_the_log_says_so(
    night: Callable[..., Night],
) -> None:
    tonight = night(operators=TWO)
    wrapping_up(tonight)
    with pytest.raises(Conflict, match="not over"):
        correct(tonight, "early")
    tonight.save("guest_agreed", note="Windows shut")
    with pytest.raises(NotFound):
        correct(tonight, "not mine", "Ben")
    tonight.pass_time(minutes=14)
    correct(tonight, "Windows closed")
    assert tonight.tasks()[-1].note == "Windows closed"
    assert tonight.log().count("note_corrected") == 1
    correct(tonight, "Windows closed")
    assert tonight.log().count("note_corrected") == 1  # nothing changed
    tonight.pass_time(minutes=2)
    with pytest.raises(Conflict, match="15 minutes"):
        correct(tonight, "late")


def test_a_final_report_is_corrected_when_a_note_comes_late(night: Callable[..., Night]) -> None:
    tonight = night()
    wrapping_up(tonight)
    tonight.noise_ends()
    tonight.save("no_conversation")
    tonight.run()
    assert tonight.incident.state == "closed"
    correct(tonight, "A child answered")
    assert tonight.reports()[-1] == "correction"
