"""Exactly once: lost replies, lost callbacks, crashes in between, restored copies."""

from __future__ import annotations

from datetime import timedelta

import pytest

from callassist.errors import Conflict, NotFound
from callassist.escalation import dial_delivery, settling
from callassist.escalation.dialling import DialAnswer
from callassist.escalation.restarting import look_up_doubts
from callassist.models import Stay
from callassist.outbox import OutboxItem
from callassist.ports.telephony import RateLimited
from callassist.storage.facts import mark_restored, resume
from tests.escalation.faulty_nights import faulty, taken
from tests.escalation.night import NO_ANSWER
from tests.escalation.scene import ANSWERS


def test_a_lost_reply_is_looked_up_and_adopted_not_dialled_again(night):
    home = taken(night)
    faulty(home, lose_reply=1.0, lose_callback=1.0)
    home.dial()
    home.pass_time(seconds=31)
    assert "dial_settled" in home.log()
    home.call_ends()
    assert home.attempts()[0].outcome == "answered"
    assert len(home.network.calls()) == 1


def test_a_look_up_that_was_lost_is_made_again_ten_seconds_later(night):
    home = taken(night)
    faulty(home, lose_reply=1.0, lose_callback=1.0)
    home.dial()
    looked_up, lost = home.outbox._deliverers["look_up"], []
    home.outbox._deliverers["look_up"] = lambda item, now: lost.append(item)
    home.pass_time(seconds=31)
    assert len(lost) == 1
    home.outbox._deliverers["look_up"] = looked_up
    home.pass_time(seconds=10)
    assert "dial_settled" in home.log()
    assert len(home.network.calls()) == 1


def test_after_a_restart_doubts_are_looked_up_at_once_but_never_before_their_wait(night):
    home = taken(night)
    faulty(home, lose_reply=1.0, lose_callback=1.0)
    home.dial()
    restart(home)
    home.pass_time(seconds=28)
    assert "dial_settled" not in home.log()  # the network may still take it
    looked_up = home.outbox._deliverers["look_up"]
    home.outbox._deliverers["look_up"] = lambda item, now: None  # ended with its process
    home.pass_time(seconds=3)
    home.outbox._deliverers["look_up"] = looked_up
    restart(home)
    home.run()
    assert "dial_settled" in home.log()
    assert len(home.network.calls()) == 1


def restart(home):
    with home.sessions.write() as session:
        assert look_up_doubts(session, home.ctx, home.clock.now()) == 1


def test_a_request_that_never_arrived_is_our_fault_and_not_counted(night):
    home = taken(night)
    faulty(home, lose_request=1.0)
    home.dial()
    home.pass_time(seconds=31)
    attempt = home.attempts()[0]
    assert (attempt.outcome, attempt.counted) == ("provider_error", False)
    assert home.network.calls() == []
    assert home.tasks()[-1].attempt_number == 1


def test_a_network_that_cannot_be_asked_for_five_minutes_counts_as_unreachable(night):
    home = taken(night)
    faulty(home, lose_reply=1.0, lose_callback=1.0)
    home.dial()
    faulty(home, down=True)
    home.pass_time(minutes=6)
    assert home.attempts()[0].outcome == "unreachable"
    assert "supervisor_page:dial_in_doubt" in home.told()


def test_a_network_that_takes_nothing_yet_is_asked_again_soon_however_often(night, monkeypatch):
    home = taken(night)
    place, refusals = home.network.place_call, [None] * 5

    def busy(request):
        if refusals:
            refusals.pop()
            raise RateLimited("too many requests")
        return place(request)

    monkeypatch.setattr(home.network, "place_call", busy)
    home.dial()
    for _ in range(5):
        home.pass_time(seconds=2)
    assert not refusals
    assert len(home.network.calls()) == 1
    assert home.attempts()[0].state != "waiting"


def test_delivering_the_same_dial_twice_places_one_call(night):
    home = taken(night)
    home.dial()
    attempt = home.attempts()[0]
    item = OutboxItem(id=1, topic="dial", key="x", payload={"attempt_id": attempt.id}, attempts=2)
    dial_delivery.deliver_dial(home.ctx, item, home.clock.now())
    assert len(home.network.calls()) == 1


