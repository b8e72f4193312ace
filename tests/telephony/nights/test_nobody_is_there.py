"""Nobody takes the call for ten minutes: a voice phones the guest; keys, faults, who comes then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta

from sqlalchemy import select

from callassist.domain.consent import Channel, Hours, Window
from callassist.models import Consent, Stay
from tests.telephony.nights.conftest import BeginNight
from tests.telephony.nights.night import IDLE_STEP, Night
from tests.web.pages.stage import ANN, OWNER

ALL_DAY = Window(opens=time(0), closes=time(23, 59, 59))
AT_ANY_HOUR = Hours(
    checked_on="2026-01-01",
    defaults=dict.fromkeys(Channel, ALL_DAY),
    running_stay=frozenset(Channel),
)


def alone(tonight: Night, *keys: str) -> Night:
    """The guest agreed to automatic calls; a call waits, and Ann is signed in but not there."""
    world = tonight.world
    with world.service.sessions.write() as session:
        for stay in session.scalars(select(Stay).where(Stay.property_id == tonight.stage.home.id)):
            session.add(
                Consent(
                    account_id=stay.account_id,
                    stay_id=stay.id,
                    number_index=world.service.vault.index(tonight.guest),
                    channel="voice",
                    text="yes",
                    given_by="guest",
                    source="guest page",
                    given_at=world.clock.now(),
                )
            )
    at_any_hour(tonight)
    if keys:
        tonight.line.presses(tonight.guest, *keys)
    tonight.ann, tonight.owner = tonight.stage.sign_in(ANN), tonight.stage.sign_in(OWNER)
    tonight.stage.call_about_home(tonight.owner)
    world.pass_time(minutes=9, seconds=50, step=timedelta(minutes=10))
    assert tonight.attempts() == []
    return tonight


def at_any_hour(tonight: Night) -> None:
    vars(tonight.world.service.escalation)["hours"] = AT_ANY_HOUR


def state_is(tonight: Night, *states: str) -> Callable[[], bool]:
    return lambda: bool(tonight.attempts()) and tonight.attempt().state in states


def ended(tonight: Night, most: timedelta = timedelta(minutes=4)) -> None:
    tonight.until(state_is(tonight, "ended"), most)


def test_one_says_that_it_is_turned_down_and_nobody_phones_again(night: BeginNight) -> None:
    tonight = alone(night("answers"), "1")
    ended(tonight)
    tonight.world.pass_time(minutes=12, step=IDLE_STEP)
    assert tonight.attempt().disposition == "guest_agreed"
    assert tonight.rang() == 1
    heard = tonight.line.heard(tonight.guest)
    words = tonight.world.service.escalation.guest_words["en"]
    assert heard[1] == words["voice_reported"]
    assert heard[-1] == words["voice_thanks"]


def test_a_key_counts_although_every_report_is_lost(night: BeginNight) -> None:
    tonight = night("answers")
    tonight.line.reports("lost")
    alone(tonight, "1")
    ended(tonight)
    tonight.world.pass_time(minutes=8, step=IDLE_STEP)
    assert [one.disposition for one in tonight.attempts()] == ["guest_agreed"]
    assert tonight.rang() == 1


def test_two_brings_a_person_at_once_over_the_same_attempt(night: BeginNight) -> None:
    tonight = alone(night("answers"), "2")
    ended(tonight)
    assert tonight.stage.task().guest_asked
    tonight.world.pass_time(seconds=10)
    tonight.stage.available(tonight.ann)
    tonight.line.presses(tonight.guest)
    tonight.call()
    tonight.until_state("talking")
    tonight.hang_up()
    tonight.until_ended()
    tonight.save("guest_agreed")
    assert [one.attempt_number for one in tonight.attempts()] == [1, 1]
    assert [one.counted for one in tonight.attempts()] == [True, False]
    assert tonight.rang() == 2


def test_who_presses_nothing_is_phoned_by_ann_after_five_minutes(night: BeginNight) -> None:
    tonight = night("answers")
    tonight.line.presses(tonight.guest)
    alone(tonight)
    ended(tonight)
    first = tonight.attempt()
    assert (first.outcome, tonight.tasks()[0].result) == ("answered", "no_answer")
    tonight.stage.available(tonight.ann)
    assert tonight.rang() == 1
    tonight.until(lambda: tonight.tasks()[-1].state == "offered")
    tonight.call()
    assert tonight.attempt().attempt_number == 2
    assert first.ended_at is not None
    assert tonight.attempt().requested_at - first.ended_at >= timedelta(minutes=5)


def test_a_phone_that_nobody_answers_is_one_attempt(night: BeginNight) -> None:
    tonight = alone(night("no-answer"))
    ended(tonight)
    assert (tonight.attempt().outcome, tonight.attempt().counted) == ("no_answer", True)
    assert tonight.rang() == 1


def test_a_mailbox_is_left_no_message(night: BeginNight) -> None:
    tonight = alone(night("voicemail", CALLASSIST_TWILIO_MACHINE_DETECTION="enable"))
    ended(tonight)
    tonight.world.pass_time(minutes=1)
    assert tonight.tasks()[0].result == "voicemail"
    assert tonight.rang() == 1


def test_a_lost_reply_is_found_and_the_key_counts(night: BeginNight) -> None:
    tonight = night("answers")
    tonight.line.loses_a_reply()
    alone(tonight, "1")
    ended(tonight)
    tonight.world.pass_time(minutes=3, step=IDLE_STEP)
    assert [one.disposition for one in tonight.attempts()] == ["guest_agreed"]
    assert tonight.rang() == 1


def test_a_lost_request_costs_no_attempt_and_the_host_hears(night: BeginNight) -> None:
    tonight = night("answers")
    tonight.line.loses_a_request()
    alone(tonight, "1")
    ended(tonight)
    assert (tonight.attempt().outcome, tonight.attempt().counted) == ("provider_error", False)
    assert tonight.rang() == 0
    page = tonight.owner.get(f"/incidents/{tonight.stage.incident().public_id}")
    assert "no operator took the call" in page.text


def test_a_restart_between_answer_and_key_loses_nothing(night: BeginNight) -> None:
    tonight = alone(night("rings-long"), "1")
    tonight.until(state_is(tonight, "talking"))
    tonight.world.close()
    tonight.world = tonight.stage.world = tonight._make_world()
    at_any_hour(tonight)
    if tonight.world.network is not None:
        tonight.line.presses(tonight.guest, "1")
    tonight.ann = tonight.stage.sign_in(ANN)
    ended(tonight)
    assert tonight.attempt().disposition == "guest_agreed"
    assert tonight.rang() == 1


def test_an_operator_who_comes_meanwhile_sees_it_and_cannot_dial_over_it(
    night: BeginNight,
) -> None:
    tonight = alone(night("rings-long"), "1")
    tonight.until(state_is(tonight, "placed", "ringing"))
    tonight.stage.available(tonight.ann)
    assert "The automatic call is ringing the guest." in tonight.ann.get("/desk").text
    task = tonight.stage.task().public_id
    for act in ("accept", "dial"):
        tonight.ann.post(f"/desk/tasks/{task}/{act}")
    tonight.world.run()
    ended(tonight)
    assert (tonight.rang(), len(tonight.attempts())) == (1, 1)
