"""What happens around a call: a restart, the host, quiet, a copy, another home, a third attempt."""

from __future__ import annotations

from datetime import timedelta

from callassist.storage.facts import mark_restored
from tests.telephony.nights.conftest import BeginNight
from tests.telephony.nights.night import IDLE_STEP, Night
from tests.web.world import HOST


def test_a_restart_in_mid_call_loses_nothing(night: BeginNight) -> None:
    tonight = night("talks-long").begin()
    tonight.call()
    tonight.until_state("talking")
    tonight.restart()
    assert tonight.attempt().state == "talking"
    tonight.world.pass_time(seconds=10)
    tonight.hang_up()
    assert tonight.until_ended().outcome == "answered"
    assert tonight.rang() == 1


def test_a_host_who_takes_over_in_mid_call_lets_them_finish(night: BeginNight) -> None:
    tonight = night("talks-long").begin()
    tonight.call()
    tonight.until_state("talking")
    tonight.host_takes_over()
    assert tonight.attempt().state == "talking"
    tonight.world.pass_time(seconds=10)
    tonight.hang_up()
    tonight.until_ended()
    tonight.save("guest_agreed")
    assert tonight.stage.incident().resolution == "host_took_over"
    assert tonight.rang() == 1


def test_a_host_who_takes_over_while_it_rings_ends_the_call(night: BeginNight) -> None:
    tonight = night("no-answer").begin()
    tonight.call()
    tonight.until_state("ringing")
    tonight.host_takes_over()
    assert tonight.until_ended().outcome == "cancelled"
    assert tonight.stage.incident().resolution == "host_took_over"


def test_noise_that_ends_while_it_rings_needs_no_second_call(night: BeginNight) -> None:
    tonight = night("no-answer")
    tonight.come_to_work()
    _loud_until_a_call(tonight)
    tonight.call()
    tonight.until_state("ringing")
    tonight.stage.hears(40)
    assert tonight.until_ended().outcome == "no_answer"
    tonight.save("no_answer")
    for _ in range(4):
        tonight.stage.hears(40)
        tonight.world.pass_time(minutes=2, step=timedelta(minutes=2))
    assert tonight.stage.incident().resolution == "went_quiet"
    assert tonight.rang() == 1


def test_a_restored_copy_dials_nobody(night: BeginNight) -> None:
    tonight = night("answers").begin()
    task = tonight.stage.task_of("Ann").public_id
    tonight.ann.post(f"/desk/tasks/{task}/accept")
    with tonight.world.service.sessions.write() as session:
        mark_restored(session, now=tonight.world.clock.now())
    tonight.ann.post(f"/desk/tasks/{task}/dial")
    tonight.world.pass_time(minutes=2, step=timedelta(minutes=1))
    assert tonight.attempts() == []
    assert tonight.rang() == 0


def test_two_homes_with_one_guests_number_ring_it_once(night: BeginNight) -> None:
    tonight = night("no-answer").begin()
    ben = tonight.ben_comes()
    tonight.stage.more_homes(1, calls=True, number=tonight.guest)
    tonight.call()
    task = tonight.stage.task().public_id
    for act in ("accept", "dial"):
        ben.post(f"/desk/tasks/{task}/{act}")
    tonight.world.run()
    assert tonight.until_ended().outcome == "no_answer"
    assert tonight.rang() == 1


def test_after_three_attempts_the_host_is_called(night: BeginNight) -> None:
    tonight = night("busy").begin()
    for number in (1, 2, 3):
        tonight.until(lambda: _is_offered(tonight), timedelta(minutes=20), IDLE_STEP)
        tonight.call()
        assert tonight.until_ended().outcome == "busy"
        tonight.save("busy")
        assert tonight.rang() == number
    tonight.until(lambda: _is_offered(tonight), timedelta(minutes=20), IDLE_STEP)
    assert tonight.stage.task().party == "host"
    tonight.call()
    assert tonight.until_ended().outcome == "answered"
    assert (tonight.rang(), tonight.line.dialled(HOST)) == (3, 1)


def _is_offered(tonight: Night) -> bool:
    """Ann, who may have missed one while she waited, is available and has an offer."""
    tonight.stage.available(tonight.ann)
    return tonight.tasks()[-1].state == "offered"


def _loud_until_a_call(tonight: Night) -> None:
    """The sensor hears noise until a call is offered."""
    tonight.stage.hears(50)
    tonight.stage.pair()
    for _ in range(10):
        tonight.stage.hears(95)
        tonight.world.pass_time(minutes=4, step=timedelta(minutes=4))
        tonight.ann.post("/desk/beat")
        if tonight.tasks():
            tonight.stage.available(tonight.ann)
            return