def test_a_crash_right_before_the_network_is_asked_is_found_out_and_not_counted(night):
    home = taken(night)
    home.outbox._deliverers["dial"] = lambda item, now: dial_delivery._claim(
        home.ctx, item.payload["attempt_id"], now
    )
    home.dial()
    assert home.attempts()[0].state == "dialing"
    home.pass_time(seconds=31)
    assert home.attempts()[0].outcome == "provider_error"
    assert home.network.calls() == []


def test_lost_callbacks_are_made_up_for_by_asking(night):
    home = taken(night)
    faulty(home, lose_callback=1.0)
    home.dial()
    home.pass_time(minutes=6)
    assert home.attempts()[0].outcome == "answered"


def test_doubled_and_late_callbacks_give_the_same_outcome(night):
    home = taken(night)
    faulty(home, double_callback=1.0, delay_callback=1.0, delay_up_to=timedelta(seconds=40))
    home.dial()
    home.call_ends()
    home.pass_time(minutes=1)
    assert home.attempts()[0].outcome == "answered"
    assert home.log().count("dial_ended") == 1


def test_a_429_is_asked_for_again_and_dials_once(night):
    home = taken(night)
    faulty(home, rate_limit=1.0)
    home.dial()
    assert home.attempts()[0].state == "waiting"
    faulty(home)
    home.pass_time(seconds=45)
    assert len(home.network.calls()) == 1


def test_a_task_is_dialled_once_however_often_call_is_pressed(night):
    home = taken(night)
    home.dial()
    with pytest.raises(Conflict, match="dialled already"):
        home.dial()
    assert len(home.network.calls()) == 1


def test_two_homes_with_one_guests_number_are_never_dialled_within_five_minutes(night):
    home = night(guest_numbers=(NO_ANSWER,), operators={"Ann": ("en",), "Ben": ("en",)})
    second = home.add_home((NO_ANSWER,), account_id=home.add_account("Other Homes"))
    home.available("Ann")
    home.available("Ben")
    first_breach, second_breach = home.noise_begins(), home.noise_begins(second)
    home.pass_time(minutes=30)
    home.noise_persists(first_breach)
    home.noise_persists(second_breach)
    home.accept("Ann")
    home.accept("Ben")
    assert home.dial("Ann").answer is DialAnswer.DIALLING
    answer = home.dial("Ben")
    assert answer.answer is DialAnswer.TOO_SOON
    home.call_ends()
    assert len(home.network.calls()) == 1


def test_a_restored_copy_dials_nobody_until_it_is_resumed(night):
    home = taken(night)
    with home.sessions.write() as session:
        mark_restored(session, now=home.clock.now())
    with pytest.raises(Conflict, match="callassist resume"):
        home.dial()
    with home.sessions.write() as session:
        resume(session, now=home.clock.now())
    assert home.dial().answer is DialAnswer.DIALLING


def test_the_number_of_a_guest_who_has_left_is_never_dialled(night):
    home = taken(night)
    with home.sessions.write() as session:
        stay = session.get_one(Stay, home.incident.stay_id)
        stay.check_out_at = home.clock.now()
    assert home.dial().answer is DialAnswer.PHONE_HOST
    assert home.incident.state == "calling_host"
    assert home.network.calls() == []


def test_a_callback_for_an_unknown_token_is_refused(night):
    home = taken(night)
    with home.sessions.write() as session, pytest.raises(NotFound):
        settling.record_call_events(session, home.ctx, "nonsense", [], home.clock.now())


def test_the_number_in_the_network_is_the_stays_number(night):
    home = taken(night)
    home.dial()
    assert [call.to for call in home.network.calls()] == [ANSWERS]


def test_the_stay_is_read_again_at_its_source_while_the_operator_prepares(night):
    home = taken(night)
    assert home.fresh_contact.asked == [home.incident.stay_id]
