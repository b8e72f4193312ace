"""A guest phones back, on each network: the operator who holds it, else a menu and the queue."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from callassist.models import IncomingCall
from tests.telephony.nights.conftest import BeginNight
from tests.telephony.nights.lines import DESK
from tests.telephony.nights.night import PHONES, Night
from tests.telephony.twilio.twilio_stage import TwilioWorld

FIVE = timedelta(minutes=5)
STRANGER = "+12025550111"


def unanswered(night: BeginNight) -> Night:
    """Ann rang the guest once, and nobody picked up; she has not said so yet."""
    tonight = night("no-answer").begin()
    tonight.call()
    tonight.until_ended()
    return tonight


def lines(tonight: Night) -> list[str]:
    with tonight.world.service.sessions.read() as session:
        return list(session.scalars(select(IncomingCall.state).order_by(IncomingCall.id)))


def test_a_guest_who_phones_back_at_once_reaches_the_operator(night: BeginNight) -> None:
    tonight = unanswered(night)
    hang_up = tonight.guest_phones()
    tonight.until_state("talking")
    tonight.world.pass_time(seconds=20)
    hang_up()
    assert tonight.until_ended().outcome == "answered"
    tonight.save("guest_agreed")
    assert tonight.stage.incident().state == "following_up"
    assert [one.counted for one in tonight.attempts()] == [True, False]
    assert tonight.rang() == 1
    page = tonight.owner.page(f"/incidents/{tonight.stage.incident().public_id}")
    assert "The guest phoned back" in page


def test_the_operators_phone_shows_the_desk_and_the_guest_never_the_operators(
    night: BeginNight,
) -> None:
    tonight = unanswered(night)
    tonight.guest_phones()
    tonight.until_state("talking")
    if isinstance(tonight.world, TwilioWorld):
        rung = [one for one in tonight.world.server.calls if one.to == PHONES["Ann"]]
        assert {one.from_ for one in rung} == {DESK}
    assert not any(PHONES["Ann"] in words for words in tonight.line.heard(tonight.guest))


def test_with_nobody_at_it_the_guest_comes_first_and_is_phoned_before_five_minutes(
    night: BeginNight,
) -> None:
    tonight = unanswered(night)
    tonight.save("no_answer")
    tonight.guest_phones("1")
    tonight.world.pass_time(seconds=30)
    assert lines(tonight) == ["queued"]
    assert any("as soon as they are free" in words for words in tonight.line.heard(tonight.guest))
    tonight.call()
    tonight.until_ended()
    assert tonight.rang() == 2
    first, second = tonight.attempts()
    assert first.ended_at is not None
    assert second.dial_at is not None
    assert (second.attempt_number, second.dial_at < first.ended_at + FIVE) == (2, True)


def test_who_turns_it_down_is_not_phoned_for_ten_minutes(night: BeginNight) -> None:
    tonight = unanswered(night)
    tonight.save("no_answer")
    tonight.guest_phones("2")
    tonight.world.pass_time(seconds=30)
    assert lines(tonight) == ["turned_down"]
    assert tonight.stage.incident().held_until is not None


def test_whoever_is_nobody_hears_one_sentence_and_changes_nothing(night: BeginNight) -> None:
    tonight = unanswered(night)
    for number in (STRANGER, ""):
        tonight.line.phones_in(number, "1")
        tonight.world.pass_time(seconds=30)
    assert lines(tonight) == ["neutral", "neutral"]
    (said,) = set(tonight.line.heard(STRANGER))
    assert "Nobody takes calls on this number" in said
    assert len(tonight.attempts()) == 1


def test_who_phones_again_and_again_waits_in_one_place(night: BeginNight) -> None:
    tonight = unanswered(night)
    tonight.save("no_answer")
    for _ in range(7):
        tonight.guest_phones("1")
        tonight.world.pass_time(seconds=20)
    assert lines(tonight) == ["queued"] * 5 + ["too_often"] * 2
    open_tasks = [one for one in tonight.tasks() if one.completed_at is None]
    assert len(open_tasks) == 1


def test_who_hangs_up_in_the_menu_has_changed_nothing(night: BeginNight) -> None:
    tonight = unanswered(night)
    tonight.save("no_answer")
    hang_up = tonight.guest_phones()
    tonight.world.pass_time(seconds=5)
    hang_up()
    tonight.world.pass_time(seconds=20)
    waiting = tonight.tasks()[-1]
    assert (waiting.state, waiting.phoned_back_at) == ("pending", None)
