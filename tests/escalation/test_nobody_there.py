"""Nobody takes the task: every hop is stated, nothing waits for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from callassist.errors import Conflict
from callassist.models import Nudge
from tests.escalation.night import INVALID


def test_a_task_that_nobody_takes_pages_tells_phones_the_host_and_ends(night):
    home = night()
    home.noise_for_30_minutes()
    home.pass_time(minutes=5)
    assert home.told()[-1] == "supervisor_page:nobody_takes_it"
    home.pass_time(minutes=5)
    assert home.told()[-1] == "needs_you:nobody_takes_it"
    assert home.incident.state == "calling_guest"
    home.pass_time(minutes=20)
    assert home.incident.state == "calling_host"
    home.pass_time(minutes=30)
    assert home.incident.resolution == "nobody_reached"
    assert home.findings() == []


def test_open_desks_hear_of_a_call_that_may_be_taken_from_now_on(night):
    home = night()
    home.available()
    home.noise_for_30_minutes()
    home.work("no_answer")
    home.choose("Ann", "break")

    def told() -> int:
        with home.sessions.read() as session:
            kinds = session.scalars(select(Nudge.kind)).all()
        return sum(kind == "queue" for kind in kinds)

    home.pass_time(minutes=4, seconds=45)
    before = told()
    home.pass_time(seconds=15)
    assert told() == before + 1


def test_a_page_goes_out_once_per_task(night):
    home = night()
    home.noise_for_30_minutes()
    home.pass_time(minutes=29)
    assert home.told().count("supervisor_page:nobody_takes_it") == 1


def test_an_operator_who_comes_after_eight_minutes_gets_the_task(night):
    home = night()
    home.noise_for_30_minutes()
    home.pass_time(minutes=8)
    home.available()
    home.work("guest_agreed")
    home.pass_time(minutes=4)
    assert "needs_you:nobody_takes_it" not in home.told()


def test_a_missed_offer_goes_on_and_two_in_a_row_make_a_break(night):
    home = night(operators={"Ann": ("en",), "Ben": ("en",)})
    home.available("Ann")
    home.noise_for_30_minutes()
    home.pass_time(seconds=46)
    assert home.presence("Ann") == "offered"  # the only one: offered again
    home.available("Ben")
    home.pass_time(seconds=45)
    assert home.presence("Ann") == "break"
    assert home.presence("Ben") == "offered"


def test_the_last_operator_of_a_language_is_never_sent_on_a_break(night):
    home = night()
    home.available()
    home.noise_for_30_minutes()
    home.pass_time(seconds=100)
    assert home.presence() in ("available", "offered")
    assert "supervisor_page:last_operator_misses" in home.told()


def test_a_decline_is_no_miss_and_is_not_offered_again_for_two_minutes(night):
    home = night()
    home.available()
    home.noise_for_30_minutes()
    home.decline()
    assert home.presence() == "available"
    home.pass_time(seconds=119)
    assert home.presence() == "available"
    home.pass_time(seconds=2)
    assert home.presence() == "offered"


def test_longest_idle_operator_is_offered_first(night):
    home = night(operators={"Ann": ("en",), "Ben": ("en",)})
    home.available("Ben")
    home.pass_time(minutes=1)
    home.available("Ann")
    home.noise_for_30_minutes()
    assert home.presence("Ben") == "offered"
    assert home.presence("Ann") == "available"


def test_an_offered_task_cannot_be_pulled_by_a_colleague(night):
    home = night(operators={"Ann": ("en",), "Ben": ("en",)})
    home.available("Ann")
    home.noise_for_30_minutes()
    home.available("Ben")
    with pytest.raises(Conflict, match="offered to a colleague"):
        home.accept("Ben", home.tasks()[-1].id)
    home.accept("Ann")
    with pytest.raises(Conflict, match="already taken by Ann"):
        home.accept("Ben", home.tasks()[-1].id)


def test_a_french_guest_waits_for_french_then_anybody_may_take_it(night):
    home = night(operators={"Ann": ("en",)}, guest_language="fr")
    home.available()
    home.noise_for_30_minutes()
    assert "supervisor_page:language_not_on_shift" in home.told()
    assert home.presence() == "available"
    home.pass_time(minutes=5)
    assert home.presence() == "offered"


def test_a_french_guest_is_offered_to_who_speaks_french(night):
    home = night(operators={"Ann": ("en",), "Zoe": ("fr",)}, guest_language="fr")
    home.available("Ann")
    home.available("Zoe")
    home.noise_for_30_minutes()
    assert home.presence("Zoe") == "offered"
    assert home.presence("Ann") == "available"


def test_a_task_taken_but_not_dialled_returns_after_two_minutes_and_is_a_miss(night):
    home = night(operators={"Ann": ("en",), "Ben": ("en",)})
    home.available("Ann")
    home.noise_for_30_minutes()
    home.available("Ben")
    home.accept("Ann")
    home.pass_time(minutes=2)
    assert home.presence("Ben") == "offered"
    assert "task_returned" in home.log()


def test_a_wrap_up_that_nobody_closes_asks_the_supervisor_then_the_network_decides(night):
    home = night()
    home.available()
    home.noise_for_30_minutes()
    home.accept()
    home.dial()
    home.call_ends()
    home.pass_time(seconds=61)
    assert "supervisor_page:wrap_up_open" in home.told()
    home.pass_time(minutes=5)
    assert home.tasks()[-1].result == "not_recorded"
    assert home.incident.state == "following_up"


def test_an_operator_who_vanishes_before_the_dial_loses_the_task(night):
    home = night(operators={"Ann": ("en",), "Ben": ("en",)})
    home.available("Ann")
    home.noise_for_30_minutes()
    home.available("Ben")
    home.accept("Ann")
    home.vanished.add("Ann")
    home.pass_time(seconds=61)
    assert home.presence("Ann") == "offline"
    assert home.presence("Ben") == "offered"


def test_a_vanished_operators_ringing_call_is_hung_up_and_not_counted(night):
    home = night(guest_numbers=("+12025550190",))
    home.available()
    home.noise_for_30_minutes()
    home.accept()
    home.vanished.add("Ann")
    home.pass_time(seconds=50)
    home.dial()
    home.pass_time(seconds=30)
    assert home.presence() == "offline"
    assert home.attempts()[0].outcome == "cancelled"
    assert home.tasks()[-1].attempt_number == 1
    assert home.tasks()[-1].state == "pending"
    assert home.findings() == []


def test_a_vanished_operators_talk_is_never_interrupted(night):
    home = night(guest_numbers=("+12025550109",))
    home.available()
    home.noise_for_30_minutes()
    home.accept()
    home.dial()
    home.pass_time(seconds=45)
    assert home.attempts()[0].state == "talking"
    home.vanished.add("Ann")
    home.pass_time(seconds=61)
    assert home.attempts()[0].state == "talking"
    assert "supervisor_page:operator_gone" in home.told()
    home.pass_time(minutes=20)
    assert home.tasks()[0].result == "not_recorded"
    assert home.incident.state in ("following_up", "closed")


def test_an_operator_on_a_call_cannot_go_on_a_break(night):
    home = night()
    home.available()
    home.noise_for_30_minutes()
    home.accept()
    with pytest.raises(Conflict, match="finish or decline"):
        home.choose("Ann", "break")


def test_no_number_at_all_phones_the_host_at_once(night):
    home = night(guest_numbers=())
    home.available()
    home.noise_for_30_minutes()
    assert home.incident.state == "calling_host"
    assert home.told()[:3] == ["noise_started", "call_requested", "guest_not_reached"]
    home.work("host_reached")
    assert home.incident.first_contact == "host"


def test_no_host_contact_is_nobody_reached_and_said_so(night):
    home = night(guest_numbers=(INVALID,), host_numbers=())
    home.available()
    home.noise_for_30_minutes()
    home.work("invalid_number")
    assert home.incident.resolution == "nobody_reached"
    assert "needs_you:no_host_contact" in home.told()


def test_first_attempts_come_before_host_calls_and_those_before_second_attempts(night):
    home = night(guest_numbers=("+12025550120",))
    second = home.add_home(("+12025550121",))
    third = home.add_home(())
    home.available()
    home.noise_for_30_minutes()
    home.accept()
    home.dial()
    ended = home.call_ends().ended_at
    home.save("no_answer")
    home.choose("Ann", "break")
    home.pass_time(minutes=8)
    for property_id in (third, second):
        home.noise_persists(home.noise_begins(property_id))
    assert home.clock.now() > ended + timedelta(minutes=5)
    home.available()
    order = []
    for result in ("no_answer", "host_not_reached", "no_answer"):
        task_id = home.task_of("Ann")
        task = next(task for task in home.tasks() if task.id == task_id)
        order.append((task.party, task.attempt_number))
        home.work(result)
    assert order == [("guest", 1), ("host", 1), ("guest", 2)]
